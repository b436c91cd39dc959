"""The reader: one moment, the last good bundle, and no page that waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from dashboards.store import ALIKE, Bundle, Reader
from expectations.model import registry
from infra.clock import FixedClock
from tests.support.seeded import NOW, Seeded


class Failing:
    """A store that can be told to fail or to hang, at one query or at all."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.fails: set[str] = set()
        self.hang = threading.Event()
        self.hangs = False
        self.asked: list[str] = []

    def query(self, name: str, parameters: Mapping[str, Any]) -> Any:
        self.asked.append(name)
        if self.hangs:
            self.hang.wait(30)
        if name in self.fails or "*" in self.fails:
            raise ConnectionError("no answer")
        return self.store.query(name, parameters)


@pytest.fixture(scope="module")
def seeded() -> Seeded:
    return Seeded(share=0.02).day()


@pytest.fixture
def between(seeded: Seeded) -> Failing:
    return Failing(seeded.store)


@pytest.fixture
def reader(between: Failing) -> Reader:
    return Reader(lambda: between, clock=FixedClock(NOW))


def test_the_first_look_brings_everything_of_one_moment(reader: Reader) -> None:
    bundle = reader.poll()
    assert bundle.taken_at == bundle.wall_at == NOW
    assert bundle.failed == ()
    assert {row["clause"] for row in bundle.wall} >= {"NEWS-4", "GEN-3", "XFER-1"}
    assert sum(row["n"] for row in bundle.wall if row["outcome"] == "breach") == 40
    assert {row["clause"]: row["overdue"] for row in bundle.clocks} == {"NEWS-5": 2, "REC-1": 0, "RIGHT-1": 0}


def test_the_wall_waits_for_its_turn_and_a_breach_hastens_it(seeded: Seeded) -> None:
    own = Seeded(share=0.01).day()
    between = Failing(own.store)
    clock = FixedClock(NOW)
    reader = Reader(lambda: between, clock=clock)
    reader.poll()
    clock.move(timedelta(seconds=5))
    reader.poll()
    assert between.asked.count("now_wall") == 1
    own.clock.at = clock.at
    finding = own.breach()
    bundle = reader.poll()
    assert between.asked.count("now_wall") == 2
    assert bundle.latest[0]["finding"] == finding
    clock.move(timedelta(seconds=21))
    reader.poll()
    assert between.asked.count("now_wall") == 3


def test_a_query_that_fails_keeps_its_last_answer_and_is_named(reader: Reader, between: Failing) -> None:
    before = reader.poll()
    between.fails = {"now_sources"}
    after = reader.poll()
    assert after.number == before.number + 1
    assert after.failed == ("sources",)
    assert after.sources == before.sources != ()
    between.fails = set()
    assert reader.poll().failed == ()


def test_a_store_that_does_not_answer_leaves_the_last_good_bundle(reader: Reader, between: Failing) -> None:
    good = reader.poll()
    between.fails = {"*"}
    assert reader.poll() is good
    age = reader.freshness.age
    assert age is not None
    time.sleep(0.02)
    assert (reader.freshness.age or 0) > age


def test_a_store_that_hangs_delays_nobody_who_looks(reader: Reader, between: Failing) -> None:
    good = reader.poll()
    between.hangs = True
    reader.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert reader.bundle is good
    assert reader.freshness.age is not None
    assert time.monotonic() - began < 0.05
    reader.stop()
    between.hang.set()


def test_before_any_answer_there_is_an_empty_bundle() -> None:
    def refuse() -> Any:
        raise ConnectionError("no warehouse runs")

    reader = Reader(refuse)
    assert reader.poll() == Bundle()
    assert reader.freshness.age is None


def test_the_delay_is_that_of_live_events_alone() -> None:
    own = Seeded(share=0.01).day().live(looks=8)
    assert len(own.reader.bundle.delays) == 8
    assert all(0 < delay < 1.5 for delay in own.reader.bundle.delays)


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_figures_read_sums_so_more_events_give_no_more_rows(share: float) -> None:
    bundle = Reader(lambda: Seeded(share=share).day().store, clock=FixedClock(NOW)).poll()
    assert len(bundle.wall) <= len(registry()) * 25 * 3
    assert len(bundle.minutes) <= 5 * 31


def test_what_is_made_of_a_bundle_is_shared_by_those_who_look_alike_and_gone_with_it(reader: Reader) -> None:
    bundle, made = reader.poll(), []

    def make(word: str) -> str:
        made.append(word)
        return word

    assert [bundle.once(("wall", "en"), lambda: make("first")) for _ in range(2)] == ["first", "first"]
    assert bundle.once(("wall", "nl"), lambda: make("other")) == "other"
    assert reader.poll().once(("wall", "en"), lambda: make("anew")) == "anew"
    assert made == ["first", "other", "anew"]


def test_it_holds_no_more_than_so_many_things_however_many_addresses_are_asked_for() -> None:
    bundle = Bundle()
    for number in range(ALIKE + 1):
        bundle.once(number, lambda: "drawn")
    assert len(bundle._made) <= ALIKE
