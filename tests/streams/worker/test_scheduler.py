"""Polled batches carry the range that was read, and nothing from before an assignment."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from streams.worker.scheduler import POSITIONS, BatchPerPartition, Poll

TP = SimpleNamespace(topic="crm.events", partition=3)


def record(offset: int, value: bytes | None = b"{}") -> Any:
    place = {"topic": TP.topic, "partition": TP.partition, "offset": offset}
    return SimpleNamespace(**place, value=value, timestamp=0, timestamp_type=0)


class Place(tuple[str, int]):
    topic, partition = TP.topic, TP.partition


@pytest.fixture(autouse=True)
def arrived() -> Iterator[None]:
    POSITIONS.arrive({(TP.topic, TP.partition): 10})
    yield
    POSITIONS.leave()


def polled(*offsets: int, before: int | None = None, after: int | None = None) -> list[Any]:
    """One poll of [before, after): from where the last one ended to behind its last record unless given."""
    place = Place((TP.topic, TP.partition))
    start = POSITIONS.next.get((TP.topic, TP.partition), 0) if before is None else before
    end = offsets[-1] + 1 if after is None else after
    poll = Poll([record(each) for each in offsets], start, end, POSITIONS.generation)
    return [batch for _, batch in BatchPerPartition().iterate({place: poll})]


def said(batch: Any) -> tuple[int, int, bool]:
    return batch.headers["first"], batch.offset, batch.headers["jumps"]


def test_a_range_begins_where_the_last_one_ended() -> None:
    (first,) = polled(10, 11)
    (second,) = polled(14)  # 12 and 13 are markers of a transaction
    assert (said(first), said(second)) == ((10, 11, False), (12, 14, True))


def test_markers_behind_the_last_record_were_read_too() -> None:
    (first,) = polled(10, after=12)
    (nothing_but_markers,) = polled(after=15)
    (last,) = polled(15)
    assert [said(first), said(nothing_but_markers), said(last)] == [(10, 11, False), (12, 14, True), (15, 15, False)]
    assert nothing_but_markers.headers["records"] == []


def test_what_does_not_follow_the_last_range_is_told_and_moves_nothing() -> None:
    assert polled(13, before=13) == []
    assert POSITIONS.gone_astray() == {(TP.topic, TP.partition): (10, 13)}
    (again,) = polled(10)
    assert said(again) == (10, 10, False)
    assert POSITIONS.gone_astray() == {}


def test_where_nothing_is_stored_the_log_begins_wherever_it_does() -> None:
    POSITIONS.arrive({(TP.topic, TP.partition): 7}, {(TP.topic, TP.partition)})
    (first,) = polled(7)
    (second,) = polled(8)
    assert (said(first), said(second)) == ((0, 7, False), (8, 8, False))


def test_what_was_polled_while_seeking_or_before_is_left_out() -> None:
    before = POSITIONS.generation
    POSITIONS.leave()
    assert polled(10) == []
    POSITIONS.arrive({(TP.topic, TP.partition): 10})
    early = Poll([record(10)], 10, 11, before)
    assert list(BatchPerPartition().iterate({Place((TP.topic, TP.partition)): early})) == []
    (batch,) = polled(10)
    assert batch.headers["generation"] == before + 1


def test_a_partition_that_is_not_ours_is_left_out() -> None:
    POSITIONS.arrive({("crm.events", 4): 0})
    assert polled(10) == []


def test_large_records_count_for_several() -> None:
    records = [record(10, b"x" * 1_000_000), record(11, None), record(12)]
    poll = Poll(records, 10, 13, POSITIONS.generation)
    ((_, batch),) = BatchPerPartition().iterate({Place((TP.topic, TP.partition)): poll})
    assert batch.headers["weight"] == 500
    (usual,) = polled(13, 14)
    assert usual.headers["weight"] == 2
