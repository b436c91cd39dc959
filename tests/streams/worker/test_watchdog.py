"""A worker that commits, or has nothing to do, is alive; one that does neither is not."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

import pytest

from infra import logs
from infra.warehouse.answers import Applied
from streams.worker.metrics import Metrics, serve
from streams.worker.watchdog import Watchdog


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_quiet_sources_are_no_fault(metrics: Metrics) -> None:
    watchdog = Watchdog(metrics, logs.get("test"), limit=0.05)
    time.sleep(0.1)
    assert watchdog.alive()


def test_lag_without_a_commit_is(metrics: Metrics) -> None:
    watchdog = Watchdog(metrics, logs.get("test"), limit=0.05)
    assert watchdog.alive()
    metrics.lagging({("crm.events", 0): 3})
    time.sleep(0.1)
    assert not watchdog.alive()
    metrics.applied(Applied(3, 0, 0, 0), {}, 0)
    assert watchdog.alive()


def test_metrics_and_liveness_are_served_on_loopback(metrics: Metrics) -> None:
    metrics.applied(Applied(5, 2, 1, 0), {"judge": 0.25}, 40)
    metrics.lagging({("crm.events", 0): 3, ("newsletter.events", 1): 4})
    well = True
    port = serve(metrics, lambda: well)

    def get(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    told = get("/metrics")
    assert "clausewatch_events_total 5.0" in told
    assert "clausewatch_quarantined_total 1.0" in told
    assert "clausewatch_verdicts_total 40.0" in told
    assert 'clausewatch_lag{partition="1",topic="newsletter.events"} 4.0' in told
    assert 'clausewatch_stage_seconds_sum{stage="judge"} 0.25' in told
    assert get("/live") == "live\n"
    well = False
    with pytest.raises(urllib.error.HTTPError) as fault:
        get("/live")
    assert fault.value.code == 503
