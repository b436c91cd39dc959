"""An entity's events share their key in the log, so that one worker sees them all."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.contract.routing import route
from expectations.entities import about, is_subject
from expectations.facts import facts_of
from expectations.vocabulary import TYPES
from tests.support.contract import decoded, event

KEYED = [name for name in TYPES if name.split(".")[0] in ("breach", "cctv", "security", "policy")]
NAMES: tuple[dict[str, Any], ...] = (
    {},
    {"incident": "i-1", "camera": "cam-1", "control": "firewall", "version": "v-1"},
    {"incident": "", "camera": "", "control": "", "system": "crm"},
    {"incident": "i:1", "camera": "a b", "control": "back_ups", "system": "crm"},
)


def entity(made: dict[str, Any]) -> str | None:
    (found,) = decoded(made).events.select(entity=about())["entity"]
    return None if found is None else str(found)


@pytest.mark.parametrize("data", NAMES)
@pytest.mark.parametrize("type_name", KEYED)
def test_the_entity_of_an_event_is_its_key(type_name: str, data: dict[str, Any]) -> None:
    made = event(type_name, source="/compliance/desk", subject=..., data=data)
    _, key = route(made)
    found = entity(made)
    assert found == key or (key == "policy" and found == f"policy:{data.get('version', '')}")
    assert found is not None
    assert not is_subject(found)


def test_a_notice_to_a_person_is_about_the_policy_and_keeps_nobody() -> None:
    made = [
        event(
            "policy.notified", id=name, source="/compliance", subject=who, data={"version": "v-1", "channel": "email"}
        )
        for name, who in (("a", "p-1"), ("b", "p-1"), ("c", "p-2"))
    ]
    facts = facts_of(decoded(*made).events)
    assert set(facts["entity"]) == {"policy:v-1"}
    assert facts["word"].n_unique() == 2
    assert "p-1" not in facts.drop("id").write_csv()


def test_an_event_with_a_personal_value_in_its_envelope_is_about_nothing() -> None:
    made = event("breach.detected", id="jan@example.nl", source="/compliance", subject=..., data={"incident": "i-1"})
    assert entity(made) is None
    assert facts_of(decoded(made).events).is_empty()


def test_events_of_subjects_are_about_nothing_else() -> None:
    events = decoded(event(), event("crm.record_exported", id="e-2", subject=..., data={})).events
    assert events.select(entity=about())["entity"].to_list() == [None, None]
    assert all(map(is_subject, events["subject"].drop_nulls()))
