"""Polled batches carry the range that was read, and nothing from before an assignment."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from streams.worker.scheduler import POSITIONS, BatchPerPartition

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


def polled(*offsets: int) -> list[Any]:
    place = Place((TP.topic, TP.partition))
    return [batch for _, batch in BatchPerPartition().iterate({place: [record(each) for each in offsets]})]


def test_a_range_begins_where_the_last_one_ended() -> None:
    (first,) = polled(10, 11)
    (second,) = polled(14)  # 12 and 13 are markers of a transaction
    assert (first.headers["first"], first.offset) == (10, 11)
    assert (second.headers["first"], second.offset) == (12, 14)


def test_what_was_polled_while_seeking_is_left_out() -> None:
    POSITIONS.leave()
    assert polled(10) == []
    before = POSITIONS.generation
    POSITIONS.arrive({(TP.topic, TP.partition): 10})
    (batch,) = polled(10)
    assert batch.headers["generation"] == before + 1


def test_a_partition_that_is_not_ours_is_left_out() -> None:
    POSITIONS.arrive({("crm.events", 4): 0})
    assert polled(10) == []


def test_large_records_count_for_several() -> None:
    place = Place((TP.topic, TP.partition))
    records = [record(10, b"x" * 1_000_000), record(11, None), record(12)]
    ((_, batch),) = BatchPerPartition().iterate({place: records})
    assert batch.headers["weight"] == 500
    (usual,) = polled(13, 14)
    assert usual.headers["weight"] == 2
