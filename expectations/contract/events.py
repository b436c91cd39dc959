"""Typed models of the events: the columns of decoded events, and one msgspec struct per type.

The structs' fields stand in the order of their names and tell `null` from absent, so that encoding one gives
the canonical JSON (RFC 8785) of what was read, as long as no number but small integers is in it.
"""

from __future__ import annotations

import polars as pl

from expectations.vocabulary import FIELDS

INSTANT = pl.Datetime("us", "UTC")
COOKIE = pl.Struct({"name": pl.String(), "kind": pl.String(), "personal": pl.Boolean()})
PERSONAL = pl.Struct({"field": pl.String(), "kind": pl.String()})

_DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "id": pl.String(),
    "word": pl.String(),
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "number": pl.Float64(),
    "date": INSTANT,
    "list": pl.List(pl.String()),
    "words": pl.List(pl.String()),
    "cookies": pl.List(COOKIE),
}

DATA_SCHEMA: dict[str, pl.DataType] = {
    field.column: _DTYPES[field.kind] for field in FIELDS.values() if field.kind != "opaque"
}
EVENT_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "id": pl.String(),
    "system": pl.String(),
    "type": pl.String(),
    "subject": pl.String(),
    "time": INSTANT,
    "data": pl.String(),
    "digest": pl.String(),
    "place_topic": pl.String(),
    "place_partition": pl.Int32(),
    "place_offset": pl.Int64(),
    "personal": pl.List(PERSONAL),
    "personal_envelope": pl.Boolean(),
    **DATA_SCHEMA,
}
QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "reason": pl.String(),
    "detail": pl.String(),
    "digest": pl.String(),
    "system": pl.String(),
    "topic": pl.String(),
    "partition": pl.Int32(),
    "offset": pl.Int64(),
}
