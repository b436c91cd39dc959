"""Canaries: made-up events that show that a clause can still fire. How they are marked, and who may mark them.

The second segment of a canary's source is `canary`. Its id says which clause it is to break, when it was sent, which of
how many events it is, and ends with a code (HMAC-SHA-256) over the whole event under the installation's key. So nobody
without the key can have an event of theirs left out of the audit by calling it a canary: it is refused. Numbers are
written in letters: long ones may pass for somebody's.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from expectations.contract.canonical import canonical, keyed
from expectations.contract.refusal import Refused

SEGMENT = "canary"
REASON = "reserved_source"
_EPOCH = datetime(2018, 5, 25, tzinfo=UTC)
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
_DIGITS = str.maketrans("ghijklmnopabcdef", "0123456789abcdef")
_ID = re.compile(r"([A-Z]{2,9}-\d{1,2})\.([a-p]{1,12})\.(\d{1,2})\.(\d{1,2})\.([a-p]{32})")


class Mark(NamedTuple):
    """Which clause a canary is to break, when it was sent, and that it is event `number` (from 1) `of` so many."""

    clause: str
    sent_at: datetime
    number: int
    of: int


def letters(number: int) -> str:
    """A whole number in sixteen letters."""
    return f"{number:x}".translate(_LETTERS)


def reserved(source: object) -> bool:
    """Whether only canaries may come from this source."""
    return isinstance(source, str) and source.split("/")[2:3] == [SEGMENT]


def source_of(system: str) -> str:
    """The source of a system's canaries."""
    return f"/{system}/{SEGMENT}"


def signed(event: Mapping[str, Any], mark: Mark, key: bytes) -> dict[str, Any]:
    """The event as a canary: with the id that says so. Its source is to be of those that are `reserved`."""
    seconds = round((mark.sent_at - _EPOCH).total_seconds())
    name = f"{mark.clause}.{letters(seconds)}.{mark.number}.{mark.of}"
    return {**event, "id": f"{name}.{_code(event, name, key)}"}


def mark_of(event: Mapping[str, Any], key: bytes) -> Mark:
    """What the id of an event from a reserved source says. Raises `Refused` when it was not signed with the key."""
    name, _, code = str(event.get("id")).rpartition(".")
    mark = mark_in(event.get("id"))
    try:
        genuine = mark is not None and hmac.compare_digest(code, _code(event, name, key))
    except ValueError:
        genuine = False
    if mark is None or not genuine:
        raise Refused(REASON)
    return mark


def mark_in(event_id: object) -> Mark | None:
    """What an id says, whoever wrote it; None: it is no canary's."""
    found = _ID.fullmatch(event_id) if isinstance(event_id, str) else None
    if found is None:
        return None
    clause, seconds, number, of, _ = found.groups()
    try:
        sent_at = _EPOCH + timedelta(seconds=int(seconds.translate(_DIGITS), 16))
    except OverflowError:
        return None
    return Mark(clause, sent_at, int(number), int(of))


def _code(event: Mapping[str, Any], name: str, key: bytes) -> str:
    return keyed(key, b"canary:" + canonical({**event, "id": name})).translate(_LETTERS)[:32]
