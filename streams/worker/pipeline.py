"""One batch: decode, fetch facts, examine, apply. Knows nothing of Faust or Kafka."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from expectations.contract.decode import Decoded, Record, decode, from_stored
from expectations.contract.senders import Senders
from infra import traces
from infra.clock import Clock
from infra.warehouse.answers import Applied, Fenced, Stale, WarehouseError
from infra.warehouse.schema import QUARANTINE, Batch, Read
from streams.core.examine import Engine, examine, know, without_events
from streams.worker.canaries import Canaries

PLACE = ["place_topic", "place_partition", "place_offset"]
STAGES = ("decode", "facts", "judge", "apply")
PIECE = 5000  # events of a piece of revision


class Taken(NamedTuple):
    """What was read of one partition: the range [first, next), with the records in it (there may be none)."""

    topic: str
    partition: int
    first: int
    next: int
    records: Sequence[Record]


class Part(NamedTuple):
    """What was read, decoded. Parts that follow each other are stored together."""

    taken: Sequence[Taken]
    decoded: Decoded


@dataclass
class Pipeline:
    """Works for the partitions in `epochs` (partition number -> epoch of the last claim).

    `warehouse`: a `Store` or the `Warehouse` client. Fenced and Gap leave it: the caller stops the partition.
    """

    warehouse: Any
    engine: Engine
    key: bytes  # of the quarantine's digests
    clock: Clock
    epochs: dict[int, int]
    verdicts: int = 0  # given so far, of every outcome but not applicable
    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))  # seconds, by stage

    def __post_init__(self) -> None:
        self._number, self._registers = self.warehouse.registers(0)
        self._canaries = Canaries(self.engine)

    def records(self, taken: Sequence[Taken]) -> Applied:
        """Store what was read of one or more partitions, in one transaction."""
        return self.store([self.decoded(taken)])

    def decoded(self, taken: Sequence[Taken]) -> Part:
        """Decode; it asks the warehouse nothing, so it may run while another batch is judged."""
        records = [record for each in taken for record in each.records]
        with self._stage("decode", records=len(records)):
            decoded = decode(records, key=self.key, systems=Senders(systems=self.engine.policy.systems))
        return Part(taken, decoded)

    @contextmanager
    def _stage(self, name: str, **attributes: int) -> Iterator[None]:
        """Counts the seconds of a stage, and traces it."""
        started = perf_counter()
        try:
            with traces.span(name, **attributes):
                yield
        finally:
            self.spent[name] += perf_counter() - started

    def store(self, parts: Sequence[Part]) -> Applied:
        """Judge and store parts, in one transaction."""
        events = pl.concat([each.decoded.events for each in parts])
        quarantine = pl.concat([each.decoded.quarantine for each in parts], how="vertical_relaxed")
        reads = self._reads([taken for each in parts for taken in each.taken])
        place = {"reads": reads, "dropped_fields": sum(each.decoded.dropped_fields for each in parts)}
        records = [record for each in parts for taken in each.taken for record in taken.records]
        came = pl.concat([each.decoded.canaries for each in parts])
        with traces.span("batch", events=events.height, quarantined=quarantine.height, partitions=len(reads)):
            with self._stage("judge", canaries=came.height):
                judged = self._canaries.judged(came, self.clock.now())
            return self._apply(events, quarantine, reads[0].partition, place, records, judged)

    def _reads(self, taken: Sequence[Taken]) -> list[Read]:
        """One range a partition: what was taken of it follows each other."""
        found: dict[tuple[str, int], Read] = {}
        for each in taken:
            place = (each.topic, each.partition)
            before = found.get(place)
            first = each.first if before is None else before.first
            found[place] = Read(*place, self._epoch(each.partition), first, each.next)
        return list(found.values())

    def _epoch(self, partition: int) -> int:
        """Of the last claim; a partition that went elsewhere is fenced before anything is asked."""
        if partition not in self.epochs:
            raise Fenced(partition)
        return self.epochs[partition]

    def revise(self) -> int:
        """Work off one piece of what waits to be judged again; the number of its rows, 0 when none waits.

        A row that is larger than a piece stays open; the warehouse knows how far it was worked off.
        """
        rows = self.warehouse.pending(sorted(self.epochs), self.clock.now()).to_pylist()
        if not rows:
            return 0
        numbers = tuple(row["rejudge"] for row in rows)
        first, *others = sorted({row["partition"] for row in rows})
        also = [(partition, self._epoch(partition)) for partition in others]
        events = from_stored(pl.DataFrame(self.warehouse.history(numbers, None, PIECE)))
        place = {"revises": numbers, "also": also, "entities": without_events(rows)}
        with traces.span("revision", events=events.height, rows=len(numbers)):
            self._apply(events, None, first, place, ())
        return len(numbers)

    def _apply(
        self,
        events: pl.DataFrame,
        quarantine: pl.DataFrame | None,
        partition: int,
        place: dict[str, Any],
        records: Sequence[Record],
        canaries: pa.Table | None = None,
    ) -> Applied:
        while True:
            events, quarantine, batch = self._examined(events, quarantine, partition, place, records)
            if canaries is not None:
                batch = replace(batch, canaries=canaries)
            with self._stage("apply", events=events.height):
                try:
                    answer: Applied = self.warehouse.apply(batch)
                    if answer.registers > self._number:  # its own agreements: the next batch would be stale
                        self._number, self._registers = self.warehouse.registers(0)
                    self.verdicts += batch.verdicts.num_rows + _passes(batch)
                    return answer
                except Stale:
                    self._number, self._registers = self.warehouse.registers(0)

    def _examined(
        self,
        events: pl.DataFrame,
        quarantine: pl.DataFrame | None,
        partition: int,
        place: dict[str, Any],
        records: Sequence[Record],
    ) -> tuple[pl.DataFrame, pl.DataFrame | None, Batch]:
        with self._stage("facts"):
            known = know(self.warehouse, events, self._registers, self._number, place.get("entities", ()))

        def judged(part: pl.DataFrame, aside: pl.DataFrame | None) -> Batch:
            return examine(
                part,
                known,
                self.engine,
                now=self.clock.now(),
                partition=partition,
                epoch=self._epoch(partition),
                quarantine=aside,
                **place,
            )

        with self._stage("judge", events=events.height):
            return self._isolated(events, quarantine, records, judged)

    def _isolated(
        self, events: pl.DataFrame, quarantine: pl.DataFrame | None, records: Sequence[Record], judged: Any
    ) -> tuple[pl.DataFrame, pl.DataFrame | None, Batch]:
        """Judged; what cannot be is found by halves and set aside, so that the rest goes on."""
        try:
            return events, quarantine, judged(events, quarantine)
        except WarehouseError:
            raise
        except Exception:
            if not records:
                raise
            bad = self._raising(events, judged)
            if bad.height == events.height > 1:
                raise  # the judge is at fault, not the events: nothing is set aside
            aside = decode_aside(bad, records, self.key)
            events = events.join(bad, on=PLACE, how="anti")
            quarantine = aside if quarantine is None else pl.concat([quarantine, aside], how="vertical_relaxed")
            return events, quarantine, judged(events, quarantine)

    def _raising(self, events: pl.DataFrame, judged: Any) -> pl.DataFrame:
        """The events whose judging raises, by halves."""
        try:
            judged(events, None)
            return events.clear()
        except Exception:
            if events.height <= 1:
                return events
        half = events.height // 2
        return pl.concat([self._raising(events[:half], judged), self._raising(events[half:], judged)])


def _passes(batch: Batch) -> int:
    """How many clauses the batch's events passed."""
    passed = pl.Series(batch.events["passed"])
    return int(passed.str.count_matches(r"\S+").sum())


def decode_aside(events: pl.DataFrame, records: Sequence[Record], key: bytes) -> pl.DataFrame:
    """Quarantine records, reason `unjudgeable`; the digest is keyed, the bytes are not kept."""
    values = {(each.topic, each.partition, each.offset): each.value or b"" for each in records}
    rows = [
        {
            "reason": "unjudgeable",
            "detail": row["type"],
            "system": row["system"],
            "topic": row["place_topic"],
            "digest": hmac.new(
                key, values[row["place_topic"], row["place_partition"], row["place_offset"]], hashlib.sha256
            ).hexdigest(),
            "partition": row["place_partition"],
            "offset": row["place_offset"],
        }
        for row in events.select("type", "system", "place_topic", "place_partition", "place_offset").to_dicts()
    ]
    empty = pl.DataFrame(QUARANTINE.empty_table())
    return pl.DataFrame(rows, schema=empty.schema) if rows else empty
