"""One message per partition and poll, so that Faust's cost is per batch (`streams/docs/0001-batch-scheduler.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from faust.transport.utils import DefaultSchedulingStrategy


class Polled:
    """What Faust sees as one message: all records of one partition from one poll; its offset is the last one's."""

    checksum = key = None
    serialized_key_size = serialized_value_size = 0

    def __init__(self, records: Sequence[Any]) -> None:
        last = records[-1]
        self.topic, self.partition, self.offset = last.topic, last.partition, last.offset
        self.timestamp, self.timestamp_type = last.timestamp, last.timestamp_type
        self.headers = {"records": records}
        self.value = b""


class BatchPerPartition(DefaultSchedulingStrategy):  # type: ignore[misc]
    """Faust's setting `ConsumerScheduler`."""

    def iterate(self, records: Mapping[Any, Sequence[Any]]) -> Iterator[tuple[Any, Polled]]:
        for place, found in records.items():
            if found:
                yield place, Polled(found)
