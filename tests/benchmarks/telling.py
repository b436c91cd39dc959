"""From a breach to the message that tells of it, over Kafka: how late at a rate, and what a storm becomes.

`python -m tests.benchmarks.telling [--rate 2000] [--seconds 60] [--share 0.005] [--storm 100000]`: broker, warehouse,
one worker and `clausewatch alerts` as processes of their own; a webhook in this one. Prints JSON. `--seconds 0` and
`--storm 0` leave that part out.

The delay is from the look that first saw an event's time settled to the arrival of the message that names its alert;
the group's wait is nought while it is measured. What settling takes (all read, and two seconds) stands beside it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.broker.apache import ApacheKafka, fetch, find_java
from infra.files import write_atomically
from infra.producer import Producer
from tests.support.builders import DEFAULTS
from tests.support.pipeline import House, empty_topics

WAIT = 30.0  # seconds of the storm's group
LOOK = 0.05  # seconds between two looks at what is settled
ALERTS = """
route: {{receiver: bench, group_by: [clause, system, severity], group_wait: {wait}, group_interval: {interval}}}
receivers: [{{name: bench, webhook_configs: [{{url: 'http://127.0.0.1:{port}/'}}]}}]
"""
TYPE = "website.clickstream_published"  # of nobody; one that is not aggregated breaks CLICK-3 and nothing else


class Hook(BaseHTTPRequestHandler):
    """Notes each message with its arrival."""

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((time.time(), told))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def house(kafka: ApacheKafka, folder: Path, wait: str, interval: str) -> Iterator[tuple[House, list[Any]]]:
    """A running house of one worker, and what its webhook was told."""
    empty_topics(kafka.address)
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    running = House(folder / "data", kafka.address)
    text = ALERTS.format(wait=wait, interval=interval, port=server.server_port)
    write_atomically(running.settings.data_dir / "alerts.yaml", text)
    try:
        running.start("warehouse", "worker-1", "alerts")
        yield running, server.got
    finally:
        running.end()
        server.shutdown()
        server.server_close()


def line(number: int, broken: bool) -> tuple[str, str, bytes]:
    """Topic, key and bytes of an event of this moment."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    event = {"specversion": "1.0", "id": f"t{number}", "source": "/website", "type": TYPE, "time": now,
             "datacontenttype": "application/json", "data": {**DEFAULTS[TYPE], "aggregated": not broken}}  # fmt: skip
    return "website.events", f"k{number % 97}", json.dumps(event).encode()


def send(address: str, many: int, rate: float, share: float) -> dict[str, float]:
    """So many events at this rate, that share of them broken; when each broken one happened, by its id."""
    times: dict[str, float] = {}
    every = round(1 / share)
    began = time.monotonic()
    with Producer(address) as producer:
        for number in range(many):
            if number % 20 == 0:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            if broken := number % every == 0:
                times[f"t{number}"] = time.time()
            producer.send(*line(number, broken))
        producer.flush()
    return times


def alerts(running: House, rows: int) -> list[dict[str, Any]]:
    """Those of breaches that the warehouse has."""
    with running.warehouse() as warehouse:
        return list(warehouse.query("alerts", {"kind": "breach", "rows": rows, "now": datetime.now(UTC)}).to_pylist())


@contextmanager
def settling(running: House) -> Iterator[list[tuple[float, float]]]:
    """Up to which event time all is settled, and when that was first seen; grows beside the block."""
    seen: list[tuple[float, float]] = []
    ended = threading.Event()

    def look() -> None:
        with running.warehouse() as warehouse:
            while not ended.wait(LOOK):
                (row,) = warehouse.query("alert_settled", {"now": datetime.now(UTC)}).to_pylist()
                at = row["settled_at"]
                if at is not None and (not seen or at.timestamp() > seen[-1][0]):
                    seen.append((at.timestamp(), time.time()))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        ended.set()
        looking.join()


