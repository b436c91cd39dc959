"""The canaries' events: for each clause that can be broken the smallest course of events that breaks it and it alone.

`<area>/<the clause's stem>.yaml`: `clause` and `events`, each a mapping of attributes and data side by side: `ago` (how
long before the canary is sent it happened), `by` (the system that sends it), `type`, `subject`, and the fields. A date
among the fields is written `{ago: 3d}` too. Subjects, ids and links of the shape `s-1` are made each sending's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from expectations import lined
from expectations.calendars import parse_duration
from expectations.contract.canaries import Mark, letters, signed, source_of

ANNOTATING = frozenset(("POPIA-1",))  # says whose law a finding is told by, and is never broken itself
_ATTRIBUTES = ("ago", "by", "type", "subject")
_LINK = re.compile(r"[a-z]{1,3}-\d{1,2}")


@dataclass(frozen=True)
class Canary:
    """One clause's: its events as the file has them, oldest first."""

    clause: str
    events: tuple[Mapping[str, Any], ...]


@cache
def canaries() -> Mapping[str, Canary]:
    """Clause -> its canary."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*/*.yaml")):
        data = lined.read(path).data
        found[data["clause"]] = Canary(data["clause"], tuple(data["events"]))
    return found


def sending(canary: Canary, sent_at: datetime, key: bytes, segments: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The events of a canary sent at an instant (whole seconds), whole CloudEvents, signed with the key.

    `segments`: system -> first segment of its sources.
    """
    own = f"canary.{letters(round(sent_at.timestamp()))}.{canary.clause}"
    for number, said in enumerate(canary.events, 1):
        event = {
            "specversion": "1.0",
            "source": source_of(segments[said["by"]]),
            "type": said["type"],
            "time": before(sent_at, said["ago"]).isoformat(),
            "datacontenttype": "application/json",
            "data": {name: _own(value, own, sent_at) for name, value in said.items() if name not in _ATTRIBUTES},
        }
        if "subject" in said:
            event["subject"] = _own(said["subject"], own, sent_at)
        yield signed(event, Mark(canary.clause, sent_at, number, len(canary.events)), key)


def before(instant: datetime, ago: str) -> datetime:
    """So long before an instant; days, months and years are the calendar's."""
    span = parse_duration(ago)
    return instant - (span.after(instant) - instant)


def segments(systems: Mapping[str, str]) -> dict[str, str]:
    """System -> the first segment of its sources, from a policy's mapping of segments to systems."""
    return {system: segment for segment, system in sorted(systems.items(), reverse=True)}


def _own(value: Any, mark: str, sent_at: datetime) -> Any:
    if isinstance(value, Mapping):
        return before(sent_at, value["ago"]).isoformat() if set(value) == {"ago"} else value
    if isinstance(value, str):
        return f"{mark}.{value}" if _LINK.fullmatch(value) else value
    if isinstance(value, Sequence):
        return [_own(each, mark, sent_at) for each in value]
    return value
