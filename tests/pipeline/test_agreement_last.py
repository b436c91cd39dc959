"""The agreement that makes disclosures lawful arrives last, at the other worker, and both are killed meanwhile."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest
from kafka.partitioner.default import murmur2

from tests.support.builders import event, line
from tests.support.pipeline import PARTITIONS, House, Line, assert_equal, assert_sound, audited, shuffled

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

PARTIES = ("p-bound", "p-late", "p-never")
HALF = PARTITIONS // 2  # partition numbers below are one worker's, the others another's


def number(key: str) -> int:
    """The partition of a key, as the producer has it."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS


def people(lower: bool, wanted: int) -> list[str]:
    """Subjects of one worker."""
    names = (f"s-{n}" for n in count())
    return [
        name for name, _ in zip((each for each in names if (number(each) < HALF) is lower), range(wanted), strict=False)
    ]


def disclosed(person: str, party: str) -> Line:
    said = {"type": "data.disclosed", "time": "2025-10-06T10:00:00Z", "subject": person, "recipient": party}
    said |= {"source": "/compliance", "ground": "contract", "agreement": f"g-{party}"}
    return Line("compliance.events", person, line(event(said, id=f"{person}-{party}")))


def signed(party: str, key: str) -> Line:
    said = {"type": "agreement.signed", "time": "2025-10-01T10:00:00Z", "agreement": f"g-{party}", "party": party}
    return Line("compliance.events", key, line(event({**said, "kind": "service"}, id=f"signed-{party}")))


def breaches(export: Path) -> set[str]:
    rows = [json.loads(each) for each in (export / "findings.jsonl").read_text().splitlines()]
    return {row["id"].partition("-p-")[2] for row in rows if row["clause"] == "SHARE-3"}


def test_an_agreement_that_arrives_last_at_the_other_worker_counts_from_its_own_time(
    house: House, tmp_path: Path
) -> None:
    lower, upper = people(True, 60), people(False, 60)
    disclosures = shuffled([disclosed(person, party) for person in lower + upper for party in PARTIES], seed=4)
    bound, late = signed("p-bound", upper[0]), signed("p-late", lower[0])
    house.start("warehouse", "worker-1", "worker-2")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
    with house.publishing(disclosures, a_second=30) as going:
        house.wait_until_some_read(60)
        house.kill("worker-1")
        assert going(), "the kill came too late to be in the middle"
        house.start("worker-1")
        house.publish([bound])
    house.wait_until_read(120)
    house.publish([late])
    house.kill("worker-2")  # whoever of them reads it: the other has the most to judge again
    house.kill("warehouse")
    house.start("warehouse", "worker-2")
    house.wait_until_read(120)
    expected = audited([*disclosures, bound, late], tmp_path / "audit")
    assert breaches(expected) == {"never"}
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
