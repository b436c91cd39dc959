"""What an indeterminate verdict says that it lacked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from expectations.contract.decode import Record
from streams.audit import audit
from tests.support import builders

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def lacked(clause: str, *said: dict[str, Any]) -> str:
    events = [builders.event(each, f"e-{number}") for number, each in enumerate(said)]
    records = [Record(builders.line(each), None, (), "test", 0, number) for number, each in enumerate(events)]
    (found,) = [each for each in audit(records, as_of=AS_OF).findings if each["clause"] == clause]
    assert found["outcome"] == "indeterminate"
    return " ".join(found["evidence"]["missing"])


def test_only_fields_of_the_events_own_type_are_missed() -> None:
    fee = {"time": "2026-03-02T10:00:00Z", "type": "rights.fee_charged", "amount": None}
    assert lacked("RIGHT-8", fee) == "amount"


def test_what_the_answered_request_lacks_is_named() -> None:
    asked = {"time": "2026-03-01T10:00:00Z", "type": "rights.request_received", "right": None}
    answered = {"time": "2026-03-02T10:00:00Z", "type": "rights.request_answered", "format": "other"}
    assert lacked("RIGHT-6", asked, answered) == "right"


def test_an_unknown_purpose_is_named_where_an_objection_hangs_on_it() -> None:
    asked = {
        "time": "2026-03-01T10:00:00Z",
        "type": "rights.request_received",
        "right": "objection",
        "purposes": ["newsletter"],
    }
    used = {"time": "2026-03-02T10:00:00Z", "type": "crm.record_changed", "purpose": None}
    assert lacked("RIGHT-3", asked, used) == "purpose"
