"""The pages' words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from dashboards.speech import LANGUAGES, Speech, catalogue, number
from expectations.model import registry


def forms(found: object) -> list[str]:
    return list(found.values()) if isinstance(found, dict) else [str(found)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    english, dutch = catalogue("en"), catalogue("nl")
    assert set(english) == set(dutch)
    for word, found in english.items():
        wanted = set().union(*(places(text) for text in forms(found)))
        assert set().union(*(places(text) for text in forms(dutch[word]))) == wanted, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_has_a_few_words_that_fit_on_the_wall(language: str) -> None:
    for id, clause in registry().items():
        assert f"clause.{id}" in catalogue(language), id
        assert len(Speech(language).short(clause)) <= 36, id


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=8), "8 s"),
        (timedelta(minutes=26, seconds=40), "26 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(hours=16, minutes=20), "16 h"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(days=-1, hours=-23), "1 d 23 h"),
        (timedelta(days=1200), "1\u202f200 d"),
    ],
)
def test_spans_have_at_most_two_units(length: timedelta, expected: str) -> None:
    assert Speech().span(length) == expected


def test_thousands_are_set_apart_by_narrow_spaces() -> None:
    assert number(1234567) == "1\u202f234\u202f567"


def test_times_are_in_the_viewers_zone_and_say_another_day() -> None:
    say = Speech("nl", "Europe/Amsterdam")
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert say.clock(at) == "00:30:00"
    assert say.clock(at, at + timedelta(days=3)) == "2 mrt 00:30"
    assert Speech("en", "No/Where").clock(at) == "23:30:00"


def test_one_and_many_are_told_apart() -> None:
    assert Speech()("head.broken", n=1) == "1 promise is broken"
    assert Speech()("head.broken", n=3) == "3 promises are broken"
    assert not re.search(r"[{}]", Speech("nl")("chip.blind", time="12:00:00"))
