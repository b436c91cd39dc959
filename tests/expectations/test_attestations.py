"""Who vouches for what no event can prove, and until when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from expectations.attestations import lapsed, standing

GIVEN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def event(kind: str = "given", at: datetime = GIVEN, **data: Any) -> dict[str, Any]:
    told = {"sentence": "1.closing.02", "actor": "officer-1", "evidence": "log-1", **data} if kind == "given" else data
    return {"type": f"attestation.{kind}", "time": at, "data": json.dumps(told)}


def holds(events: list[dict[str, Any]], as_of: datetime, about: str = "1.closing.02") -> bool:
    return about in standing(events, as_of)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2026-03-01T00:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
        (None, datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ("2029-01-01T00:00:00Z", datetime(2027, 1, 31, 12, tzinfo=UTC)),  # twelve months at most
    ],
)
def test_it_counts_until_its_date_and_twelve_months_at_most(until: str | None, last: datetime) -> None:
    events = [event(until=until)]
    assert not holds(events, GIVEN - timedelta(seconds=1))
    assert holds(events, GIVEN)
    assert holds(events, last - timedelta(seconds=1))
    assert not holds(events, last)


def test_an_end_takes_back_what_was_given_up_to_it() -> None:
    ended = event("ended", GIVEN + timedelta(days=1), sentence="1.closing.02")
    assert holds([event(), ended], GIVEN)
    assert not holds([event(), ended], GIVEN + timedelta(days=1))
    again = event(at=GIVEN + timedelta(days=2))
    assert holds([again, ended, event()], GIVEN + timedelta(days=2))


@pytest.mark.parametrize("missing", ["actor", "evidence", "sentence"])
def test_without_a_name_evidence_or_sentence_nobody_vouches(missing: str) -> None:
    assert standing([event(**{missing: None})], GIVEN) == {}


def test_the_one_that_counts_longest_is_told() -> None:
    short = event(until="2026-02-05T00:00:00Z", actor="officer-2")
    assert standing([short, event()], GIVEN)["1.closing.02"].actor == "officer-1"
    assert standing([event(), short], GIVEN)["1.closing.02"].actor == "officer-1"


def test_a_clause_can_be_vouched_for_too() -> None:
    assert holds([event(sentence=None, clause="CRM-3")], GIVEN, "CRM-3")


def test_what_nobody_vouches_for_any_more_is_told_with_its_last_day() -> None:
    ended = event("ended", GIVEN + timedelta(days=1), sentence="1.closing.02")
    assert lapsed([event()], GIVEN) == {}
    assert lapsed([event()], GIVEN + timedelta(days=400))["1.closing.02"].until == datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert lapsed([event(), ended], GIVEN + timedelta(days=2))["1.closing.02"].until == GIVEN + timedelta(days=1)
    again = event(at=GIVEN + timedelta(days=2))
    assert lapsed([event(), ended, again], GIVEN + timedelta(days=3)) == {}
