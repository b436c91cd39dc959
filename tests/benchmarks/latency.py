"""From the publishing of an event to its being queryable, at several rates, one worker.

Exactly: the transaction that stores an event stores its partition's next offset too, so an event is queryable when a
query sees that offset pass it. What the broker, the worker's polling and the queries themselves take is included.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from itertools import islice
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from infra.broker.apache import ApacheKafka
from infra.producer import STRUCTURED
from tests.benchmarks import watching
from tests.benchmarks.backlog import Backlog
from tests.benchmarks.figures import Figures, quantile
from tests.benchmarks.watching import Place, Stored
from tests.support.pipeline import House, Line, empty_topics

WARM = 200  # events before the first rate, so that nothing is done for the first time
STEP = 0.01  # seconds between two handfuls
DRAIN = 30.0  # seconds for what was not stored when the publishing ended

Sent = list[tuple[float, Place, int]]  # wall clock, place, offset


def measure(
    kafka: ApacheKafka, folder: Path, backlog: Backlog, rates: list[int], seconds: float, figures: Figures
) -> None:
    """One house for all rates, so that the later ones meet a warehouse that holds something."""
    empty_topics(kafka.address)
    house = House(folder / "latency" / "data", kafka.address)
    rows: list[list[Any]] = []
    lines = iter(backlog.lines)
    try:
        house.start("warehouse", "worker-1")
        with Stored(house) as stored:
            _publish(kafka.address, list(islice(lines, WARM)), 100.0)
            stored.until(house.ends(), 30)
            for rate in rates:
                some = list(islice(lines, round(rate * seconds)))
                figures.say(f"{rate:,} events a second for {seconds:g} s")
                rows.append(_at(house, kafka, stored, some, rate))
    finally:
        house.end()
    figures.table(
        "Event to queryable, one worker",
        ["asked events/s", "sent events/s", "events", "p50 s", "p99 s", "most s", "not stored", "behind when sent"],
        rows,
        "One producer with linger 10 ms and acks=all; the warehouse asked every 20 ms. Times of events are the "
        f"simulation's. `not stored`: within {DRAIN:.0f} s after the last was sent.",
    )


def _at(house: House, kafka: ApacheKafka, stored: Stored, lines: list[Line], rate: int) -> list[Any]:
    began = time.time()
    sent = _publish(kafka.address, lines, rate)
    took = time.time() - began
    behind = len(sent) - sum(stored_before(stored, sent))
    stored.until(house.ends(), DRAIN)
    watching.settled(house, DRAIN)
    waits = sorted(latencies(sent, stored))
    missing = len(sent) - len(waits)
    return [rate, len(sent) / took, len(sent), *(quantile(waits, q) for q in (0.5, 0.99, 1.0)), missing, behind]


def stored_before(stored: Stored, sent: Sent) -> list[bool]:
    """Which of them the last look has seen."""
    last = stored.seen[-1][1]
    return [last.get(place, 0) > offset for _, place, offset in sent]


def latencies(sent: Sent, stored: Stored) -> list[float]:
    """Seconds from sending to the first look that saw it stored; without those never seen."""
    looks: dict[Place, tuple[list[int], list[float]]] = {}
    for when, found in stored.seen:
        for place, following in found.items():
            offsets, times = looks.setdefault(place, ([], []))
            if not offsets or following > offsets[-1]:
                offsets.append(following)
                times.append(when)
    waits = []
    for when, place, offset in sent:
        offsets, times = looks.get(place, ([], []))
        first = bisect_left(offsets, offset + 1)
        if first < len(offsets):
            waits.append(times[first] - when)
    return waits


def _publish(address: str, lines: list[Line], rate: float) -> Sent:
    """At this rate as well as it can; returns when each was handed over and where it went."""
    producer = KafkaProducer(
        bootstrap_servers=address, acks="all", enable_idempotence=True, linger_ms=10, batch_size=65536
    )
    pending, began, number = [], time.time(), 0
    while number < len(lines):
        due = min(len(lines), int((time.time() - began) * rate) + 1)
        for line in lines[number:due]:
            when = time.time()
            future = producer.send(line.topic, value=line.value, key=line.key.encode(), headers=list(STRUCTURED))
            pending.append((when, future))
        number = max(number, due)
        time.sleep(STEP)
    producer.flush()
    answers = [(when, future.get(timeout=30)) for when, future in pending]
    producer.close()
    return [(when, (told.topic, told.partition), told.offset) for when, told in answers]
