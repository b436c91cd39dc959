"""The audit finds exactly what the simulator broke, and nothing else."""

from __future__ import annotations

from random import Random

import pytest

from expectations.contract.decode import Record
from streams.audit import audit
from tests.support.truth import CLAUSES, after, expected, found, simulated

EVERY_CLAUSE = 12


@pytest.mark.parametrize(
    ("seed", "subjects", "days", "as_of"),
    [
        (11, 250, 3, 3.5),
        (EVERY_CLAUSE, 150, 10, 60),  # every promise has come due
        (13, 20, 60, 470),  # over the end of summer time; retention consent has run out
    ],
)
def test_precision_and_recall_are_one(seed: int, subjects: int, days: float, as_of: float) -> None:
    lines, truth = simulated(seed, subjects, days)
    Random(seed).shuffle(lines)
    records = [Record(line, None, (), "file", 0, offset) for offset, line in enumerate(lines)]
    at = after(as_of)
    done = audit(records, as_of=at)
    broken, told = expected(truth, at), found(done.findings)
    assert sorted(broken - told) == []
    assert sorted(told - broken) == []
    if seed == EVERY_CLAUSE:
        assert {clause for outcome, clause, *_ in broken if outcome == "breach"} == CLAUSES
    reasons = {line["reason"] for line in truth if line["clause"] is None} - {"id_conflict"}
    assert set(done.quarantined) - {"id_conflict"} == reasons
