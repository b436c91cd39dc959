"""The running house, watched: how far the log is stored and since when, seconds by stage, its processes."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from infra.broker.apache import ApacheKafka
from tests.support.pipeline import House

Place = tuple[str, int]  # topic, partition


class Watched(House):
    """A house whose workers can join their group as one."""

    def start_together(self, *names: str) -> None:
        """Starts all of them before any is waited for."""
        for name in names:
            self.parts[name] = self._part(name)
            self.parts[name].start()
        for name in names:
            self.parts[name].wait_ready(60)


class Stored:
    """Asks the warehouse every `every` seconds how far each partition is stored, which is what a query sees.

    `seen`: (wall clock after the answer, next offset by place), only when it changed.
    """

    def __init__(self, house: House, every: float = 0.02) -> None:
        self.seen: list[tuple[float, dict[Place, int]]] = []
        self._house, self._every = house, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        with self._house.warehouse() as warehouse:
            while not self._ended.wait(self._every):
                rows = warehouse.query("offsets").to_pylist()
                found = {(row["topic"], row["partition"]): row["next"] for row in rows}
                if not self.seen or found != self.seen[-1][1]:
                    self.seen.append((time.time(), found))

    def __enter__(self) -> Stored:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._ended.set()
        self._thread.join()

    def records(self, at: float | None = None) -> int:
        """Records stored, now or at an instant."""
        before = [found for when, found in self.seen if at is None or when <= at]
        return sum(before[-1].values()) if before else 0

    def until(self, ends: Mapping[Place, int], seconds: float) -> bool:
        """Waits until all of that is stored; False when the time is over."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            last = self.seen[-1][1] if self.seen else {}
            if all(last.get(place, 0) >= end for place, end in ends.items()):
                return True
            time.sleep(0.05)
        return False


def settled(house: House, seconds: float) -> float | None:
    """Seconds until nothing waits to be judged again; None when it takes longer."""
    began = time.monotonic()
    with house.warehouse() as warehouse:
        while time.monotonic() - began < seconds:
            if not warehouse.query("progress").num_rows:
                return time.monotonic() - began
            time.sleep(0.1)
    return None


def assigned(house: House, worker: str) -> float | None:
    """When this worker got its partitions last (wall clock), by its own log."""
    found = None
    for line in house.parts[worker].log.read_text("utf-8", "replace").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if said.get("event") == "assigned" and said.get("partitions"):
            found = datetime.fromisoformat(said["at"]).timestamp()
    return found


def metrics(house: House, worker: str) -> dict[str, float]:
    """Its counters by name, and its seconds by stage (`stage decode` …)."""
    said = house.settings.run_file(worker).read()
    assert said is not None, f"{worker} does not run: {house.last(worker)}"
    with urllib.request.urlopen(f"http://{said['address']}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "clausewatch_stage_seconds_sum":
                found[f"stage {sample.labels['stage']}"] = sample.value
            elif not sample.labels:
                found[sample.name.removeprefix("clausewatch_")] = sample.value
    return found


def pids(house: House, kafka: ApacheKafka) -> dict[str, int]:
    """Of all that runs."""
    found = {name: part.process.pid for name, part in house.parts.items() if part.process is not None}
    assert kafka.process is not None
    return {**found, "broker": kafka.process.pid}
