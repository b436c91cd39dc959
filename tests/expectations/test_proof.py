"""How a clause stands by what became of its canaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from expectations.model import registry
from expectations.proof import HOLDS, State, proofs

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("judged_at", "fired_at", "state"),
    [
        (NOW - HOUR, NOW - HOUR, State.PROVED),
        (NOW - HOLDS, NOW - HOLDS, State.PROVED),
        (NOW - HOLDS - HOUR, NOW - HOLDS - HOUR, State.LATE),
        (NOW - HOUR, NOW - 2 * HOUR, State.MISSED),
        (NOW - HOUR, None, State.MISSED),
        (NOW - 9 * HOUR, None, State.MISSED),
    ],
)
def test_the_last_canary_decides(judged_at: datetime, fired_at: datetime | None, state: State) -> None:
    row = {"clause": "NEWS-4", "judged_at": judged_at, "fired_at": fired_at}
    found = {each.clause: each for each in proofs([row], NOW)}
    assert (found["NEWS-4"].state, found["NEWS-4"].fired_at) == (state, fired_at)
    assert found["GEN-1"].state is State.NEVER


def test_every_clause_is_told_and_one_that_is_never_broken_asks_for_nothing() -> None:
    found = {each.clause: each.state for each in proofs([], NOW)}
    assert list(found) == list(registry())
    assert {clause for clause, state in found.items() if state is State.EXEMPT} == {"POPIA-1"}
