"""Matchers on labels, and durations, as Alertmanager writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

Labels = Mapping[str, str]
_MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^",{}]*?)\s*(?:,|$)')
_UNITS = (("y", 365 * 86400), ("w", 7 * 86400), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001))
_DURATION = re.compile("".join(rf"(?:(\d+){unit}(?![a-z]))?" for unit, _ in _UNITS) + r"\Z")


@dataclass(frozen=True)
class Matcher:
    """`name` is, is not, matches or does not match `value`. A label that is absent is empty."""

    name: str
    sign: str  # = != =~ !~
    value: str

    def holds(self, labels: Labels) -> bool:
        """Whether it is true of these labels; expressions match the whole value."""
        found = labels.get(self.name, "")
        same = re.fullmatch(self.value, found) is not None if self.sign.endswith("~") else found == self.value
        return same != self.sign.startswith("!")

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.sign}"{escaped}"'


def matchers(text: str) -> tuple[Matcher, ...]:
    """Those of `severity="critical", clause=~"NEWS-.*"`, in braces or not. Raises ValueError saying what is wrong."""
    inside = text.strip()
    if inside.startswith("{") and inside.endswith("}"):
        inside = inside[1:-1].strip().removesuffix(",")
    found, place = [], 0
    while place < len(inside):
        match = _MATCHER.match(inside, place)
        if match is None:
            raise ValueError(f'"{text}" is no matcher')
        name, sign, value = match.groups()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", lambda each: "\n" if each[1] == "n" else each[1], value[1:-1])
        if sign.endswith("~"):
            try:
                re.compile(value)
            except re.error as fault:
                raise ValueError(f'"{value}" is no regular expression ({fault.msg})') from None
        found.append(Matcher(name, sign, value))
        place = match.end()
    return tuple(found)


def all_hold(conditions: Iterable[Matcher], labels: Labels) -> bool:
    """Whether every one of them is true of these labels."""
    return all(each.holds(labels) for each in conditions)


def duration(text: str) -> timedelta:
    """`1d12h`, `30s`, `500ms`. Raises ValueError."""
    match = _DURATION.match(text)
    if match is None or not text or (text != "0" and not any(match.groups())):
        raise ValueError(f'"{text}" is no duration')
    return timedelta(
        seconds=sum(int(n) * length for n, (_, length) in zip(match.groups(), _UNITS, strict=True) if n is not None)
    )
