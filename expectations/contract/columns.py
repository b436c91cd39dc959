"""Typed structs of events' data to the columns of the frame, and back from what was stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa
from msgspec.structs import astuple

from expectations.contract.events import DATA_SCHEMA, EVENT_SCHEMA, STORED
from expectations.contract.instants import instant_or_date
from expectations.vocabulary import FIELDS

# The envelope, its place, and what GEN-3 found: the columns before those of the data.
HEAD = tuple(name for name in EVENT_SCHEMA if name not in DATA_SCHEMA)
Row = tuple[Any, ...]  # the values of `HEAD`, then the struct of the data (None: there is none)

_FIELDS = {name: field for name, field in FIELDS.items() if field.kind != "opaque"}
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


def column(name: str, values: Sequence[Any]) -> Any:
    """A column of the frame as an Arrow array: it takes Python's values many times faster than polars."""
    return pa.array(values, type=_ARROW.field(name).type)


def _cookies(value: Any) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    return [{"name": one.name, "kind": one.kind, "personal": one.personal} for one in value]


_FROM_STRUCT: dict[str, Callable[[Any], Any]] = {
    "date": lambda value: None if value is None else instant_or_date(value),
    "words": lambda value: ["*"] if value == "*" else value,
    "cookies": _cookies,
    "number": lambda value: None if value is None else float(value),
}


def _data_column(name: str, groups: Mapping[str, Mapping[str, Sequence[Any]]], heights: Mapping[str, int]) -> Any:
    field = FIELDS[name]
    dtype = _ARROW.field(field.column).type
    parts = []
    for kind, columns in groups.items():
        values = columns.get(name, ())
        if not values or (values[0] is None and values.count(None) == len(values)):  # as most fields are
            parts.append(pa.nulls(heights[kind], dtype))
        elif field.kind in _FROM_STRUCT:
            parts.append(pa.array(map(_FROM_STRUCT[field.kind], values), type=dtype, size=len(values)))
        else:
            parts.append(pa.array(values, type=dtype))
    return pa.chunked_array(parts, type=dtype)


def assemble(rows: Sequence[Row]) -> pl.DataFrame:
    """The frame (`EVENT_SCHEMA`) of rows, in their order, with the contract's defaults for absent fields."""
    # Rows of one type share their fields: put together type by type, and into their order at the end.
    order: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        order.setdefault(row[3] if row[-1] is not None else "", []).append(at)
    grouped = {kind: [rows[at] for at in places] for kind, places in order.items()}
    columns = zip(*chain.from_iterable(grouped.values()), strict=True) if rows else repeat(())
    arrays = {name: column(name, values) for name, values in zip(HEAD, columns, strict=False)}
    given: dict[str, dict[str, Sequence[Any]]] = {kind: {} for kind in grouped}
    for kind, group in grouped.items():
        if kind:
            values = zip(*map(astuple, [row[-1] for row in group]), strict=True)
            given[kind] = dict(zip(group[0][-1].__struct_fields__, values, strict=True))
    heights = {kind: len(group) for kind, group in grouped.items()}
    for name, field in _FIELDS.items():
        arrays[field.column] = _data_column(name, given, heights)
    frame = pl.DataFrame(pl.from_arrow(pa.table(arrays)))
    if len(order) > 1:
        places = pl.Series(list(chain.from_iterable(order.values())))
        frame = frame[places.arg_sort()]
    return with_defaults(frame)


def with_defaults(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with what absent fields mean, where they mean something; columns in the schema's order."""
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
    """What a stored `data` holds: its struct (None: no type of ours), findings, whether the envelope's.

    Raises msgspec.MsgspecError when the text was not written by this contract.
    """
    decoder = _stored.get(type_name)
    if '"~' not in text:
        return (decoder.decode(text) if decoder else None), [], False
    fields = msgspec.json.decode(text)
    personal, envelope = fields.pop("~personal", []), fields.pop("~envelope", False)
    return (decoder.decode(msgspec.json.encode(fields)) if decoder else None), personal, envelope
