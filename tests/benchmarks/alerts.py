"""What alerts cost: a storm of one clause, and the delay from settled to told beside other work.

`python -m tests.benchmarks.alerts [--storm 100000] [--seconds 20] [--rate 2000]`: one process, a store in memory (no
fsync), receivers that answer at once. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from infra.clock import WallClock
from infra.warehouse.store import Store
from streams.alerts.config import Config, Integration
from streams.alerts.delivery import Outcome
from streams.alerts.process import Alerts
from tests.streams.alerts.conftest import FILE, read
from tests.support.warehouse import NOON, batch, event, verdict

PIECE = 5000
SETTLING = 2.0


class Told:
    """Receivers that note when they are told of which alerts, and of how many."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self.first: dict[str, float] = {}

    def __call__(self, way: Integration, language: str, notice: Mapping[str, Any], now: datetime) -> Outcome:
        message = json.loads(notice["message"])
        self.messages.append(message)
        for each in message["alerts"]:
            self.first.setdefault(each["alert"], time.time())
        return Outcome()


def apply(store: Store, epoch: int, first: int, many: int, broken: int, moment: datetime) -> list[str]:
    """Store so many events of that moment, the first `broken` of which break NEWS-5; the findings."""
    minutes = (moment - NOON).total_seconds() / 60
    events = [event(f"e{n}", minutes, system="newsletter", passed="GEN-1") for n in range(first, first + many)]
    found = [verdict(each, clause="NEWS-5", severity="critical") for each in events[:broken]]
    store.apply(batch(*events, verdicts=found, epoch=epoch))
    return [row["finding"] for row in found]


def storm(many: int, config: Config) -> dict[str, Any]:
    """`many` breaches of one clause at once: messages, findings kept, seconds of the longest turn."""
    clock = WallClock()
    with Store(":memory:") as store:
        epoch = store.claim([0], "w").epochs[0]
        told = Told()
        alerts = Alerts(store, config, clock, "bench", send=told)
        for first in range(0, many, PIECE):
            apply(store, epoch, first, PIECE, PIECE, clock.now() - timedelta(seconds=3))
        turns, until = [], time.monotonic() + 15
        while time.monotonic() < until:
            store.beat("w", 1, 0)
            began = time.monotonic()
            alerts.turn()
            turns.append(time.monotonic() - began)
            time.sleep(0.5)
        alerts.drain()
        kept = store.query("alert_sets").to_pylist()
        counts = [sum(each["firing"] for each in message["sets"]) for message in told.messages]
        return {
            "breaches": many,
            "messages": len(counts),
            "counts": counts,
            "kept": sum(row["firing"] for row in kept),
            "longest_turn_s": round(max(turns), 2),
            "usual_turn_s": round(sorted(turns)[len(turns) // 2], 3),
        }


def delays(seconds: float, rate: int, config: Config) -> dict[str, Any]:
    """Seconds from settled to told, without the group's wait, while `rate` events a second are stored; 1 % break."""
    clock = WallClock()
    with Store(":memory:") as store:
        epoch = store.claim([0], "w").epochs[0]
        told, ended = Told(), threading.Event()
        alerts = Alerts(store, config, clock, "bench", send=told)
        times: dict[str, float] = {}

        def feed() -> None:
            n, many = 0, rate // 4
            while not ended.is_set():
                moment = clock.now()
                for name in apply(store, epoch, n, many, many // 100, moment):
                    times[name] = moment.timestamp()
                store.beat("w", 1, 0)
                n += many
                ended.wait(max(0.0, 0.25 - (time.time() - moment.timestamp())))

        feeder = threading.Thread(target=feed)
        feeder.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            alerts.turn()
            time.sleep(0.2)
        ended.set()
        feeder.join()
        for _ in range(20):
            store.beat("w", 1, 0)
            alerts.turn()
            time.sleep(0.2)
        alerts.drain()
        rows = store.query("alerts", {"rows": 100_000}).to_pylist()
        raised = {row["alert"]: row["turned_at"].timestamp() for row in rows}
        waits = sorted(raised[name] - at - SETTLING for name, at in times.items() if name in raised)
        sent = sorted(told.first[name] - raised[name] for name in told.first)
        return {"rate": rate, "breaches": len(times), "raised": len(raised), "messages": len(told.messages),
                "settled_to_raised_p50_s": _share(waits, 0.5), "settled_to_raised_p99_s": _share(waits, 0.99),
                "raised_to_told_p99_s": _share(sent, 0.99)}  # fmt: skip


def _share(values: list[float], share: float) -> float | None:
    return round(values[min(len(values) - 1, int(share * len(values)))], 2) if values else None


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--storm", type=int, default=100_000)
    given.add_argument("--seconds", type=float, default=20)
    given.add_argument("--rate", type=int, default=2000)
    chosen = given.parse_args()
    print(json.dumps(storm(chosen.storm, read())))
    quick = FILE.replace("group_wait: 5s", "group_wait: 0s").replace("5m", "0s")
    print(json.dumps(delays(chosen.seconds, chosen.rate, read(quick))))
