"""What to tell of clauses that do not prove that they can fire: rows of query `canaries` in, alerts out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from expectations.canaries import canaries as expected
from expectations.proof import State, proofs

Row = Mapping[str, Any]


class Raise(Enum):
    """When an alert of these is raised. What did not come may be on its way still when somebody only begins to look."""

    AT_ONCE = "a canary was judged and not found"
    IN_TIME = "none came, for as long as a proof holds"
    NEVER = "another alert tells it: one that fires already goes on"


class Unproved(NamedTuple):
    """One alert, and what names it."""

    name: tuple[object, ...]
    when: Raise
    alert: Row


def unproved(canaries: Sequence[Row], now: datetime) -> Iterator[Unproved]:
    """Where no canary was ever judged none are sent, and there is nothing to tell.

    When no clause proved itself lately and none missed its canary, that is one alert, not one per clause.
    """
    if not canaries:
        return
    found = [each for each in proofs(canaries, now) if each.state not in (State.EXEMPT, State.PROVED)]
    none_came = len(found) == len(expected()) and all(each.state is not State.MISSED for each in found)
    if none_came:
        last = max(row["judged_at"] for row in canaries)
        alert = {"kind": "no_canaries", "severity": "high", "starts_at": last}
        yield Unproved(("no_canaries", last), Raise.IN_TIME, alert)
    for each in found:
        missed = each.state is State.MISSED
        since = each.fired_at or each.judged_at or now
        alert = {"clause": each.clause, "severity": "high" if missed else "medium", "starts_at": since}
        when = Raise.AT_ONCE if missed else Raise.NEVER if none_came else Raise.IN_TIME
        yield Unproved(("unproved", each.clause, each.fired_at), when, {"kind": "unproved", **alert})
