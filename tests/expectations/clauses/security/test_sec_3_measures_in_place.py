"""Of which measures nothing shows that they are in place: those that the policy names, and those that fell silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from expectations.clauses.security.sec_3_measures_in_place import Readings, silent

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
NAMED = ("virus_scanner", "firewall", "passwords", "secure_connection", "back_ups")
MOMENT = timedelta(microseconds=1)


def test_a_measure_that_nobody_ever_reported_goes_by_its_name() -> None:
    assert silent([], NOW, Readings()) == NAMED
    assert silent([(name, "crm", NOW) for name in NAMED[1:]], NOW, Readings()) == NAMED[:1]


def test_one_that_fell_silent_for_more_than_a_week_goes_by_its_system_too() -> None:
    last = [(name, "crm", NOW - WEEK) for name in NAMED]
    assert silent(last, NOW, Readings()) == ()
    older = [*last[:4], ("back_ups", "crm", NOW - WEEK - MOMENT), ("passwords", "", NOW - WEEK - MOMENT)]
    assert silent(older, NOW, Readings()) == ("back_ups/crm", "passwords")
