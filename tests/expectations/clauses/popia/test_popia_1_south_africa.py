"""POPIA-1 is kept by whatever concerns somebody in South Africa, and says nothing of anybody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from expectations.contract.decode import Record
from streams.audit import audit
from tests.support import builders

HERE: dict[str, Any] = {"time": "2026-03-02T10:00:00Z", "type": "crm.record_changed", "subject": "s-1"}


@pytest.mark.parametrize(
    ("but", "annotated"),
    [
        ({"jurisdiction": "ZA"}, True),
        ({"type": "consent.given", "jurisdiction": "ZA"}, True),  # whatever its kind
        ({"jurisdiction": "NL"}, False),
        ({"jurisdiction": None}, False),
        ({"type": "website.page_viewed", "subject": None, "jurisdiction": "ZA"}, False),  # nobody we know
        ({"subject": "somebody@example.org", "jurisdiction": "ZA"}, False),  # GEN-3 alone
        ({"role": "processor", "jurisdiction": "ZA"}, False),
    ],
)
def test_it_annotates_what_concerns_somebody_there(but: dict[str, Any], annotated: bool) -> None:
    event = builders.event({**HERE, **but}, "e-1")
    done = audit(
        [Record(builders.line(event), None, (), "f", 0, 1)], as_of=datetime(2027, 1, 1, tzinfo=UTC), passes=True
    )
    assert done.events == 1
    kept = {each["clause"] for each in done.findings if each["outcome"] == "pass"}
    assert ("POPIA-1" in kept) is annotated
