"""The ledger of deliveries: what becomes of a notice at each attempt. Pure.

Before each attempt the notice is stored as `trying`, after it as what came of it. One that is found `trying` by a new
holder of the lease was cut off by a crash: it is sent again, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=10)
AT_ONCE = 4
GIVE_UP = timedelta(hours=24)


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt. `fault`: None when it was delivered. `lasting`: another attempt would not help. `told`:
    what is known of a snapshot that was made."""

    fault: str | None = None
    lasting: bool = False
    told: Mapping[str, Any] | None = None


def back_off(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: doubled each time, of which `chance` in [0, 1) takes up to half away."""
    return min(LONGEST, FIRST * float(2 ** min(attempts - 1, 20))) * (1 - chance / 2)


def trying(notice: Row, now: datetime) -> Row:
    """The notice, about to be sent."""
    return {
        **notice,
        "state": "trying",
        "attempts": notice["attempts"] + 1,
        "tried_at": now,
        "repeated": notice["repeated"] or notice["state"] == "trying",
    }


def after(notice: Row, outcome: Outcome, now: datetime, chance: float, patience: timedelta = GIVE_UP) -> Row:
    """The notice, after that attempt: delivered, waiting for the next, or dead."""
    if outcome.fault is None:
        return {**notice, "state": "delivered", "fault": None, "due_at": None, "delivered_at": now}
    if outcome.lasting or now - notice["made_at"] > patience:
        return {**notice, "state": "dead", "fault": outcome.fault, "due_at": None}
    due = now + back_off(notice["attempts"], chance)
    return {**notice, "state": "waiting", "fault": outcome.fault, "due_at": due}


def to_send(notices: Sequence[Row], under_way: Collection[Row], now: datetime) -> list[Row]:
    """Those whose time has come, the oldest first, a few of each way at a time: one that hangs delays no other.

    One that is `trying` and not `under_way` here was cut off: it goes at once.
    """
    chosen: list[Row] = []
    taken = Counter((each["receiver"], each["way"]) for each in under_way)
    known = {each["notice"] for each in under_way}
    for each in notices:
        way = each["receiver"], each["way"]
        if each["notice"] in known or taken[way] >= AT_ONCE:
            continue
        if each["state"] == "trying" or each["due_at"] is None or each["due_at"] <= now:
            chosen.append(each)
            taken[way] += 1
    return chosen
