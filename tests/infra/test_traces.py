"""Traces tell of a batch's stages and the warehouse's calls, hold no value of an event, and cost nothing when off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from expectations.contract.decode import Record
from expectations.policy import load
from expectations.readings import of_clauses
from infra import traces
from infra.clock import WallClock
from infra.errors import UserError
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.support import builders

SUBJECT = "subject-of-the-trace"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    traces.begin("worker-1", SimpleSpanProcessor(exporter))
    yield exporter
    traces.end()


def read_one() -> None:
    event = builders.event(
        {"type": "newsletter.unsubscribed", "time": "2026-03-02T10:00:00Z", "subject": SUBJECT}, "e-1"
    )
    with Store(":memory:") as store:
        epochs = store.claim([0], "worker-1").epochs
        pipeline = Pipeline(store, Engine(load(clauses=of_clauses())), b"key", WallClock(), epochs)
        pipeline.records([Taken("t", 0, 0, 1, [Record(json.dumps(event).encode(), None, (), "t", 0, 0)])])


def test_a_batch_is_one_trace_with_its_stages(spans: InMemorySpanExporter) -> None:
    read_one()
    found = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {"decode", "batch", "facts", "judge", "apply"}
    batch = found["batch"]
    assert batch.context is not None
    for stage in ("facts", "judge", "apply"):
        parent = found[stage].parent
        assert parent is not None
        assert parent.span_id == batch.context.span_id
    assert dict(batch.attributes or {}) == {"events": 1, "quarantined": 0, "partitions": 1}
    assert batch.resource.attributes["service.instance.id"] == "worker-1"


def test_no_value_of_an_event_is_in_a_trace(spans: InMemorySpanExporter) -> None:
    read_one()
    with pytest.raises(ValueError, match="kim"), traces.span("judge"):
        raise ValueError("kim@example.org")
    told = " ".join(span.to_json() for span in spans.get_finished_spans())
    assert '"error.type": "ValueError"' in told
    for value in (SUBJECT, "e-1", "kim", "newsletter.unsubscribed"):
        assert value not in told


def test_switched_off_nothing_of_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys; from infra import traces; traces.configure('worker-1')\n"
        "with traces.span('batch', events=1): pass\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    monkeypatch.delenv(traces.SWITCH, raising=False)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(traces.SWITCH, "yes please")
    with pytest.raises(UserError, match="yes please"):
        traces.configure("worker-1")
