"""Ends a worker that stopped committing while records wait: Faust only logs a livelock, and nobody would know."""

from __future__ import annotations

import os
import threading
import time

from infra.logs import Log
from streams.worker.metrics import Metrics

LIMIT = 120.0  # seconds without a commit while there is lag
STUCK = 5  # the exit code


class Watchdog:
    """Looks every few seconds, from a thread of its own, at the age of the last commit."""

    def __init__(self, metrics: Metrics, log: Log, limit: float = LIMIT) -> None:
        self._metrics, self._log, self._limit = metrics, log, limit
        self._quiet_since = time.monotonic()

    def alive(self) -> bool:
        """Whether commits come, or nothing waits."""
        now = time.monotonic()
        if self._metrics.unread == 0:
            self._quiet_since = now
        return now - max(self._metrics.committed_at, self._quiet_since) < self._limit

    def start(self) -> None:
        """Watch in the background; ends the process with code 5 when stuck."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(min(5.0, self._limit / 4))
            if not self.alive():
                self._log.error("stuck", behind=self._metrics.unread)
                os._exit(STUCK)
