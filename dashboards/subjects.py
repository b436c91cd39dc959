"""What the page Subject makes of all that is stored of one person: one story across the systems, and what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from expectations.contract.personal import is_token, kinds_in

PURPOSES = ("request", "complaint", "incident", "authority", "review")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"(-?\d{1,17})~(\d{1,7})")
Found = Mapping[str, Sequence[Mapping[str, Any]]]  # rows by table, as `Store.subject` gives them


@dataclass(frozen=True)
class Told:
    """One line of the story. `kind`: event, fact, finding, opened, met, due. `word`: type, kind of fact or clause."""

    at: datetime
    kind: str
    word: str
    system: str | None = None
    outcome: str | None = None
    severity: str | None = None
    finding: str | None = None
    fact: Mapping[str, Any] | None = None


def refused(text: str) -> str | None:
    """Why a text is no pseudonym that may be looked up: `form`, or `personal` (it looks like a value of a person)."""
    if not is_token(text):
        return "form"
    return "personal" if kinds_in(text) else None


def story(found: Found, at: datetime) -> list[Told]:
    """Everything of the person up to `at`, newest first; what is believed now."""
    told = [Told(row["time"], "event", row["type"], row["system"]) for row in found["events"]]
    told += [Told(row["time"], "fact", row["kind"], fact=row) for row in found["facts"] if row["kind"] != "processed"]
    told += [
        Told(row["time"], "finding", row["clause"], row["system"], row["outcome"], row["severity"], row["finding"])
        for row in found["verdicts"]
        if row["believed_to"] is None and row["outcome"] in ("breach", "indeterminate")
    ]
    for row in found["obligations"]:
        if row["believed_to"] is not None:
            continue
        about = (row["clause"], row["system"], None, row["severity"], row["finding"])
        told.append(Told(row["opened_at"], "opened", *about))
        if row["met_at"]:
            told.append(Told(row["met_at"], "met", *about))
        promised = [each["due_at"] for each in row["clocks"] if each["clock"] == "promise"]
        if promised and not row["met_at"] and not row["cancelled_at"] and max(promised) <= at:
            told.append(
                Told(max(promised), "due", row["clause"], row["system"], "breach", row["severity"], row["finding"])
            )
    return sorted((each for each in told if each.at <= at), key=lambda each: each.at, reverse=True)


Key = tuple[int, int]  # of a line: its instant in microseconds, and which of that instant's lines it is


def keyed(told: Sequence[Told]) -> list[tuple[Key, Told]]:
    """The lines of a story with their keys, in their order."""
    same = groupby(told, key=lambda each: (each.at.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1))
    return [((us, number), each) for us, some in same for number, each in enumerate(some)]


def key_of(text: str | None) -> Key | None:
    """The key that an address names, if it is one."""
    found = _KEY.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else None


def after(told: Sequence[Told], key: Key | None) -> list[tuple[Key, Told]]:
    """The lines that follow that one, newest first; all of them without a key."""
    return [(own, each) for own, each in keyed(told) if key is None or (-own[0], own[1]) > (-key[0], key[1])]


def known(found: Found) -> list[Mapping[str, Any]]:
    """The latest fact of each kind and matter, newest first; processing is told by the events."""
    last: dict[tuple[Any, Any], Mapping[str, Any]] = {}
    for row in sorted(found["facts"], key=lambda each: each["time"]):
        if row["kind"] != "processed":
            last[row["kind"], row["about"]] = row
    return sorted(last.values(), key=lambda each: each["time"], reverse=True)
