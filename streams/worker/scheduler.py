"""One message per partition and poll, so that Faust's cost is per batch (`streams/docs/0001-batch-scheduler.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from faust.transport.utils import DefaultSchedulingStrategy

Place = tuple[str, int]  # topic, partition
USUAL_BYTES = 2_000  # of a record; most have a quarter of that


class Positions:
    """From where each partition is read on. A batch's range begins here, so that transaction markers are no gap.

    `generation` rises with every assignment: what was polled before is read again, and no longer wanted.
    """

    def __init__(self) -> None:
        self.next: dict[Place, int] = {}
        self.generation = 0
        self.seeking = True

    def leave(self) -> None:
        """An assignment is under way: what is polled until `arrive` comes from before it."""
        self.seeking = True

    def arrive(self, positions: Mapping[Place, int]) -> None:
        """Every partition stands where it is to be read on."""
        self.next = dict(positions)
        self.generation += 1
        self.seeking = False


POSITIONS = Positions()  # one worker a process


class Polled:
    """What Faust sees as one message: all records of one partition from one poll; its offset is the last one's."""

    checksum = key = None
    serialized_key_size = serialized_value_size = 0
    value = b""

    def __init__(self, records: Sequence[Any], first: int, generation: int) -> None:
        last = records[-1]
        self.topic, self.partition, self.offset = last.topic, last.partition, last.offset
        self.timestamp, self.timestamp_type = last.timestamp, last.timestamp_type
        # Large records count for several, so that what is held at once is bounded in bytes too.
        weight = max(len(records), sum(len(each.value or b"") for each in records) // USUAL_BYTES)
        self.headers = {"records": records, "weight": weight, "first": first, "generation": generation}


class BatchPerPartition(DefaultSchedulingStrategy):
    """Faust's setting `ConsumerScheduler`."""

    def iterate(self, records: Mapping[Any, Sequence[Any]]) -> Iterator[tuple[Any, Polled]]:
        for tp, found in records.items():
            place = (tp.topic, tp.partition)
            if not found or POSITIONS.seeking or place not in POSITIONS.next:
                continue
            first = min(POSITIONS.next[place], found[0].offset)
            POSITIONS.next[place] = found[-1].offset + 1
            yield tp, Polled(found, first, POSITIONS.generation)
