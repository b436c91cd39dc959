"""Stored events judged again: what flips is said first, then it is what a store judged so from the start holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from expectations.contract.decode import Record
from expectations.policy import Policy, load
from expectations.readings import of_clauses
from infra.clock import WallClock
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.rejudge import Flips, dry_run
from streams.worker.pipeline import Pipeline, Taken

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
SUBJECT = "s-00000000000000000000000001"


def policy(**readings: dict[str, Any]) -> Policy:
    strict = load(clauses=of_clauses())
    names = {name.replace("-", "_"): name for name in of_clauses()}
    chosen = {names[clause]: values for clause, values in readings.items()}
    versions = tuple(replace(each, readings={**each.readings, **chosen}) for each in strict.versions)
    return replace(strict, versions=versions)


def event(number: int, type: str, minute: int, **data: Any) -> dict[str, Any]:
    system = type.split(".")[0]
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": f"/{system}",
        "type": type,
        "subject": SUBJECT,
        "time": f"2026-03-02T10:{minute:02}:00Z",
        "data": data,
    }


EVENTS = [
    event(1, "website.consent_given", 0, purposes=["marketing"]),
    event(2, "website.page_viewed", 1, ip="full", tracked=True, identifiable=False, cookies=[]),
    event(3, "website.page_viewed", 2, ip="none", tracked=True, identifiable=False, cookies=[]),
    event(
        4, "website.page_viewed", 3, ip="none", identifiable=False,
        cookies=[{"name": "m", "kind": "marketing", "personal": True}],
    ),
    event(5, "newsletter.unsubscribed", 4),
    {**event(6, "newsletter.subscriber_erased", 4), "time": "2026-03-03T20:00:00Z"},
]  # fmt: skip


def judged(rules: Policy) -> tuple[Store, Pipeline]:
    store = Store(":memory:")
    pipeline = Pipeline(store, Engine(rules), b"key", WallClock(), store.claim([0], "one").epochs)
    records = [Record(json.dumps(each).encode(), None, (), "t", 0, n) for n, each in enumerate(EVENTS)]
    pipeline.records([Taken("t", 0, 0, len(records), records)])
    while pipeline.revise():
        pass
    return store, pipeline


def exported(store: Store, folder: Path) -> dict[str, bytes]:
    store.export(folder)
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def again(store: Store, rules: Policy) -> None:
    pipeline = Pipeline(store, Engine(rules), b"key", WallClock(), store.claim([0], "two").epochs)
    while pipeline.revise():
        pass


def last(found: Any) -> Flips:
    return [Flips(), *(told for _, told in found)][-1]


def told(flips: Flips) -> list[tuple[str, str, str, int, list[str]]]:
    return [(*flip, n, [name for _, name in events]) for flip, n, events in flips.rows() if flip[0] in CONCERNED]


CONCERNED = ("CLICK-1", "NEWS-5")
LAX = {
    "CLICK_1": {"ip_is_personal": False},
    "NEWS_5": {"unsubscribe_erasure": "48h"},
}


@pytest.fixture
def stored() -> tuple[Store, Pipeline]:
    return judged(policy(**LAX))


def test_a_dry_run_says_what_flips_and_changes_nothing(stored: tuple[Store, Pipeline], tmp_path: Path) -> None:
    store, _ = stored
    before = exported(store, tmp_path / "before")
    flips = last(dry_run(store, policy(), BEGINNING))
    assert told(flips) == [("CLICK-1", "pass", "breach", 1, ["e2"]), ("NEWS-5", "pass", "breach", 1, ["e5"])]
    assert exported(store, tmp_path / "after") == before
    assert last(dry_run(store, policy(**LAX), BEGINNING)).rows() == []


def test_judging_again_gives_what_these_rules_give_from_the_start(
    stored: tuple[Store, Pipeline], tmp_path: Path
) -> None:
    store, _ = stored
    assert store.rejudge(BEGINNING) == 1
    again(store, policy())
    fresh, _ = judged(policy())
    assert exported(store, tmp_path / "again") == exported(fresh, tmp_path / "fresh")
    assert last(dry_run(store, policy(), BEGINNING)).rows() == []


def test_only_events_of_that_time_and_later_are_judged_again(stored: tuple[Store, Pipeline]) -> None:
    store, _ = stored
    assert store.rejudge(datetime(2030, 1, 1, tzinfo=UTC)) == 0
    since = datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
    assert [flip[0] for flip in told(last(dry_run(store, policy(), since)))] == ["NEWS-5"]


def test_facts_are_stated_anew_by_the_rules_of_now(stored: tuple[Store, Pipeline], tmp_path: Path) -> None:
    """As when earlier rules did not know what a consent is, and took a visit for a withdrawal."""
    store, _ = stored
    whole = exported(store, tmp_path / "whole")
    store._connection.execute("DELETE FROM facts WHERE kind = 'consented'")
    store._connection.execute(
        "INSERT INTO facts BY NAME SELECT 'withdrew' AS kind, 'marketing' AS about, false AS revises, f.entity,"
        " f.batch, f.salt, e.source, e.id, e.time FROM events e, facts f WHERE e.id = 'e3' LIMIT 1"
    )
    assert last(dry_run(store, policy(**LAX), BEGINNING)).rows() == []
    store.rejudge(BEGINNING)
    again(store, policy(**LAX))
    kinds = "SELECT kind, count(*) FROM facts WHERE kind IN ('consented', 'withdrew') GROUP BY kind"
    assert store._connection.sql(kinds).fetchall() == [("consented", 1)]
    assert exported(store, tmp_path / "again") == whole


def test_pieces_go_on_where_another_process_stopped(
    stored: tuple[Store, Pipeline], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import streams.worker.pipeline as module

    store, _ = stored
    monkeypatch.setattr(module, "PIECE", 2)
    store.rejudge(BEGINNING)
    one = Pipeline(store, Engine(policy()), b"key", WallClock(), store.claim([0], "two").epochs)
    assert one.revise() == 1
    assert store.query("progress").num_rows == 1
    again(store, policy())
    fresh, _ = judged(policy())
    assert exported(store, tmp_path / "again") == exported(fresh, tmp_path / "fresh")
