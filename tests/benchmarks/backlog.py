"""What is measured with: the simulator's life, five per cent of it wrong, in its order of arrival."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush

from infra.producer import Producer
from streams.simulate.calendar import instant
from streams.simulate.deliveries import Carrier, Delivery, make_world, one_by_one
from streams.simulate.truth import Truth
from tests.benchmarks.figures import Figures
from tests.support.pipeline import Line, empty_topics

DAYS = 3.0
PER_SUBJECT = 21  # events of a person in these days, about
START = datetime(2026, 9, 1, tzinfo=UTC)  # past: nothing is held until its time comes


@dataclass(frozen=True)
class Backlog:
    """Lines as producers send them."""

    lines: list[Line]

    @classmethod
    def make(cls, events: int, figures: Figures) -> Backlog:
        """About so many, never fewer."""
        began = time.perf_counter()
        subjects = max(20, events // PER_SUBJECT)
        lines = simulated(subjects)
        while len(lines) < events:
            subjects = round(subjects * max(1.1, 1.05 * events / len(lines)))
            lines = simulated(subjects)
        took = time.perf_counter() - began
        figures.say(f"{len(lines):,} simulated deliveries of {subjects:,} people in {DAYS:g} days, in {took:.1f} s")
        return cls(lines[:events])

    def publish(self, address: str, figures: Figures, most: int) -> None:
        """On empty topics; every record is acknowledged."""
        empty_topics(address)
        began = time.perf_counter()
        with Producer(address) as producer:
            for line in self.lines[:most]:
                producer.send(*line)
            producer.flush()
            if producer.failed:
                raise RuntimeError(f"not acknowledged: {dict(producer.failed)}")
            sent = producer.sent
        took = time.perf_counter() - began
        figures.say(f"published {sent:,} of them in {took:.1f} s ({sent / took:,.0f} a second)")


def simulated(subjects: int) -> list[Line]:
    """Everything that so many people's life brings within DAYS, as it arrives: late, shuffled, some twice."""
    world = make_world(seed=11, start=instant(START), subjects=subjects, days=DAYS, truth=Truth(None), per_day=5.0)
    carrier, arriving = Carrier(world), list[Delivery]()
    for events in one_by_one(world, range(subjects)):
        for made in events:
            for delivery in carrier.carry(made):
                heappush(arriving, delivery)
    ordered = (heappop(arriving)[2] for _ in range(len(arriving)))
    return [Line(f"{made.system}.events", made.key, made.value) for made in ordered]
