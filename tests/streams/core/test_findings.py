"""What an indeterminate verdict says that it lacked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

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


DISCLOSED = {"time": "2026-03-02T10:00:00Z", "type": "data.disclosed", "ground": "contract", "recipient_country": "IN"}


@pytest.mark.parametrize("clause", ["SHARE-3", "XFER-1"])
def test_a_recipient_that_is_not_named_is_missed(clause: str) -> None:
    assert lacked(clause, {**DISCLOSED, "recipient": None}) == "recipient"


def test_a_subprocessor_that_is_not_named_is_missed() -> None:
    assert lacked("SCOPE-3", {**DISCLOSED, "recipient": None, "role": "processor"}) == "recipient"


def test_the_set_of_an_agreement_and_the_country_that_it_is_for_are_missed() -> None:
    signed = {"time": "2020-01-01T10:00:00Z", "type": "agreement.signed", "kind": "scc"}
    assert lacked("XFER-2", {**signed, "scc_version": None}, DISCLOSED) == "scc_version"
    assert lacked("XFER-2", {**signed, "scc_version": "2010/87"}, {**DISCLOSED, "recipient_country": None}) == (
        "recipient_country"
    )
