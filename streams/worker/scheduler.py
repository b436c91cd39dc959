"""One message per partition and poll, so that Faust's cost is per batch (`streams/docs/0001-batch-scheduler.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from faust.transport.utils import DefaultSchedulingStrategy

Place = tuple[str, int]  # topic, partition
USUAL_BYTES = 2_000  # of a record; most have a quarter of that


class Poll(NamedTuple):
    """What one poll read of a partition: the range [before, next), with the committed records in it.

    `generation`: of the assignment in which it was asked for.
    """

    records: Sequence[Any]
    before: int
    next: int
    generation: int


class Positions:
    """From where each partition is read on. A batch's range begins here, so that transaction markers are no gap.

    `generation` rises with every assignment: what was polled before is read again, and no longer wanted.
    """

    def __init__(self) -> None:
        self.next: dict[Place, int] = {}
        self.fresh: set[Place] = set()  # never stored: whatever the log begins with is its beginning
        self.astray: dict[Place, int] = {}  # what is read from elsewhere, and from where
        self.generation = 0
        self.seeking = True

    def leave(self) -> None:
        """An assignment is under way: what is polled until `arrive` comes from before it."""
        self.seeking = True

    def arrive(self, positions: Mapping[Place, int], fresh: Iterable[Place] = ()) -> None:
        """Every partition is to be read on from here."""
        self.next, self.fresh, self.astray = dict(positions), set(fresh), {}
        self.generation += 1
        self.seeking = False

    def take(self, place: Place, poll: Poll) -> tuple[int, bool] | None:
        """Where the poll's range begins, and whether it leaves out offsets. None: it does not follow the one before."""
        expected = self.next[place]
        if poll.before != expected:
            self.astray[place] = poll.before
            return None
        first = 0 if place in self.fresh else expected
        self.next[place] = poll.next
        self.fresh.discard(place)
        return first, (poll.records[0].offset if poll.records else poll.next) > expected

    def gone_astray(self) -> dict[Place, tuple[int, int]]:
        """Where each was to be read on, and from where it was; told once for each poll of it."""
        found, self.astray = self.astray, {}
        return {place: (self.next[place], got) for place, got in found.items()}


POSITIONS = Positions()  # one worker a process


class Polled:
    """What Faust sees as one message: all records of one partition from one poll; its offset is the range's last."""

    checksum = key = None
    serialized_key_size = serialized_value_size = 0
    timestamp = timestamp_type = 0
    value = b""

    def __init__(self, place: Place, poll: Poll, first: int, jumps: bool) -> None:
        (self.topic, self.partition), self.offset = place, poll.next - 1
        # Large records count for several, so that what is held at once is bounded in bytes too.
        weight = max(len(poll.records), sum(len(each.value or b"") for each in poll.records) // USUAL_BYTES)
        told = {"first": first, "jumps": jumps, "generation": poll.generation}
        self.headers = {"records": poll.records, "weight": weight, **told}


class BatchPerPartition(DefaultSchedulingStrategy):
    """Faust's setting `ConsumerScheduler`."""

    def iterate(self, records: Mapping[Any, Any]) -> Iterator[tuple[Any, Polled]]:
        """`records`: a Poll by topic and partition."""
        for tp, poll in records.items():
            place = (tp.topic, tp.partition)
            if POSITIONS.seeking or poll.generation != POSITIONS.generation or place not in POSITIONS.next:
                continue
            if (taken := POSITIONS.take(place, poll)) is not None:
                yield tp, Polled(place, poll, *taken)
