"""Whether a clause shows that it can fire: what became of its canaries, told as one of five states. Pure.

proved   its last canary was found, and that is not long ago
missed   its last canary came whole and was judged, and the clause did not find it
late     it was found, and for too long no canary came since
never    no canary of it was ever judged
exempt   it is never broken itself, so there is nothing to find
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from expectations.canaries import ANNOTATING
from expectations.model import registry

HOLDS = timedelta(hours=3)  # a proof; canaries are sent every hour, and one may be lost with a worker


class State(StrEnum):
    """How a clause stands."""

    PROVED = "proved"
    MISSED = "missed"
    LATE = "late"
    NEVER = "never"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Proof:
    """One clause's. `judged_at`, `fired_at`: when the last canary was sent that was judged, and that was found."""

    clause: str
    state: State
    judged_at: datetime | None
    fired_at: datetime | None


def proofs(rows: Iterable[Mapping[str, Any]], at: datetime) -> Iterator[Proof]:
    """Every clause of the registry, in its order, from rows of query `canaries`."""
    told = {row["clause"]: (row["judged_at"], row["fired_at"]) for row in rows}
    for clause in registry():
        judged_at, fired_at = told.get(clause, (None, None))
        yield Proof(clause, _state(clause, judged_at, fired_at, at), judged_at, fired_at)


def _state(clause: str, judged_at: datetime | None, fired_at: datetime | None, at: datetime) -> State:
    if clause in ANNOTATING:
        return State.EXEMPT
    if judged_at is None:
        return State.NEVER
    if fired_at != judged_at:
        return State.MISSED
    return State.LATE if at - judged_at > HOLDS else State.PROVED
