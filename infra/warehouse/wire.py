"""How a call and its answer cross the wire: a JSON header, then Arrow tables as IPC streams, in one message.

4 bytes, big-endian: length of the header · header · for each of its `tables`: IPC stream, its length in the
header.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from infra.warehouse import answers
from infra.warehouse.answers import WarehouseError
from infra.warehouse.schema import REGISTERS, Batch, Read

BATCH_TABLES = ("events", "facts", "verdicts", "obligations", "quarantine", "canaries")
BATCH_FIELDS = ("partition", "epoch", "registers", "known", "dropped_fields")


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$instant": value.astimezone(UTC).isoformat()}
    raise TypeError(f"{type(value).__name__} does not cross the wire")


def _decode(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value["$instant"]) if set(value) == {"$instant"} else value


def pack(header: Mapping[str, Any], tables: Mapping[str, Any] | None = None, raw: bytes = b"") -> bytes:
    """One message. `raw` follows the tables."""
    streams = {}
    for name, table in (tables or {}).items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        streams[name] = sink.getvalue()
    sizes = [[name, stream.size] for name, stream in streams.items()]
    head = json.dumps({**header, "$tables": sizes}, default=_encode).encode()
    return b"".join([struct.pack(">I", len(head)), head, *streams.values(), raw])


def unpack(message: Any) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Header, tables and the rest of a message. Tables point into the message: nothing is copied."""
    buffer = message if isinstance(message, pa.Buffer) else pa.py_buffer(message)
    if buffer.size < 4:
        raise WarehouseError("the message is cut short")
    (length,) = struct.unpack(">I", buffer.slice(0, 4).to_pybytes())
    header = json.loads(buffer.slice(4, length).to_pybytes(), object_hook=_decode)
    place, tables = 4 + length, {}
    for name, size in header.pop("$tables"):
        tables[name] = pa.ipc.open_stream(buffer.slice(place, size)).read_all()
        place += size
    return header, tables, buffer.slice(place)


def pack_batch(batch: Batch) -> bytes:
    """A batch as a message."""
    header = {name: getattr(batch, name) for name in BATCH_FIELDS}
    header |= {"entities": list(batch.entities), "revises": list(batch.revises), "reads": list(batch.reads)}
    header["also"] = list(batch.also)
    return pack(header, {name: getattr(batch, name) for name in BATCH_TABLES})


def unpack_batch(header: Mapping[str, Any], tables: Mapping[str, Any]) -> Batch:
    """The batch of a message."""
    return Batch(
        **{name: header[name] for name in BATCH_FIELDS},
        **{name: tables[name] for name in BATCH_TABLES},
        entities=tuple(header["entities"]),
        revises=tuple(header["revises"]),
        also=tuple((partition, epoch) for partition, epoch in header["also"]),
        reads=tuple(Read(*each) for each in header["reads"]),
    )


def pack_refusal(fault: WarehouseError) -> bytes:
    """A refusal as an answer; the caller raises it again."""
    header = {"refused": type(fault).__name__, "message": str(fault), "fields": {}}
    match fault:
        case answers.Stale():
            header["fields"] = {"number": fault.number}
            return pack(header, {"registers": fault.table})
        case answers.Gap():
            header["fields"] = {
                "partition": fault.partition,
                "expected": fault.expected,
                "got": fault.got,
                "topic": fault.topic,
            }
        case answers.Fenced():
            header["fields"] = {"partition": fault.partition}
        case answers.Held():
            header["fields"] = {"name": fault.name, "holder": fault.holder}
    return pack(header)


def refusal(header: Mapping[str, Any], tables: Mapping[str, Any]) -> WarehouseError:
    """The exception that an answer's header speaks of."""
    kind, fields = header["refused"], header["fields"]
    if kind == "Stale":
        return answers.Stale(fields["number"], tables["registers"].cast(REGISTERS))
    if kind in ("Gap", "Fenced", "Held"):
        found: WarehouseError = getattr(answers, kind)(**fields)
        return found
    named = (answers.TimedOut, answers.Refused, answers.Unavailable, answers.AnotherLog)
    return {each.__name__: each for each in named}.get(kind, WarehouseError)(header["message"])
