"""Obligations are replaced as a set, and their state follows from stored times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.warehouse.store import Store
from tests.support.warehouse import (
    at,
    batch,
    beliefs_are_sound,
    event,
    obligation,
    rows,
)


def test_an_entitys_obligations_are_replaced_as_a_set(store: Store) -> None:
    one, two = event("a"), event("b", 5)
    first, second = obligation(one), obligation(two)
    store.apply(batch(one, two, obligations=[first, second], entities=("s1",)))
    answered = {**first, "met_at": at(60), "outcome": "pass"}
    store.apply(batch(event("c", 60), obligations=[second, answered], entities=("s1",)))
    found = rows(store, "SELECT id, met_at, believed_to FROM obligations ORDER BY believed_from, id")
    assert [(row["id"], row["met_at"], row["believed_to"] is None) for row in found] == [
        ("a", None, False),
        ("b", None, True),
        ("a", at(60), True),
    ]
    beliefs_are_sound(store, "obligations")
    states = store.query("obligations", {"now": at(90)}).to_pylist()
    assert sorted((row["id"], row["state"], row["outcome"]) for row in states) == [
        ("a", "met", "pass"),
        ("b", "open", None),
    ]
    store.apply(batch(event("d", 61), obligations=[answered], entities=("s1",)))
    assert [row["id"] for row in store.query("obligations", {"now": at(90)}).to_pylist()] == ["a"]


@pytest.mark.parametrize(
    ("given", "days", "state", "outcome"),
    [
        ({}, 28, "open", None),
        ({}, 28.1, "overdue", "breach"),
        ({"met_at": at(60 * 24), "outcome": "pass"}, 2, "met", "pass"),
        ({"met_at": at(60 * 24), "outcome": "pass"}, 0.5, "open", None),
        ({"met_at": at(60 * 24 * 30)}, 31, "met_late", "breach"),
        ({"met_at": at(60 * 24 * 30)}, 29, "overdue", "breach"),
        ({"cancelled_at": at(60)}, 30, "cancelled", "not_applicable"),
        ({"undecided": "request"}, 1, "indeterminate", "indeterminate"),
        ({"undecided": "request", "met_at": at(60), "outcome": "pass"}, 1, "met", "pass"),
        ({"suspensions": [{"since": at(60), "until": None}]}, 30, "suspended", None),
        ({"suspensions": [{"since": at(60), "until": at(120)}]}, 30, "overdue", "breach"),
    ],
)
def test_the_state_of_an_obligation_follows_from_times(
    store: Store, given: dict[str, Any], days: float, state: str, outcome: str | None
) -> None:
    opener = event("a")
    store.apply(batch(opener, obligations=[{**obligation(opener), **given}], entities=("s1",)))
    (row,) = store.query("obligations", {"now": at() + timedelta(days=days)}).to_pylist()
    assert (row["state"], row["outcome"]) == (state, outcome)
    assert store.query("obligations", {"now": at(-1)}).num_rows == 0


def test_a_moved_clock_counts_from_when_it_was_moved(store: Store) -> None:
    opener = event("a")
    moved = {"clock": "promise", "since": at(60), "due_at": at() + timedelta(days=56)}
    law = {"clock": "gdpr", "since": at(90), "due_at": at() + timedelta(days=1)}
    owed = obligation(opener)
    owed["clocks"] = [moved, law, *owed["clocks"]]
    store.apply(batch(opener, obligations=[owed], entities=("s1",)))
    (before,) = store.query("obligations", {"now": at(59)}).to_pylist()
    (after,) = store.query("obligations", {"now": at() + timedelta(days=40)}).to_pylist()
    assert before["due_at"] == at() + timedelta(days=28)
    assert (after["due_at"], after["state"]) == (at() + timedelta(days=56), "open")


def test_the_pace_counts_what_was_met_what_is_forgotten_and_what_runs(store: Store) -> None:
    openers = [event(id, minutes) for id, minutes in (("met", 0), ("forgotten", 0), ("late", 0), ("new", 60 * 24 * 29))]
    done, forgotten, late, new = (obligation(each) for each in openers)
    done |= {"met_at": at(60), "outcome": "pass"}
    late |= {"met_at": at(60 * 24 * 29)}
    store.apply(batch(*openers, obligations=[done, forgotten, late, new], entities=("s1",)))
    (row,) = store.query("clocks_pace", {"now": at() + timedelta(days=30)}).to_pylist()
    day = 86_400.0
    assert (row["took"], row["overdue"], row["open"]) == ([29 * day, 3600.0], [30 * day], 1)
    assert row["running"] == [{"age": day, "term": 28 * day}]
    (later,) = store.query("clocks_pace", {"now": at() + timedelta(days=30), "days": 2}).to_pylist()
    assert (later["took"], later["overdue"]) == ([29 * day], [])
    (some,) = store.query("clocks_pace", {"now": at() + timedelta(days=10)}).to_pylist()
    assert (some["open"], some["overdue"]) == (2, [])
    (most,) = store.query("clocks_pace", {"now": at() + timedelta(days=10), "most": 1}).to_pylist()
    assert (most["open"], len(most["running"])) == (2, 1)