def delays(kafka: ApacheKafka, folder: Path, rate: int, seconds: float, share: float) -> dict[str, Any]:
    """Seconds beyond settling until each breach was told, at that rate."""
    with house(kafka, folder, "0s", "0s") as (running, got), settling(running) as seen:
        began = time.monotonic()
        times = send(kafka.address, round(rate * seconds), rate, share)
        sent = time.monotonic() - began
        running.wait_until_read()
        running.wait_until(lambda: len(alerts(running, len(times) + 1)) >= len(times), 60, "every breach is raised")
        time.sleep(3)
        told: dict[str, float] = {}
        for when, message in got:
            for each in message["alerts"]:
                told.setdefault(each["fingerprint"], when)
        rows = alerts(running, len(times) + 1)
        with running.warehouse() as warehouse:
            findings = warehouse.query(
                "findings", {"outcome": "breach", "rows": len(times) + 1, "now": datetime.now(UTC)}
            ).to_pylist()
        event = {row["finding"]: times[row["id"]] for row in findings if row["id"] in times}
        at = {finding: seen[bisect_left(seen, (when, 0.0))][1] for finding, when in event.items()}
        settled = sorted(at[finding] - when for finding, when in event.items())
        raised = sorted(row["raised_at"].timestamp() - at[row["finding"]] for row in rows)
        waits = sorted(told[row["alert"][:16]] - at[row["finding"]] for row in rows if row["alert"][:16] in told)
    return {"asked_rate": rate, "sent_rate": round(rate * seconds / sent), "breaches": len(times), "alerts": len(rows),
            "messages": len(got), "named_in_a_message": len(waits), "settled_p50_s": _at(settled, 0.5),
            "settled_p99_s": _at(settled, 0.99), "raised_p50_s": _at(raised, 0.5),
            "raised_p99_s": _at(raised, 0.99), "told_p50_s": _at(waits, 0.5), "told_p99_s": _at(waits, 0.99),
            "told_most_s": _at(waits, 1.0)}  # fmt: skip


def storm(kafka: ApacheKafka, folder: Path, many: int) -> dict[str, Any]:
    """So many breaches of one clause in a minute: its messages with their counts, and the findings that were kept."""
    with house(kafka, folder, f"{WAIT:g}s", "1m") as (running, got):
        began = time.monotonic()
        send(kafka.address, many, many / 60, 1.0)
        sent = time.monotonic() - began
        running.wait_until_read(300)
        read = time.monotonic() - began
        running.wait_until(lambda: _firing(running) >= many, 120, "every breach is raised")
        raised = time.monotonic() - began
        running.wait_until(lambda: bool(got) and _count(got[-1][1]) == many, 200, "the whole count is told")
        told = time.monotonic() - began
        kept = len({row["finding"] for row in alerts(running, many + 1)})
        size = max(len(json.dumps(message)) for _, message in got)
        return {"breaches": many, "sent_s": round(sent, 1), "read_s": round(read, 1), "raised_s": round(raised, 1),
                "whole_count_told_s": round(told, 1), "findings_with_an_alert": kept, "messages": len(got),
                "notices": len({message["commonAnnotations"]["notice"] for _, message in got}),
                "counts": [_count(message) for _, message in got], "longest_message_bytes": size}  # fmt: skip


def _firing(running: House) -> int:
    with running.warehouse() as warehouse:
        return sum(row["firing"] for row in warehouse.query("alert_sets", {"now": datetime.now(UTC)}).to_pylist())


def _count(message: dict[str, Any]) -> int:
    return int(message["commonAnnotations"]["firing"])


def _at(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


def main() -> None:
    """As the module says."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rate", type=int, default=2000)
    given.add_argument("--seconds", type=float, default=60)
    given.add_argument("--share", type=float, default=0.005)
    given.add_argument("--storm", type=int, default=100_000)
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="clausewatch-bench-") as name:
        folder = Path(name)
        find_java()
        fetch()
        kafka = ApacheKafka(folder / "kafka", folder / "kafka.log")
        kafka.start()
        try:
            if chosen.seconds:
                print(json.dumps(delays(kafka, folder / "rate", chosen.rate, chosen.seconds, chosen.share)), flush=True)
            if chosen.storm:
                print(json.dumps(storm(kafka, folder / "storm", chosen.storm)), flush=True)
        finally:
            kafka.stop()


if __name__ == "__main__":
    main()
