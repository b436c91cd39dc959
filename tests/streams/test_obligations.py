"""Obligations of one opener, each with its own key; and what has to be known of what a system holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from expectations.contract.decode import Record
from streams.audit import audit
from tests.support import builders

AS_OF = datetime(2027, 6, 1, tzinfo=UTC)
ASKED = {"time": "2026-03-02T10:00:00Z", "type": "rights.request_received", "right": "erasure"}
GRANTED = {"time": "2026-03-10T10:00:00Z", "type": "rights.request_answered"}
VIEWED = {"time": "2026-02-01T10:00:00Z", "type": "website.page_viewed"}


def owed(clause: str, said: Sequence[dict[str, Any]], piece: int = 1000) -> dict[str, str]:
    """Key -> state of the obligations of a clause."""
    lines = [builders.line(builders.event(each, f"e-{at}")) for at, each in enumerate(said)]
    records = [Record(line, None, (), "file", 0, at) for at, line in enumerate(lines)]
    found = audit(records, as_of=AS_OF, piece=piece).findings
    return {each["obligation"]: each["state"] for each in found if each["clause"] == clause}


def test_a_granted_erasure_is_owed_by_each_system_that_holds_the_person() -> None:
    said = [
        {"time": "2026-01-10T09:00:00Z", "type": "newsletter.subscribed"},
        {"time": "2026-01-10T09:00:00Z", "type": "crm.relation_started"},
        {"time": "2026-01-10T09:00:00Z", "type": "recruitment.application_received"},
        {"time": "2026-03-12T10:00:00Z", "type": "crm.record_erased"},
        VIEWED,
        ASKED,
        GRANTED,
    ]
    assert owed("RIGHT-2", said) == {"crm": "met", "newsletter": "overdue", "website": "overdue"}
    assert owed("REC-3", said) == {"a-1": "overdue"}


@pytest.mark.parametrize("piece", [1, 2, 3])
@pytest.mark.parametrize("erased", ["2026-01-20T10:00:00Z", "2026-02-10T10:00:00Z"])
def test_views_of_pages_are_known_whichever_came_first(piece: int, erased: str) -> None:
    said = [VIEWED, ASKED, GRANTED, {"time": erased, "type": "website.contact_erased"}]
    expected = {"website": "overdue"} if erased < VIEWED["time"] else {}
    for turn in range(4):
        shuffled = said[:]
        random.Random(turn).shuffle(shuffled)
        assert owed("RIGHT-2", shuffled, piece) == expected, shuffled


def test_one_request_of_an_applicant_is_owed_for_each_application() -> None:
    said = [
        {"time": "2026-02-01T10:00:00Z", "type": "recruitment.application_received", "application": "a-1"},
        {"time": "2026-02-01T10:00:00Z", "type": "recruitment.application_received", "application": "a-2"},
        {"time": "2026-03-05T10:00:00Z", "type": "recruitment.applicant_erased", "application": "a-2"},
        ASKED,
    ]
    assert owed("REC-3", said) == {"a-1": "overdue", "a-2": "met"}
