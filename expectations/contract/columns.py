"""Typed structs of events' data to the columns of the frame, and back from what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from expectations.contract.events import DATA_SCHEMA, EVENT_SCHEMA, STORED
from expectations.contract.instants import instant_or_date
from expectations.vocabulary import FIELDS, TYPES

_FIELDS = {name: field for name, field in FIELDS.items() if field.kind != "opaque"}
_HOLDING = {name: [kind.name for kind in TYPES.values() if name in kind.fields] for name in _FIELDS}
_stored = {name: msgspec.json.Decoder(model) for name, model in STORED.items()}
_ALWAYS: dict[str, Any] = {  # absent is this, whatever the type
    "role": "controller",
    "automated": False,
    "significant": False,
    "human_review": False,
    "prechecked": False,
    "safeguards": [],
    "other_categories": [],
}
_ARROW = pl.DataFrame(schema=EVENT_SCHEMA).to_arrow(compat_level=pl.CompatLevel.oldest()).schema


def column(name: str, values: Sequence[Any]) -> pl.Series:
    """A column of the frame; by way of Arrow, which takes Python's values many times faster than polars."""
    return pl.Series(name, pl.from_arrow(pa.array(values, type=_ARROW.field(name).type)))


def _instant(value: Any) -> datetime | None:
    return None if value is None else instant_or_date(value)


def _cookies(value: Any) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    return [{"name": one.name, "kind": one.kind, "personal": one.personal} for one in value]


def _values(structs: Iterable[Any], name: str, kind: str) -> list[Any]:
    values = [getattr(struct, name) for struct in structs]
    if kind == "date":
        return [_instant(value) for value in values]
    if kind == "words":
        return [["*"] if value == "*" else value for value in values]
    if kind == "cookies":
        return [_cookies(value) for value in values]
    if kind == "number":
        return [None if value is None else float(value) for value in values]
    return values


def data_columns(structs: Sequence[Any], types: Sequence[str]) -> pl.DataFrame:
    """One column a field (`DATA_SCHEMA`), a row for each struct (None: no data), with the contract's defaults.

    The defaults that rest on other columns are set by `with_defaults`.
    """
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(types):
        groups.setdefault(name if structs[row] is not None else "", []).append(row)
    grouped = {name: [structs[row] for row in rows] for name, rows in groups.items()}
    starts, start = {}, 0
    for name, rows in groups.items():
        starts[name] = start
        start += len(rows)
    place = [0] * len(structs)
    for at, row in enumerate(chain.from_iterable(groups.values())):
        place[row] = at
    height, columns = len(structs), []
    for name, field in _FIELDS.items():
        holding = [kind for kind in groups if kind in TYPES and name in TYPES[kind].fields]
        dtype = DATA_SCHEMA[field.column]
        if not holding:
            columns.append(pl.Series(field.column, [None], dtype=dtype).new_from_index(0, height))
            continue
        parts: list[Any] = []
        for kind, rows in groups.items():
            parts.extend(_values(grouped[kind], name, field.kind) if kind in holding else [None] * len(rows))
        columns.append(column(field.column, parts).gather(place))
    return pl.DataFrame(columns)


def with_defaults(frame: pl.DataFrame) -> pl.DataFrame:
    """Absent fields that mean something (`events.md`, fine print rule 2); columns in the schema's order."""
    kind = pl.col("type")
    always = [
        pl.col(name).fill_null(pl.lit(pl.Series([value], dtype=EVENT_SCHEMA[name])).first())
        if isinstance(value, list)
        else pl.col(name).fill_null(value)
        for name, value in _ALWAYS.items()
    ]
    breach, disclosed = kind == "breach.detected", kind == "data.disclosed"
    netherlands = pl.lit(pl.Series([["NL"]], dtype=pl.List(pl.String))).first()
    return frame.with_columns(
        *always,
        pl.when(disclosed).then(pl.col("exporter_country").fill_null("NL")).alias("exporter_country"),
        pl.when(breach).then(pl.coalesce("aware_at", "time")).alias("aware_at"),
        pl.when(breach).then(pl.coalesce(pl.col("jurisdictions"), netherlands)).alias("jurisdictions"),
    ).select(list(EVENT_SCHEMA))


def stored_data(type_name: str, text: str) -> tuple[Any, list[Mapping[str, str]], bool]:
    """What a stored `data` holds: its struct (None for a type that is none of ours), findings, envelope's or not.

    Raises msgspec.MsgspecError when the text was not written by this contract.
    """
    decoder = _stored.get(type_name)
    if '"~' not in text:
        return (decoder.decode(text) if decoder else None), [], False
    fields = msgspec.json.decode(text)
    personal, envelope = fields.pop("~personal", []), fields.pop("~envelope", False)
    return (decoder.decode(msgspec.json.encode(fields)) if decoder else None), personal, envelope
