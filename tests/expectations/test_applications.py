"""One walk through an application's life tells what REC-1 and REC-2 demand of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from expectations.applications import Life, born, hired_by
from expectations.facts import Fact, Facts
from expectations.model import registry

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def day(n: float) -> datetime:
    """So many days after the start; summer time begins on the 27th."""
    return START + timedelta(days=n)


def fact(kind: str, at: float, word: str | None = None, about: str | None = None) -> Fact:
    return Fact(kind, about, "a-1", word, None, None, None, day(at), "/recruitment", f"{kind}-{at}")


def ended(at: float, word: str = "rejected") -> Fact:
    return fact("procedure_ended", at, word)


def given(at: float) -> Fact:
    return fact("retention_consented", at)


def withdrawn(at: float) -> Fact:
    return fact("retention_withdrew", at)


def erased(at: float) -> Fact:
    return fact("erased", at, about="recruitment")


def applied(at: float) -> Fact:
    return fact("applied", at)


def readings(clause: str, at: datetime) -> Any:
    return registry()[clause].readings


def life(*facts: Fact) -> dict[str, tuple[float | None, float | None, float | None]]:
    """By the event's id: due, met and cancelled, in days after the start."""

    def days(at: datetime | None) -> float | None:
        return None if at is None else round((at - START) / timedelta(days=1), 3)

    owed = Life("a-1", Facts(facts), readings).owed
    return {name: (days(each.due_at), days(each.met_at), days(each.cancelled_at)) for (_, name), each in owed.items()}


HOUR = round(1 / 24, 3)


def test_an_end_alone_is_due_in_four_weeks_of_the_wall_clock() -> None:
    assert life(ended(0)) == {"procedure_ended-0": (round(28 - HOUR, 3), None, None)}


def test_a_withdrawal_takes_over_until_a_new_consent_gives_back() -> None:
    taken = life(ended(0), given(1), withdrawn(40))
    assert taken["retention_withdrew-40"] == (41.0, None, None)
    assert taken["procedure_ended-0"][2] == 41.0
    back = life(ended(0), given(1), withdrawn(40), given(41))
    assert back["retention_withdrew-40"] == (41.0, None, 41.0)
    assert back["procedure_ended-0"] == (365.0, None, None)
    late = life(ended(0), given(1), withdrawn(40), given(41.5))
    assert late["retention_withdrew-40"][2] is None
    assert late["procedure_ended-0"][2] == 41.0


def test_a_withdrawal_again_after_a_new_consent_opens_another() -> None:
    owed = life(ended(0), given(1), withdrawn(40), given(40.5), withdrawn(60), erased(60.5))
    assert owed["retention_withdrew-40"] == (41.0, None, 40.5)
    assert owed["retention_withdrew-60"] == (61.0, 60.5, None)
    assert owed["procedure_ended-0"][1:] == (None, 60.5)


def test_what_a_withdrawal_took_over_ends_when_that_falls_due_not_at_a_late_erasure() -> None:
    owed = life(ended(0), given(1), withdrawn(40), erased(50))
    assert owed["retention_withdrew-40"] == (41.0, 50.0, None)
    assert owed["procedure_ended-0"][1:] == (None, 41.0)


def test_a_later_end_moves_what_a_withdrawal_demands() -> None:
    owed = life(ended(0), given(1), withdrawn(2), ended(3))
    assert owed["retention_withdrew-2"][0] == round(31 - HOUR, 3)
    assert owed["procedure_ended-0"][2] == 3.0
    assert owed["procedure_ended-3"][2] == round(31 - HOUR, 3)


def test_a_contract_cancels_both() -> None:
    owed = life(ended(0), given(1), withdrawn(2), ended(3, "hired"))
    assert owed["retention_withdrew-2"][2] == 3.0
    assert owed["procedure_ended-0"][2] == 3.0
    assert "procedure_ended-3" not in owed


def test_received_again_later_than_its_erasure_it_is_another() -> None:
    facts = Facts([applied(0), ended(1, "hired"), erased(2), applied(2), applied(3), ended(4)])
    assert born("a-1", facts) == [day(3)]
    assert hired_by("a-1", facts, day(2.5))
    assert not hired_by("a-1", facts, day(3))


def test_each_time_it_comes_back_after_its_erasure_it_is_born() -> None:
    back = [applied(0), erased(1), applied(2), erased(3), applied(4), applied(5)]
    assert born("a-1", Facts(back)) == [day(2), day(4)]
    assert born("a-1", Facts([applied(0), erased(1), applied(1)])) == []  # it does not outlive it
    at_once = [applied(0), erased(1), applied(2), erased(2), applied(3)]
    assert born("a-1", Facts(at_once)) == [day(2), day(3)]
