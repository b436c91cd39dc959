"""Throughput by stage: what transactions tell, a second."""

from __future__ import annotations

from datetime import timedelta

from dashboards.throughput import STEP, STEPS, stages
from infra.warehouse.store import Store
from tests.support.warehouse import at, batch, event, verdict

NOW = at(600)  # the store's clock


def told(store: Store, seconds: float) -> list[tuple[str, float, float]]:
    """Each stage, its rate and its highest, so many seconds after everything was stored."""
    rows = store.query("throughput", {"now": NOW + timedelta(seconds=seconds), "step": STEP, "seconds": STEP * STEPS})
    return [(each.name, round(each.now, 3), each.most) for each in stages(rows.to_pylist())]


def test_each_stage_counts_its_own_of_the_last_minute(store: Store) -> None:
    first = event("a", 1)
    store.apply(batch(first, event("b", 2), verdicts=[verdict(first)]))
    store.apply(batch(first))  # known already: decoded, and nothing else
    found = told(store, 5)
    assert found[:2] == [("decoded", round(3 / 60, 3), 3 / STEP), ("judged", round(2 / 60, 3), 2 / STEP)]
    assert found[2][1] >= 3 / 60  # two events and a verdict at least


def test_what_is_long_ago_counts_no_more(store: Store) -> None:
    store.apply(batch(event("a", 1)))
    assert told(store, 65)[0] == ("decoded", 0.0, 1 / STEP)
    assert told(store, STEP * STEPS + 1)[0] == ("decoded", 0.0, 0.0)
    assert told(store, -1)[0] == ("decoded", 0.0, 0.0)
