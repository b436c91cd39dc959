"""Readings of a policy file: typed by the clause that they belong to, or told what is wrong with them."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from expectations.calendars import Duration, parse_duration
from expectations.lined import Fault, Lined

LONGEST = parse_duration("10 years")  # any term: a longer one is a slip of the unit
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # terms in different units are compared from one day on


@dataclass(frozen=True)
class Limits:
    """Between which values a reading makes sense, both included, and by which law or for what reason.

    A clause writes it beside the type: `Annotated[Duration, Limits(most="72h", why="GDPR 33(1)")]`.
    """

    least: int | str | None = None
    most: int | str | None = None
    why: str = ""

    def check(self, value: Any) -> None:
        """ValueError `fault; cure` when the value lies outside."""
        because = f" ({self.why})" if self.why else ""
        if self.least is not None and _size(value) < _size(self.least):
            raise ValueError(f'"{value}" is less than {self.least}{because}; write {self.least} or more')
        if self.most is not None and _size(value) > _size(self.most):
            raise ValueError(f'"{value}" is more than {self.most}{because}; write {self.most} or less')


def _size(value: Any) -> Any:
    found = parse_duration(value) if isinstance(value, str) else value
    return found.after(_SOME_DAY) if isinstance(found, Duration) else found


def read_readings(
    file: Lined,
    given: Mapping[str, Mapping[str, Any]],
    clauses: Mapping[str, type] | None,
    faults: list[Fault],
) -> dict[str, dict[str, object]]:
    """The readings by clause, typed; what is wrong is added to `faults`."""
    typed: dict[str, dict[str, object]] = {}
    for clause, chosen in given.items():
        place = ("readings", clause)
        if clauses is not None and clause not in clauses:
            faults.append(file.fault(place, "is no clause", closest(clause, clauses), clause))
            continue
        hints = None if clauses is None else hints_of(clauses[clause])
        typed[clause] = {}
        for name, value in chosen.items():
            field = f"{clause}.{name}"
            if hints is not None and name not in hints:
                cure = closest(name, hints) if hints else f"{clause} has no readings; leave it out"
                faults.append(file.fault((*place, name), f"is no reading of {clause}", cure, field))
                continue
            try:
                typed[clause][name] = by_shape(value) if hints is None else by_type(value, hints[name])
            except ValueError as error:
                fault, _, cure = str(error).partition("; ")
                faults.append(file.fault((*place, name), fault, cure, field))
    return typed


def of_clauses() -> dict[str, type]:
    """Id -> dataclass of readings of every registered clause: what `policy.load` checks a file against."""
    from expectations.model import registry  # registering imports every clause

    return {name: type(clause.readings) for name, clause in registry().items()}


def hints_of(readings: type) -> dict[str, Any]:
    """Name -> type of a clause's readings."""
    assert is_dataclass(readings), f"{readings} is no dataclass of readings"
    hints = get_type_hints(readings, include_extras=True)
    return {each.name: hints[each.name] for each in fields(readings)}


def by_shape(value: Any) -> object:
    """A value whose clause is not at hand: durations are known by their shape, lists become tuples."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError:
            return value
    return value


def by_type(value: Any, hint: Any) -> object:
    """The value as that type; ValueError `fault; cure` when it is none."""
    if get_origin(hint) is Annotated:
        kind, *limits = get_args(hint)
        typed = by_type(value, kind)
        for each in limits:
            each.check(typed)
        return typed
    if hint is Duration:
        if not isinstance(value, str):
            raise ValueError(f'"{_told(value)}" is no duration; write it with its unit, such as 24h')
        typed = parse_duration(value)
        Limits(most=str(LONGEST), why="is the unit right?").check(typed)
        return typed
    if hint is bool or hint is int or hint is str:
        if type(value) is hint:
            return value
        name, cure = {
            bool: ("neither true nor false", "write true or false"),
            int: ("no whole number", "write one such as 10"),
            str: ("no word", "write one, in quotes if it looks like something else"),
        }[hint]
        raise ValueError(f'"{_told(value)}" is {name}; {cure}')
    origin = get_origin(hint)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise ValueError(f'"{_told(value)}" is no choice here; write {" or ".join(map(str, get_args(hint)))}')
    if origin in (tuple, frozenset):
        if not isinstance(value, list):
            raise ValueError(f'"{_told(value)}" is no list; write [{_told(value)}]')
        return origin(by_type(each, get_args(hint)[0]) for each in value)
    if origin in (Union, types.UnionType):
        inner = [each for each in get_args(hint) if each is not type(None)]
        return None if value is None else by_type(value, inner[0])
    raise TypeError(f"readings of type {hint} cannot be written in a file")


def closest(word: str, known: Iterable[str]) -> str:
    """The cure for a word that is not known: the nearest one, or all."""
    words = sorted(known)
    near = get_close_matches(word, words, 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"write {' or '.join(words[:40])}"


def _told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
