"""The warehouse's offsets are the truth: partitions are claimed and sought to them, and Kafka is told only those.

The consumer reads committed records only (aborted transactions are never judged), and partitions are assigned by
range, which gives one worker the same partition numbers of all five topics.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from streams.worker.scheduler import POSITIONS, Place, Poll

FETCH_BYTES, FETCH_WAIT = 1_000_000, 250  # the broker answers with so many bytes, or after so many milliseconds

Claimed = Mapping[tuple[str, int], int]
Claiming = Callable[[list[int]], Awaitable[Claimed]]


class CommittedThread(AIOKafkaConsumerThread):
    """Settings that Faust does not pass on: committed records only, and few large fetches for many small ones."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._one = asyncio.Lock()  # a poll, or a seek

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        self._assignor = RangePartitionAssignor
        consumer._partition_assignment_strategy = [RangePartitionAssignor]
        consumer._isolation_level = "read_committed"
        consumer._fetch_min_bytes, consumer._fetch_max_wait_ms = FETCH_BYTES, FETCH_WAIT
        return consumer

    async def _fetch_records(self, consumer: Any, active_partitions: set[TP], *given: Any, **more: Any) -> Any:
        """A Poll by partition: also where nothing but transactions' markers or aborted records stood, and where the
        position is not the one from which we want to read on, as when the log begins behind that.
        """
        async with self._one:
            before = _positions(consumer)
            found = await super()._fetch_records(consumer, active_partitions, *given, **more)
            polls = {}
            for tp, following in _positions(consumer).items():
                records = found.get(tp, ())
                first = before.get(tp, records[0].offset if records else following)
                astray = first != POSITIONS.next.get((tp.topic, tp.partition), first)
                if tp in active_partitions and (records or following > first or astray):
                    polls[tp] = Poll(records, first, following, POSITIONS.generation)
            return polls

    async def arrive(self, start: Mapping[TP, int], positions: Mapping[Place, int], fresh: Iterable[Place]) -> None:
        """Seek to `start` and be there, between two polls: what the one before read comes from before."""
        await self.call_thread(self._arrive, start, positions, fresh)

    async def _arrive(self, start: Mapping[TP, int], positions: Mapping[Place, int], fresh: Iterable[Place]) -> None:
        async with self._one:
            await self._seek_wait(self._ensure_consumer(), start)
            POSITIONS.arrive(positions, fresh)

    async def rejoin(self) -> None:
        """Have the group assign anew: every partition is claimed again and sought to what is stored."""
        await self.call_thread(self._rejoin)

    async def _rejoin(self) -> None:
        self._ensure_consumer()._coordinator.request_rejoin()


def _positions(consumer: Any) -> dict[TP, int]:
    """From where aiokafka reads each partition on, as far as it knows."""
    subscription = consumer._subscription.subscription
    assignment = None if subscription is None else subscription.assignment
    if assignment is None:
        return {}
    states = {TP(*tp): assignment.state_value(tp) for tp in assignment.tps}
    return {tp: state.position for tp, state in states.items() if state.has_valid_position}


class WarehouseConsumer(Consumer):
    """Seeks to what the warehouse has, and commits that. Faust's own book of acknowledged offsets, one entry for
    each offset and a tree of the gaps between batches, costs more than all else of it and could only differ.
    """

    _thread: CommittedThread
    claim: Claiming  # set by `transport`
    topics: frozenset[str]
    stored: dict[tuple[str, int], int]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._alone = asyncio.Lock()  # Faust asks for two seeks at once after an assignment

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        POSITIONS.leave()  # others may claim them from now on
        await super().on_partitions_revoked(revoked)

    async def rejoin(self) -> None:
        """See `CommittedThread.rejoin`; what was polled until then is read again."""
        POSITIONS.leave()
        await self._thread.rejoin()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """What Kafka was told is not asked: the warehouse knows better."""
        async with self._alone:
            POSITIONS.leave()
            mine = [tp for tp in self.assignment() if tp.topic in self.topics]
            if not mine:
                return {}
            _check_together(mine)
            stored = await type(self).claim(sorted({tp.partition for tp in mine}))
            begins = await self.earliest_offsets(*mine)
            start = {tp: max(stored.get((tp.topic, tp.partition), 0), begins.get(tp) or 0) for tp in mine}
            # A log that begins later than what is stored has lost what lies between: the first poll then shows it.
            places = {(tp.topic, tp.partition): offset for tp, offset in start.items()}
            positions = {place: stored.get(place, offset) for place, offset in places.items()}
            await self._thread.arrive(start, positions, places.keys() - stored.keys())
            return start

    async def verify_all_partitions_active(self) -> None:
        """The watchdog looks after that; Faust's own look ends the process where a partition has no position yet."""

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """A batch's offset is its last record's; what lies between two of them is no gap."""

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.stored.get((tp.topic, tp.partition))


def _check_together(assigned: list[TP]) -> None:
    """Raise when a partition number's topics are not all here: its subjects would have two owners."""
    topics: dict[int, set[str]] = {}
    for tp in assigned:
        topics.setdefault(tp.partition, set()).add(tp.topic)
    if len({frozenset(each) for each in topics.values()}) > 1:
        raise RuntimeError("partition numbers are split between workers: all topics need equally many partitions")


def transport(app: Any, topics: frozenset[str], claim: Claiming, stored: dict[tuple[str, int], int]) -> Transport:
    """A transport for this app whose consumer claims by `claim(partition numbers)` and commits what `stored` says."""
    given = {"topics": topics, "claim": staticmethod(claim), "stored": stored}
    consumer = type("ClaimingConsumer", (WarehouseConsumer,), given)
    made = type("WarehouseTransport", (Transport,), {"Consumer": consumer})
    found: Transport = made(app.conf.broker_consumer, app)
    return found


async def in_thread(executor: Any, work: Callable[..., Any], *given: Any) -> Any:
    """Run blocking work beside the event loop, which must answer Kafka in time."""
    return await asyncio.get_running_loop().run_in_executor(executor, work, *given)
