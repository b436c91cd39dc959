"""One batch through the pipeline, with the store in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest

import streams.worker.pipeline as module
from expectations.contract.decode import Record
from expectations.model import registry
from expectations.policy import load
from infra.clock import WallClock
from infra.warehouse.answers import Fenced, Gap
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken

TOPIC = "newsletter.events"


def sent(offset: int) -> Record:
    event = {
        "specversion": "1.0",
        "id": f"e{offset}",
        "source": "/newsletter/web",
        "type": "newsletter.sent",
        "subject": "s-00000000000000000000000001",
        "time": "2026-03-01T00:00:00Z",
        "data": {"topic": "own_services"},
    }
    return Record(json.dumps(event).encode(), None, (), TOPIC, 0, offset)


@pytest.fixture
def pipeline() -> Pipeline:
    store = Store(":memory:")
    policy = load(None, {name: type(each.readings) for name, each in registry().items()})
    return Pipeline(store, Engine(policy), b"key", WallClock(), store.claim([0], "one").epochs)


def test_a_redelivered_range_is_stored_once(pipeline: Pipeline) -> None:
    records = [sent(offset) for offset in range(5)]
    assert pipeline.records([Taken(TOPIC, 0, 0, 5, records)]).stored == 5
    assert pipeline.records([Taken(TOPIC, 0, 0, 5, records)]).stored == 0


def test_a_hole_is_refused(pipeline: Pipeline) -> None:
    pipeline.records([Taken(TOPIC, 0, 0, 1, [sent(0)])])
    with pytest.raises(Gap):
        pipeline.records([Taken(TOPIC, 0, 2, 3, [sent(2)])])


def test_an_old_owner_is_refused(pipeline: Pipeline) -> None:
    pipeline.warehouse.claim([0], "two")
    with pytest.raises(Fenced):
        pipeline.records([Taken(TOPIC, 0, 0, 1, [sent(0)])])


def test_an_event_that_cannot_be_judged_is_set_aside_alone(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    examine = module.examine

    def raising(events: Any, *given: Any, **more: Any) -> Any:
        if "e3" in events["id"].to_list():
            raise ValueError
        return examine(events, *given, **more)

    monkeypatch.setattr(module, "examine", raising)
    applied = pipeline.records([Taken(TOPIC, 0, 0, 6, [sent(offset) for offset in range(6)])])
    assert (applied.stored, applied.quarantined) == (5, 1)
