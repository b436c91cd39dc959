"""Agreements that count from the date they bear, and records of them put right: whichever arrives first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from expectations.contract.decode import Record
from expectations.policy import Policy, load
from expectations.readings import of_clauses
from streams.audit import audit
from tests.support import builders

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
WORK = {"time": "2026-03-02T10:00:00Z", "type": "crm.record_changed", "role": "processor", "agreement": "g-1"}
SIGNED_LATER = {
    "time": "2026-04-02T10:00:00Z",
    "type": "agreement.signed",
    "agreement": "g-1",
    "party": "k-1",
    "kind": "processing",
}


def policy(backdating: bool) -> Policy:
    ours = load(None, of_clauses())
    return replace(ours, versions=tuple(replace(each, backdating=backdating) for each in ours.versions))


def breaches(*said: dict[str, Any], backdating: bool) -> list[str]:
    """Clauses broken, where each event comes in a batch of its own."""
    events = [builders.event(each, f"e-{number}") for number, each in enumerate(said)]
    records = [Record(builders.line(each), None, (), "test", 0, number) for number, each in enumerate(events)]
    found = audit(records, policy=policy(backdating), as_of=AS_OF, piece=1).findings
    return [each["clause"] for each in found if each["outcome"] == "breach"]


@pytest.mark.parametrize("bears", ["2026-03-02T10:00:00Z", "2026-03-02t11:00:00+01:00", "2026-03-02", "2026-01-01"])
def test_an_agreement_may_count_from_the_date_it_bears_whichever_arrives_first(bears: str) -> None:
    signed = {**SIGNED_LATER, "valid_from": bears}
    for said in ((signed, WORK), (WORK, signed)):
        assert breaches(*said, backdating=True) == []
        assert breaches(*said, backdating=False) == ["SCOPE-1"]


def test_a_date_after_the_work_covers_it_in_no_reading() -> None:
    signed = {**SIGNED_LATER, "valid_from": "2026-03-02T10:00:00.000001Z"}
    for said in ((signed, WORK), (WORK, signed)):
        assert breaches(*said, backdating=True) == ["SCOPE-1"]
