"""One batch: decode, fetch facts, examine, apply. Knows nothing of Faust or Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.decode import Record, decode, from_stored
from infra.clock import Clock
from infra.warehouse.answers import Applied, Fenced, Gap, Stale, WarehouseError
from infra.warehouse.schema import QUARANTINE, Batch
from streams.core.examine import Engine, Known, examine, subjects_of

PIECE = 5000  # events of a piece of revision


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

    def __post_init__(self) -> None:
        self._number, self._registers = self.warehouse.registers(0)

    def records(self, topic: str, partition: int, first: int, following: int, records: Sequence[Record]) -> Applied:
        """Store what was read of a partition: its range is [first, following), with or without records."""
        decoded = decode(records, key=self.key)
        place = {"topic": topic, "first": first, "next": following, "dropped_fields": decoded.dropped_fields}
        return self._apply(decoded.events, decoded.quarantine, partition, place, records)

    def revise(self) -> int:
        """Work off one piece of what waits to be judged again; its rows' number, 0 when none waits."""
        rows = self.warehouse.pending(sorted(self.epochs), self.clock.now())
        if not rows.num_rows:
            return 0
        partition = rows["partition"][0].as_py()
        numbers = [
            n for n, p in zip(rows["rejudge"].to_pylist(), rows["partition"].to_pylist(), strict=True) if p == partition
        ]
        while True:
            events = self.warehouse.history(numbers, None, PIECE)
            if events.num_rows < PIECE or len(numbers) == 1:
                break
            numbers = numbers[: len(numbers) // 2]  # fewer rows, so that a piece stays small
        after: tuple[Any, str, str] | None = None
        while events.num_rows == PIECE:  # one row that is larger than a piece: the last one closes it
            self._apply(from_stored(pl.DataFrame(events)), None, partition, {}, (), again=True)
            last = events.slice(PIECE - 1).to_pylist()[0]
            after = (last["time"], last["source"], last["id"])
            events = self.warehouse.history(numbers, after, PIECE)
        self._apply(from_stored(pl.DataFrame(events)), None, partition, {"revises": tuple(numbers)}, (), again=True)
        return len(numbers)

    def _apply(
        self,
        events: pl.DataFrame,
        quarantine: pl.DataFrame | None,
        partition: int,
        place: dict[str, Any],
        records: Sequence[Record],
        again: bool = False,
    ) -> Applied:
        while True:
            events, quarantine, batch = self._examined(events, quarantine, partition, place, records)
            try:
                return self.warehouse.apply(batch)  # type: ignore[no-any-return]
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
        known = Known(self.warehouse.facts(subjects_of(events)), self._registers, self._number)

        def judged(part: pl.DataFrame, aside: pl.DataFrame | None) -> Batch:
            return examine(
                part,
                known,
                self.engine,
                now=self.clock.now(),
                partition=partition,
                epoch=self.epochs[partition],
                quarantine=aside,
                **place,
            )

        try:
            return events, quarantine, judged(events, quarantine)
        except (WarehouseError, Fenced, Gap):
            raise
        except Exception:
            if not records:
                raise
            bad = self._raising(events, judged)
            aside = decode_aside(bad, records, self.key)
            events = events.join(bad, on="place_offset", how="anti")
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


def decode_aside(events: pl.DataFrame, records: Sequence[Record], key: bytes) -> pl.DataFrame:
    """Quarantine records, reason `unjudgeable`; the digest is keyed, the bytes are not kept."""
    import hashlib
    import hmac

    values = {each.offset: each.value or b"" for each in records}
    rows = [
        {
            "reason": "unjudgeable",
            "detail": row["type"],
            "system": row["system"],
            "topic": row["place_topic"],
            "digest": hmac.new(key, values[row["place_offset"]], hashlib.sha256).hexdigest(),
            "partition": row["place_partition"],
            "offset": row["place_offset"],
        }
        for row in events.select("type", "system", "place_topic", "place_partition", "place_offset").to_dicts()
    ]
    empty = pl.DataFrame(QUARANTINE.empty_table())
    return pl.DataFrame(rows, schema=empty.schema) if rows else empty
