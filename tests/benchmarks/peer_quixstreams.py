"""quixstreams: decodes JSON, three stateless checks, DuckDB: `peer_quixstreams.py HOST:PORT RECORDS`.

Runs in a Python of its own: imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from quixstreams import Application
from quixstreams.sinks import BatchingSink

TOPICS = ("crm.events", "newsletter.events", "recruitment.events", "website.events", "compliance.events")
COLUMNS = ("source", "id", "type", "subject", "time", "data", "broken")


class DuckSink(BatchingSink):
    """One transaction per partition and commit."""

    def __init__(self) -> None:
        super().__init__()
        self.stored, self.ended = 0, 0.0
        self._connection = duckdb.connect("peer.duckdb")
        columns = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
        self._connection.execute(f"CREATE TABLE events ({columns})")

    def write(self, batch: Any) -> None:
        rows = [item.value for item in batch]
        table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(COLUMNS)})
        self._connection.register("incoming", table)
        self._connection.execute("INSERT INTO events SELECT * FROM incoming")
        self.stored += len(rows)
        self.ended = time.perf_counter()


def checked(value: bytes) -> tuple[str | None, ...]:
    """The event's columns, and which of the three promises it breaks."""
    try:
        event = orjson.loads(value)
        data = event.get("data") or {}
        kind = event.get("type")
        broken = None
        if kind == "website.form_submitted" and data.get("https") is False:
            broken = "WEB-3"
        elif kind == "newsletter.sent" and data.get("unsubscribe_link") is False:
            broken = "NEWS-2"
        elif kind == "website.page_viewed" and data.get("dnt") and data.get("tracked"):
            broken = "CLICK-4"
        words = (event.get("source"), event.get("id"), kind, event.get("subject"), event.get("time"))
        return (*(str(each) for each in words), orjson.dumps(data).decode(), broken)
    except (ValueError, AttributeError):
        return (*[None] * 6, "not_json")


def main(bootstrap: str, records: int) -> None:
    app = Application(
        broker_address=bootstrap,
        consumer_group="peer-quixstreams",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        commit_interval=1.0,
        loglevel="WARNING",
    )
    sink, began = DuckSink(), [0.0]

    def take(value: bytes) -> tuple[str | None, ...]:
        began[0] = began[0] or time.perf_counter()
        return checked(value)

    for name in TOPICS:
        topic = app.topic(name, value_deserializer="bytes", key_deserializer="bytes")
        app.dataframe(topic).apply(take).sink(sink)
    app.run(count=records, timeout=20.0, collect=False)
    if sink.stored < records:
        raise SystemExit(f"{sink.stored} of {records} records stored")
    print(json.dumps({"rate": records / (sink.ended - began[0])}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
