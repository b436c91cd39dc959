"""What belongs together is keyed alike."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.contract.refusal import Refused
from expectations.contract.routing import route
from tests.support.contract import event


@pytest.mark.parametrize(
    ("made", "topic", "key"),
    [
        (event(), "crm.events", "p-1"),
        (event("website.page_viewed", subject=...), "website.events", "/website"),
        (
            event("agreement.signed", source="/compliance", subject=..., data={"agreement": "a"}),
            "compliance.events",
            "agreement:a",
        ),
        (
            event("agreement.signed", source="/compliance", data={"agreement": "a"}),
            "compliance.events",
            "agreement:a",
        ),
        (
            event("agreement.ended", source="/compliance/x", subject=..., data={}),
            "compliance.events",
            "/compliance/x",
        ),
        (
            event("breach.detected", source="/compliance", subject=..., data={"incident": "i"}),
            "compliance.events",
            "incident:i",
        ),
        (event("policy.amended", source="/compliance", subject=...), "compliance.events", "policy"),
        (event("policy.notified", source="/compliance", subject=...), "compliance.events", "policy"),
        (event("policy.notified", source="/compliance"), "compliance.events", "p-1"),
        (
            event(
                "security.control_reported",
                source="/compliance",
                data={"system": "crm", "control": "firewall"},
            ),
            "compliance.events",
            "control:crm:firewall",
        ),
        (event("cctv.recorded", source="/compliance", data={"camera": "c"}), "compliance.events", "camera:c"),
    ],
)
def test_the_key_is_the_subject_or_what_the_event_is_about(made: dict[str, Any], topic: str, key: str) -> None:
    assert route(made) == (topic, key)


@pytest.mark.parametrize("source", [None, "crm", "/erp", 7])
def test_a_source_of_no_system_goes_nowhere(source: Any) -> None:
    with pytest.raises(Refused, match="unknown_source"):
        route(event() | {"source": source})
