"""The audit finds exactly what the simulator broke, and nothing else, however the policy's open places are read."""

from __future__ import annotations

from random import Random

import pytest

from expectations.contract.decode import Record
from expectations.model import registry
from streams.audit import audit
from streams.core.examine import Engine
from streams.simulate.readings import DEFAULT, OTHER, OTHER_WAY
from tests.support.readings import policy_with
from tests.support.truth import CLAUSES, after, expected, found, simulated

EVERY_CLAUSE = 12


@pytest.fixture(scope="module")
def engines() -> dict[str, Engine]:
    return {DEFAULT: Engine(policy_with({})), OTHER_WAY: Engine(policy_with(OTHER))}


@pytest.mark.parametrize("side", [DEFAULT, OTHER_WAY])
@pytest.mark.parametrize(
    ("seed", "subjects", "days", "as_of"),
    [
        (11, 250, 3, 3.5),
        (EVERY_CLAUSE, 150, 10, 60),  # every promise has come due
        (13, 20, 60, 470),  # over the end of summer time; retention consent has run out
    ],
)
def test_precision_and_recall_are_one(
    seed: int, subjects: int, days: float, as_of: float, side: str, engines: dict[str, Engine]
) -> None:
    lines, truth = simulated(seed, subjects, days)
    Random(seed).shuffle(lines)
    records = [Record(line, None, (), "file", 0, offset) for offset, line in enumerate(lines)]
    at = after(as_of)
    done = audit(records, as_of=at, engine=engines[side])
    broken, told = expected(truth, at, side), found(done.findings)
    assert sorted(broken - told) == []
    assert sorted(told - broken) == []
    if seed == EVERY_CLAUSE and side == DEFAULT:
        assert {clause for outcome, clause, *_ in broken if outcome == "breach"} == CLAUSES
    reasons = {line["reason"] for line in truth if line["clause"] is None} - {"id_conflict"}
    assert set(done.quarantined) - {"id_conflict"} == reasons


def test_every_other_reading_makes_a_difference() -> None:
    _, truth = simulated(EVERY_CLAUSE, 150, 10)
    assert {line["clause"] for line in truth if line["under"]} == set(OTHER)


def test_every_reading_of_a_clause_has_another_way() -> None:
    """But those that say only when evidence is missing, or how long something is to last at most anyway."""
    spared = {("SEC-3", "control_silence"), ("REC-1", "retention"), ("REC-1", "retention_with_consent"),
              ("CRM-1", "retention_years"), ("CRM-1", "hold_grace"), ("CCTV-2", "recording_retention")}  # fmt: skip
    known = {(name, field) for name, clause in registry().items() for field in vars(clause.readings)}
    assert known - spared == {(name, field) for name, chosen in OTHER.items() for field in chosen}
