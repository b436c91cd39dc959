"""An event is judged by the version in force at its time; an obligation keeps the term it opened with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from expectations.calendars import Duration
from expectations.contract.decode import Record
from expectations.policy import Policy, load
from expectations.readings import of_clauses
from streams.audit import audit
from tests.support import builders

CHANGE = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def two_versions() -> Policy:
    """From the change on Global Privacy Control counts no more, and deleting may take two days."""
    policy = load(None, of_clauses())
    first = replace(policy.versions[0], valid_to=CHANGE)
    second = replace(
        first,
        version="2026-03-01",
        valid_from=CHANGE,
        valid_to=None,
        readings={
            **first.readings,
            "CLICK-4": {"honour_gpc": False},
            "NEWS-5": {"unsubscribe_erasure": Duration(48, "hours")},
        },
    )
    return replace(policy, versions=(first, second))


def breaches(*said: dict[str, object], as_of: datetime) -> dict[str, str]:
    """Event id -> clause of its breach."""
    lines = [builders.line(builders.event(each, str(each["id"]))) for each in said]
    records = [Record(line, None, (), "scenario", 0, number) for number, line in enumerate(lines)]
    found = audit(records, policy=two_versions(), as_of=as_of).findings
    return {each["event_id"]: each["clause"] for each in found if each["outcome"] == "breach"}


def visit(id: str, at: datetime) -> dict[str, object]:
    return {"id": id, "time": at.isoformat(), "type": "website.page_viewed", "tracked": True, "gpc": True}


def leave(id: str, at: datetime) -> dict[str, object]:
    return {"id": id, "time": at.isoformat(), "type": "newsletter.unsubscribed", "subject": f"s-{id}"}


def test_the_version_of_the_events_own_time_judges_it() -> None:
    old, new = visit("old", CHANGE - MOMENT), visit("new", CHANGE)
    assert breaches(new, old, as_of=CHANGE + timedelta(days=1)) == {"old": "CLICK-4"}


def test_an_event_of_before_the_first_version_is_judged_by_the_first() -> None:
    assert breaches(visit("ancient", datetime(2012, 1, 1, tzinfo=UTC)), as_of=CHANGE) == {"ancient": "CLICK-4"}


def test_an_obligation_keeps_the_term_of_the_version_it_opened_under() -> None:
    old, new = leave("old", CHANGE - MOMENT), leave("new", CHANGE)
    assert breaches(old, new, as_of=CHANGE + timedelta(hours=24)) == {"old": "NEWS-5"}
    assert breaches(old, new, as_of=CHANGE + timedelta(hours=48)) == {"old": "NEWS-5"}
    both = {"old": "NEWS-5", "new": "NEWS-5"}
    assert breaches(old, new, as_of=CHANGE + timedelta(hours=48) + MOMENT) == both
