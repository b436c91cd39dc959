"""Holds are told as spans that do not meet, and move the term of what they keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from expectations.facts import Fact, Facts
from expectations.model import Clock
from expectations.relations import Keeping, Span, holds, in_force, term_after

Hold = tuple[int, int | None, str | None]  # from which year to which, and why


def new_year(year: int) -> datetime:
    """At noon, so that no zone makes another year of it."""
    return datetime(year, 1, 2, 12, tzinfo=UTC)


def fact(kind: str, year: int, about: str | None = None, name: str = "") -> Fact:
    return Fact(kind, about, None, None, None, None, None, new_year(year), "/crm", f"{kind}-{year}-{name}")


def held(*said: Hold) -> list[Fact]:
    placed = [fact("hold_placed", since, why, str(number)) for number, (since, _, why) in enumerate(said)]
    lifted = [fact("hold_lifted", until, why, str(n)) for n, (_, until, why) in enumerate(said) if until]
    return [*placed, *lifted]


def spans(*years: tuple[int, int | None]) -> list[Span]:
    return [(new_year(since), new_year(until) if until else None) for since, until in years]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([(2027, 2028, "tax"), (2029, 2030, "tax")], [(2027, 2028), (2029, 2030)]),
        ([(2027, 2029, "tax"), (2028, 2030, "dispute")], [(2027, 2030)]),
        ([(2027, 2030, "tax"), (2028, 2029, "dispute")], [(2027, 2030)]),
        ([(2027, 2028, "tax"), (2028, 2029, "dispute")], [(2027, 2029)]),  # they meet
        ([(2027, None, "tax"), (2028, 2029, "dispute")], [(2027, None)]),
        ([(2027, 2029, "tax"), (2028, None, "dispute")], [(2027, None)]),
        ([(2025, 2026, "tax"), (2027, 2029, "tax"), (2028, 2030, "dispute")], [(2025, 2026), (2027, 2030)]),
    ],
)
def test_holds_are_spans_that_do_not_meet(said: list[Hold], wanted: list[tuple[int, int | None]]) -> None:
    assert holds(Facts(held(*said))) == spans(*wanted)


def test_a_hold_of_before_the_end_suspends_from_the_end_on() -> None:
    end = fact("relation_ended", 2026, "customer")
    known = Facts([fact("relation_started", 2020, "customer"), end, *held((2025, 2027, "tax"))])
    term = term_after(end, known, Keeping())
    assert term is not None
    assert term.suspensions == tuple(spans((2026, 2027)))
    assert [clock.since for clock in term.clocks] == [end.time]  # lifted long before, it moved nothing


def test_a_lifting_near_the_term_gives_the_grace_from_then_on() -> None:
    end = fact("relation_ended", 2026, "customer")
    known = Facts([fact("relation_started", 2020, "customer"), end, *held((2030, 2034, "tax"))])
    term = term_after(end, known, Keeping())
    assert term is not None
    due = Keeping().hold_grace.after(new_year(2034))
    assert term.clocks[1:] == (Clock("promise", new_year(2034), due),)
    assert term.due_at == due


def test_the_first_new_relation_takes_it_up_again() -> None:
    end = fact("relation_ended", 2026, "customer")
    again = [fact("relation_started", year, "customer") for year in (2020, 2028, 2030)]
    term = term_after(end, Facts([*again, end]), Keeping())
    assert term is not None
    assert term.resumed_at == new_year(2028)


def test_the_end_of_one_kind_ends_no_other() -> None:
    known = Facts(
        [
            *(fact("relation_started", 2020, kind) for kind in ("customer", "supplier", None)),
            fact("relation_ended", 2022, "supplier"),
            fact("relation_ended", 2023, "customer"),
        ]
    )
    assert in_force(known, new_year(2022))
    assert in_force(known, new_year(2024))  # one of unknown kind ends by an end that names none
    ended = Facts([*known.of("relation_started", "relation_ended"), fact("relation_ended", 2025)])
    assert not in_force(ended, new_year(2025))
