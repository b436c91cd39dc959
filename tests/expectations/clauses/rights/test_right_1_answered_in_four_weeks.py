"""RIGHT-1's clocks: the promise, and the law's own terms beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from expectations.clauses.rights.right_1_answered_in_four_weeks import Readings, answered_in_four_weeks
from expectations.facts import Fact, Facts

ASKED = "2026-01-31T10:00:00+01:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fact(kind: str, time: str, **more: object) -> Fact:
    blank = dict.fromkeys(("about", "word", "flag", "at", "jurisdiction"))
    return Fact(kind=kind, time=at(time), source="/compliance", id=time, **{**blank, "link": "r-1", **more})  # type: ignore[arg-type]


def clocks(asked: str = ASKED, country: str | None = None, told: Sequence[Fact] = ()) -> dict[str, list[datetime]]:
    opener = fact("requested", asked, jurisdiction=country, word="access")
    course = answered_in_four_weeks(opener, Facts([opener, *told]), Readings())
    assert course is not None
    found: dict[str, list[datetime]] = {}
    for each in course.clocks:
        found.setdefault(each.clock, []).append(each.due_at)
    return found


def extended(time: str, until: str | None, informed: bool | None = True) -> Fact:
    return fact("extended", time, flag=informed, at=None if until is None else at(until))


def test_four_weeks_are_promised_and_the_law_gives_a_month_that_ends_with_a_short_one() -> None:
    assert clocks() == {"promise": [at("2026-02-28T10:00:00+01:00")], "gdpr": [at("2026-02-28T10:00:00+01:00")]}
    march = {"promise": [at("2026-03-30T10:00:00+02:00")], "gdpr": [at("2026-04-02T10:00:00+02:00")]}
    assert clocks("2026-03-02T10:00:00+01:00") == march


def test_someone_in_south_africa_has_popias_term_besides() -> None:
    found = clocks("2026-10-02T10:00:00+02:00", "ZA")  # thirty days end on a Sunday
    assert found["popia"] == [at("2026-11-02T10:00:00+02:00")]
    assert found["gdpr"] == [at("2026-11-02T10:00:00+01:00")]
    assert "popia" not in clocks("2026-10-02T10:00:00+02:00", "NL")


@pytest.mark.parametrize(
    ("told", "moved"),
    [
        (extended("2026-02-10T10:00:00Z", "2026-03-31T10:00:00Z"), "2026-03-31T10:00:00Z"),
        (extended("2026-02-28T10:00:00+01:00", "2026-03-31T10:00:00Z"), "2026-03-31T10:00:00Z"),  # on the last instant
        (extended("2026-02-10T10:00:00Z", "2026-12-31T10:00:00Z"), "2026-04-30T10:00:00+02:00"),  # three months at most
        (extended("2026-02-28T10:00:00.000001+01:00", "2026-03-31T10:00:00Z"), None),  # told too late
        (extended("2026-02-10T10:00:00Z", "2026-03-31T10:00:00Z", informed=False), None),
        (extended("2026-02-10T10:00:00Z", "2026-03-31T10:00:00Z", informed=None), None),
        (extended("2026-02-10T10:00:00Z", None), None),
        (extended("2026-02-10T10:00:00Z", "2026-02-20T10:00:00Z"), None),  # none shortens it
        (fact("extended", "2026-02-10T10:00:00Z", flag=True, at=at("2026-03-31T10:00:00Z"), link="r-2"), None),
    ],
)
def test_an_extension_told_within_the_month_moves_the_laws_term_alone(told: Fact, moved: str | None) -> None:
    month = at("2026-02-28T10:00:00+01:00")
    found = clocks(told=[told])
    assert found == {"promise": [month], "gdpr": [month] if moved is None else [month, at(moved)]}
