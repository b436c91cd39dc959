"""Metrics and liveness of one worker, over HTTP on loopback: `/metrics` (Prometheus) and `/live`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app

from streams.worker.pipeline import STAGES


class Metrics:
    """What one worker counts. Names begin with `clausewatch_`; times are seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        one: dict[str, Any] = {"registry": self.registry}
        self.events = Counter("clausewatch_events", "Events stored.", **one)
        self.duplicates = Counter("clausewatch_duplicates", "Events that were stored already.", **one)
        self.batches = Counter("clausewatch_batches", "Batches applied.", **one)
        self.verdicts = Counter("clausewatch_verdicts", "Verdicts given, of every outcome but not applicable.", **one)
        self.quarantined = Counter("clausewatch_quarantined", "Records set aside.", **one)
        self.revised = Counter("clausewatch_revised_rows", "Rejudge rows worked off.", **one)
        self.stage = Histogram("clausewatch_stage_seconds", "Time of a batch by stage.", ["stage"], **one)
        self.lag = Gauge("clausewatch_lag", "Records not yet stored.", ["topic", "partition"], **one)
        self.commit_age = Gauge("clausewatch_last_commit_age_seconds", "Since the last commit.", **one)
        self.committed_at = time.monotonic()
        self.behind = 0
        self.unread = 0  # behind, without what waits for somebody to accept a hole
        self.stopped = Gauge("clausewatch_stopped", "Partitions of topics that wait for a hole to be accepted.", **one)
        self.commit_age.set_function(lambda: time.monotonic() - self.committed_at)
        self._spent = dict.fromkeys(STAGES, 0.0)
        self._given = 0

    def applied(self, answer: Any, spent: dict[str, float], verdicts: int) -> None:
        """One batch was committed; `spent` and `verdicts`: the pipeline's seconds by stage, and verdicts, so far."""
        self.committed_at = time.monotonic()
        self.events.inc(answer.stored)
        self.duplicates.inc(answer.duplicates)
        self.quarantined.inc(answer.quarantined)
        self.batches.inc()
        self.verdicts.inc(verdicts - self._given)
        self._given = verdicts
        for stage, seconds in spent.items():
            self.stage.labels(stage).observe(seconds - self._spent[stage])
        self._spent = dict(spent)

    def passed_over(self, spent: dict[str, float]) -> None:
        """Seconds that no batch of new events cost: those of revisions."""
        self._spent = dict(spent)

    def lagging(self, lags: dict[tuple[str, int], int], stopped: Collection[tuple[str, int]] = ()) -> None:
        """Records in the log that are not stored, by topic and partition; and which of these are not read on."""
        self.stopped.set(len(stopped))
        self.lag.clear()
        for (topic, partition), behind in lags.items():
            self.lag.labels(topic, str(partition)).set(behind)
        self.behind = sum(lags.values())
        self.unread = sum(behind for place, behind in lags.items() if place not in stopped)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Scrapes are not worth a line."""


def serve(metrics: Metrics, alive: Callable[[], bool]) -> int:
    """Serve on a free port of loopback, in a thread; returns the port."""
    scrape = make_wsgi_app(metrics.registry)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/live":
            found: Iterable[bytes] = scrape(environ, start_response)
            return found
        well = alive()
        start_response("200 OK" if well else "503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"live\n" if well else b"no commit while there is lag\n"]

    server = make_server("127.0.0.1", 0, answer, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return int(server.server_port)
