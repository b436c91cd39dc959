"""The Faust app of one worker: polled batches are gathered, judged and stored together, then acknowledged.

Nothing leaves the agent but to end the process: an exception there would be an acknowledgement elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import click
import faust

from expectations.contract.decode import Record
from expectations.rules import rules_digest
from expectations.vocabulary import TOPICS
from infra.access import Access, access
from infra.errors import UserError
from infra.logs import Log
from infra.topics import LogIdentity, Unreachable
from infra.warehouse.answers import Fenced, Gap, Unavailable
from streams.worker import offsets
from streams.worker.holes import Holes
from streams.worker.metrics import Metrics
from streams.worker.pipeline import Part, Pipeline, Taken
from streams.worker.scheduler import POSITIONS, BatchPerPartition, Place

AT_ONCE = 12_000  # records of usual size judged together, and at most twice as many in memory
DECODED = 4_000  # records decoded together, while others are judged
PATIENCE = 10.0  # seconds after which a piece of revision goes before what has been polled
APART = 1.0  # seconds between two pieces of revision while events come, though none waits at the moment
IDLE = 0.5  # seconds without a batch after which waiting revisions are looked for
AFRESH = 10_000  # milliseconds: who shares out as a broker starts may know no partitions yet, but no longer than that
LOOK = 10.0  # seconds after which the log is asked whether it is still the same
ASK = 5.0  # seconds after which the warehouse is asked whether a hole was accepted
REFUSED, BROKEN = 2, 70  # exit codes


class _Ready(NamedTuple):
    """A decoded part, with what Faust waits to have acknowledged."""

    part: Part
    size: int
    generation: int
    polled: Sequence[tuple[Any, Any]]  # stream, event


class Worker:
    """Joins a group, reads its partitions, and keeps the warehouse up to date with them.

    `look`: tells the warehouse which log the broker holds, and returns it; raises UserError when it must not be read.
    `session`: seconds of silence after which its partitions go to others.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        metrics: Metrics,
        log: Log,
        look: Callable[[], LogIdentity],
        *,
        broker: str,
        group: str,
        session: float,
        name: str,
        folder: Path,
    ) -> None:
        self.pipeline, self.metrics, self.log, self.name = pipeline, metrics, log, name
        self._look = look
        self._identity: LogIdentity | None = None
        # One thread each: the judge must not run twice at once, and the event loop must not wait for any of them.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="decode")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judge")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="beat")
        self._inbox: asyncio.Queue[tuple[Any, Any]] = asyncio.Queue()
        self._decoded: asyncio.Queue[_Ready] = asyncio.Queue()
        self._waiting = 0  # records polled and not yet stored
        self._stored: dict[Place, int] = {}
        self._stopping = False
        self._revised_at = time.monotonic()
        self.app = self._app(broker, group, session, folder)
        self.holes = Holes(self.app, self._stored, log)

    def _app(self, broker: str, group: str, session: float, folder: Path) -> Any:
        app = faust.App(
            group,
            broker=f"kafka://{broker}",
            broker_credentials=_credentials(access(broker)),
            store="memory://",
            value_serializer="raw",
            key_serializer="raw",
            ConsumerScheduler=BatchPerPartition,
            agent_supervisor="mode.CrashingSupervisor",
            stream_wait_empty=False,
            stream_buffer_maxsize=64,
            datadir=str(folder),
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            broker_max_poll_records=AT_ONCE,
            consumer_max_fetch_size=8_000_000,
            consumer_metadata_max_age_ms=AFRESH,
            broker_commit_interval=1.0,
            broker_commit_livelock_soft_timeout=600.0,
            stream_processing_timeout=600.0,
            broker_rebalance_timeout=3.0,
            broker_session_timeout=session,
            broker_heartbeat_interval=session / 5,
            web_enabled=False,
        )
        app.transport = offsets.transport(app, frozenset(TOPICS.values()), self._claim, self._stored)
        events = app.topic(*TOPICS.values(), value_serializer="raw", key_serializer="raw")

        async def take(stream: Any) -> None:
            async for event in stream.noack().events():
                self._waiting += event.headers["weight"]
                await self._inbox.put((stream, event))
                while self._waiting > 2 * AT_ONCE:
                    await asyncio.sleep(0.02)

        app.agent(events, name="clausewatch.take")(take)
        app.task(self._guarded(self._read))
        app.task(self._guarded(self._work))
        app.task(self._guarded(self._beat))
        return app

    def _guarded(self, task: Any) -> Any:
        """A task whose failure ends the process, named in the log; it is started again from what is stored."""

        async def run() -> None:
            try:
                await task()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.log.error("ended", error)
                os._exit(BROKEN)

        run.__name__ = task.__name__
        return run

    async def _claim(self, partitions: list[int]) -> Mapping[Place, int]:
        while True:
            try:
                await self._same_log()
                claim = await offsets.in_thread(self._aside, self.pipeline.warehouse.claim, partitions, self.name)
                break
            except (Unavailable, Unreachable):
                await asyncio.sleep(0.5)
        self.pipeline.epochs = dict(claim.epochs)
        self.holes.stopped.clear()
        self._stored.clear()
        self._stored.update(claim.offsets)
        self.log.info("assigned", partitions=len(partitions))
        return claim.offsets  # type: ignore[no-any-return]

    async def _same_log(self) -> bool:
        """Whether the log is that of the last look. Ends the process when it must not be read."""
        try:
            found = await offsets.in_thread(self._aside, self._look)
        except Unreachable:
            raise
        except UserError as error:
            click.echo(f"✖ {error.message}\n  → {error.cure}", err=True)
            os._exit(REFUSED)
        same = self._identity in (None, found)
        self._identity = found
        return same

    async def _read(self) -> None:
        """Decode what is polled, ahead of the judge."""
        while not self._stopping:
            polled = [await self._inbox.get()]
            size = _size(polled[0])
            while size < DECODED and not self._inbox.empty():
                polled.append(self._inbox.get_nowait())
                size += _size(polled[-1])
            generation = POSITIONS.generation
            wanted = [each for each in polled if each[1].headers["generation"] == generation]
            taken = [each for _, event in wanted if (each := await self._taken(event)) is not None]
            if not taken:
                self._waiting -= size
                continue
            part = await offsets.in_thread(self._reader, self.pipeline.decoded, taken)
            self._decoded.put_nowait(_Ready(part, size, generation, wanted))

    async def _taken(self, event: Any) -> Taken | None:
        """What was polled, or the end of the hole behind which it stands, which the warehouse refuses."""
        message, said = event.message, event.headers
        place = (message.topic, message.partition)
        if place in self.holes.stopped:
            return None
        if said["jumps"] and (begins := await self.holes.end(place, said["first"])) is not None:
            return Taken(*place, begins, begins, ())
        records = [
            Record(each.value, each.key, tuple(each.headers or ()), each.topic, each.partition, each.offset)
            for each in said["records"]
        ]
        return Taken(*place, said["first"], message.offset + 1, records)

    async def _work(self) -> None:
        asked = time.monotonic()
        while not self._stopping:
            batch = await self._gather()
            if batch:
                await self._store(batch)
            since = time.monotonic() - self._revised_at
            due = since > PATIENCE or (self._waiting == 0 and (not batch or since > APART))
            if self.pipeline.epochs and not POSITIONS.seeking and due:
                await self._revise()
                self._revised_at = time.monotonic()
            await self._look_for_holes()
            if self.holes.stopped and time.monotonic() - asked > ASK:
                await self._ask_about_holes()
                asked = time.monotonic()

    async def _look_for_holes(self) -> None:
        """Have the warehouse refuse, and so note, what the log lost."""
        lost = [Taken(*place, begins, begins, ()) for place, begins in await self.holes.astray()]
        for each in lost:
            part = await offsets.in_thread(self._reader, self.pipeline.decoded, [each])
            await self._store([_Ready(part, 0, POSITIONS.generation, ())])

    async def _ask_about_holes(self) -> None:
        rows = (await self._insist(self.pipeline.warehouse.query, "offsets")).to_pylist()
        await self.holes.accepted({(row["topic"], row["partition"]): row["next"] for row in rows})

    async def _gather(self) -> list[_Ready]:
        """What has been decoded so far, up to `AT_ONCE` records; nothing after a short wait."""
        try:
            found = [await asyncio.wait_for(self._decoded.get(), IDLE)]
        except TimeoutError:
            return []
        size = found[0].size
        while size < AT_ONCE and not self._decoded.empty():
            found.append(self._decoded.get_nowait())
            size += found[-1].size
        self._waiting -= size
        return [each for each in found if each.generation == POSITIONS.generation and not POSITIONS.seeking]

    async def _store(self, batch: list[_Ready]) -> None:
        parts, generation = [each.part for each in batch], POSITIONS.generation
        while True:
            try:
                answer = await self._insist(self.pipeline.store, parts)
                break
            except Fenced as fenced:
                return await self._let_go(fenced, generation)
            except Gap as gap:
                place = (gap.topic, gap.partition)
                self.holes.refused(place, gap)
                others = [each for part in parts for each in part.taken if each[:2] != place]
                if not others:
                    return
                parts = [await offsets.in_thread(self._reader, self.pipeline.decoded, others)]
        self.metrics.applied(answer, self.pipeline.spent, self.pipeline.verdicts)
        for part in parts:
            for each in part.taken:
                self._stored[each.topic, each.partition] = each.next
        for ready in batch:
            for stream, event in ready.polled:
                await stream.ack(event)

    async def _let_go(self, fenced: Fenced, generation: int) -> None:
        """Somebody else owns the partition. In a rebalance that is how it goes; else our claims are worth nothing."""
        if POSITIONS.seeking or POSITIONS.generation != generation:
            self.log.info("let go", partition=fenced.partition)
            return
        self.log.warning("fenced", partition=fenced.partition)
        await self.app.consumer.rejoin()

    async def _revise(self) -> None:
        generation = POSITIONS.generation
        try:
            while rows := await self._insist(self.pipeline.revise):
                self.metrics.revised.inc(rows)
                if self._waiting:
                    return
        except Fenced as fenced:
            await self._let_go(fenced, generation)
        finally:
            self.metrics.passed_over(self.pipeline.spent)

    async def _insist(self, call: Any, *given: Any) -> Any:
        """A call of the pipeline, repeated while the warehouse does not answer; `apply` is idempotent."""
        delay = 0.1
        while True:
            try:
                return await offsets.in_thread(self._thread, call, *given)
            except Unavailable:
                self.log.warning("warehouse unavailable", again_in=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)

    async def _beat(self) -> None:
        """Once a second: lag by partition, and a heartbeat that tells quiet sources from a blind audit.

        Now and then a look whether the log is still the same: topics made anew may have filled up unnoticed.
        """
        looked = time.monotonic()
        while not self._stopping:
            await asyncio.sleep(1.0)
            self.metrics.lagging(self._lags(), self.holes.stopped)
            try:
                if time.monotonic() - looked > LOOK:
                    looked = time.monotonic()
                    if not await self._same_log():
                        self.log.warning("another log")
                        await self.app.consumer.rejoin()
                told = (self.name, len(self.pipeline.epochs), self.metrics.behind, rules_digest(), self._unread())
                await offsets.in_thread(self._aside, self.pipeline.warehouse.beat, *told)
            except (Unavailable, Unreachable):
                continue

    def _ends(self) -> Iterator[tuple[Place, int | None]]:
        """The next offset in the log of each partition that is assigned; None: not told yet."""
        for tp in self.app.consumer.assignment():
            if tp.topic in TOPICS.values():
                yield (tp.topic, tp.partition), self.app.consumer.highwater(tp)

    def _lags(self) -> dict[Place, int]:
        return {place: max(0, end - self._stored.get(place, 0)) for place, end in self._ends() if end is not None}

    def _unread(self) -> list[Place]:
        """Those that were not read to their end, as far as is known."""
        return [place for place, end in self._ends() if end is None or end > self._stored.get(place, 0)]

    def stop(self) -> None:
        """Let the batch in hand end; a second one is not begun."""
        self._stopping = True
        started = time.monotonic()
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.log.info("stopped", seconds=round(time.monotonic() - started, 2))


def _credentials(login: Access) -> Any:
    """What Faust shows to the broker; None: nothing, in the clear."""
    tls = login.tls()
    if login.sasl:
        given = {"username": login.user, "password": login.password(), "mechanism": login.mechanism}
        return faust.SASLCredentials(ssl_context=tls, **given)
    return faust.SSLCredentials(context=tls) if tls else None


def _size(polled: tuple[Any, Any]) -> int:
    return int(polled[1].headers["weight"])
