"""Late facts, register events and held events: what is judged again, and what was believed before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.warehouse import rejudge
from infra.warehouse.store import Store
from tests.support.warehouse import (
    at,
    batch,
    beliefs_are_sound,
    counted,
    counted_anew,
    event,
    fact,
    rows,
    verdict,
)


def test_a_late_fact_writes_a_rejudge_row_and_one_in_time_does_not(store: Store) -> None:
    store.apply(batch(event("a", 10), event("b", 20), event("x", 30, subject="s2")))
    in_time = event("c", 25)
    store.apply(batch(in_time, facts=[fact(in_time)]))
    assert store.pending([0], at(600)).num_rows == 0
    late, idle = event("d", 15), event("e", 1)
    store.apply(batch(late, idle, facts=[fact(late), fact(idle, revises=False)]))
    (work,) = store.pending([0], at(600)).to_pylist()
    assert (work["cause"], work["entity"], work["since"]) == ("late_fact", "s1", at(15))
    assert [e["id"] for e in store.history(work["rejudge"]).to_pylist()] == ["d", "b", "c"]


def test_a_revision_moves_counts_and_keeps_what_was_believed(store: Store) -> None:
    one, two = event("a", 10), event("b", 20)
    store.apply(batch(one, two, verdicts=[verdict(one), verdict(two)]))
    late = event("c", 5)
    store.apply(batch(late, facts=[fact(late)]))
    (work,) = store.pending([0], at(600)).to_pylist()
    judged = [
        {**one, "passed": "GEN-1 GEN-2 GEN-4"},
        {**two, "passed": "GEN-1"},
        late,
    ]
    revised = batch(*judged, verdicts=[verdict(two, "GEN-2")], facts=[fact(late)], revises=(work["rejudge"],))
    answer = store.apply(revised)
    assert answer.stored == 0
    assert store.pending([0], at(600)).num_rows == 0
    assert store.facts(["s1"])[1].num_rows == 1
    assert counted(store) == counted_anew(store)
    assert counted(store)[("GEN-4", "pass")] == 1
    assert counted(store)[("GEN-2", "breach")] == 1
    assert ("GEN-4", "breach") not in counted(store)
    beliefs_are_sound(store)
    now = rows(store, "SELECT id, clause, outcome FROM verdicts WHERE believed_to IS NULL ORDER BY id, clause")
    assert [tuple(row.values()) for row in now] == [
        ("a", "GEN-4", "pass"),
        ("b", "GEN-2", "breach"),
        ("b", "GEN-4", "not_applicable"),
    ]
    before = counted(store)
    store.apply(revised)
    assert counted(store) == before
    assert len(rows(store, "SELECT * FROM verdicts WHERE believed_to IS NOT NULL")) == 2


def test_a_rejudge_row_closes_only_with_its_last_piece(store: Store) -> None:
    stored = [event(f"e{n}", n) for n in range(1, 6)]
    late = event("f", 0.5)
    store.apply(batch(*stored))
    store.apply(batch(late, facts=[fact(late)]))
    (work,) = store.pending([0], at(600)).to_pylist()
    seen = []
    for _ in range(3):
        piece = store.history(work["rejudge"], None, 2)
        seen += piece["id"].to_pylist()
        assert store.pending([0], at(600)).num_rows == 1
        store.apply(replace(batch(revises=(work["rejudge"],)), events=piece))
    assert seen == ["f", "e1", "e2", "e3", "e4", "e5"]
    assert store.pending([0], at(600)).num_rows == 0


def test_several_rejudge_rows_are_worked_off_together(store: Store) -> None:
    store.apply(batch(*[event(f"e{n}", n, subject=f"s{n % 3}") for n in range(1, 7)]))
    late = [event(f"f{n}", 0.5, subject=f"s{n}") for n in range(3)]
    store.apply(batch(*late, facts=[fact(each) for each in late]))
    numbers = store.pending([0], at(600))["rejudge"].to_pylist()
    assert len(numbers) == 3
    piece = store.history(numbers)
    assert piece.num_rows == 9
    store.apply(replace(batch(revises=tuple(numbers)), events=piece))
    assert store.pending([0], at(600)).num_rows == 0


def test_a_piece_is_of_no_more_entities_than_their_facts_allow(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    used = [event(f"e{n}", n, subject=f"s{n % 3}") for n in range(1, 7)]
    store.apply(batch(*used, facts=[fact(each) for each in used]))
    late = [event(f"f{n}", 0.5, subject=f"s{n}") for n in range(3)]
    store.apply(batch(*late, facts=[fact(each) for each in late]))
    assert store.pending([0], at(600)).num_rows == 3
    for most, rows_a_piece in ((8, 2), (6, 2), (5, 1), (1, 1)):  # each entity has three; the first row goes anyway
        monkeypatch.setattr(rejudge, "MOST_FACTS", most)
        assert store.pending([0], at(600)).num_rows == rows_a_piece
    seen = []
    while (work := store.pending([0], at(600))).num_rows:
        piece = store.history(work["rejudge"].to_pylist())
        assert store.facts(piece["subject"].to_pylist())[1].num_rows == 3
        seen += piece["id"].to_pylist()
        store.apply(replace(batch(revises=tuple(work["rejudge"].to_pylist())), events=piece))
    assert sorted(seen) == sorted(each["id"] for each in (*used, *late))


def test_held_events_are_pending_when_their_time_comes(store: Store) -> None:
    store.apply(batch(event("a", 700, held=True, passed=""), event("b", 800, held=True, passed="")))
    assert store.pending([0], at(650)).num_rows == 0
    (work,) = store.pending([0], at(700)).to_pylist()
    (due,) = store.history(work["rejudge"]).to_pylist()
    assert due["id"] == "a"
    store.apply(batch({**due, "held": False, "passed": "GEN-1"}, revises=(work["rejudge"],)))
    assert store.pending([0], at(700)).num_rows == 0
    assert store.pending([0], at(900)).num_rows == 1
    assert counted(store) == {("GEN-1", "pass"): 1}
