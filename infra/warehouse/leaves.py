"""The salted hash (leaf) of a row: SHA-256 over its salt and a text of all its columns that has one meaning only.

The same function hashes what is about to be stored and what `verify` finds stored.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from infra.warehouse.schema import (
    ALERTS,
    EVENTS,
    FACTS,
    NOTICES,
    OBLIGATIONS,
    QUARANTINE,
    REGISTERS,
    SILENCES,
    TOLD,
    VERDICTS,
)

SALT = 16  # bytes
LEAF = 32
BELIEVED = ("believed_from", "believed_to")
# Table -> its columns, all but the salt and what is computed from others. Their order is part of the hash.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "events": (*EVENTS.names, "batch", "recorded_at"),
    "facts": (*FACTS.names, "batch"),
    "verdicts": (*VERDICTS.names, *BELIEVED),
    "obligations": (*OBLIGATIONS.names, *BELIEVED),
    "quarantine": (*QUARANTINE.names, "batch", "recorded_at"),
    "registers": (*REGISTERS.names, "entity", "partition"),
    "alerts": tuple(ALERTS.names),
    "told": tuple(TOLD.names),
    "notices": tuple(NOTICES.names),
    "silences": tuple(SILENCES.names),
}
_BETWEEN, _NULL = "\x1f", "\0"


def salted(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with a fresh random `salt` each."""
    n = len(rows)
    drawn = pa.py_buffer(secrets.token_bytes(SALT * n))
    salts = pa.FixedSizeBinaryArray.from_buffers(pa.binary(SALT), n, [None, drawn])
    return rows.with_columns(pl.Series("salt", salts.cast(pa.binary()), dtype=pl.Binary))


def leaves(table: str, rows: pl.DataFrame) -> bytes:
    """The leaves of the rows, in order. `rows` has the table's COLUMNS and `salt`."""
    if rows.is_empty():
        return b""
    names = COLUMNS[table]
    columns = [pl.col("salt").bin.encode("hex").fill_null(""), *(_text(name, rows.schema[name]) for name in names)]
    strings = [name for name in names if rows.schema[name] == pl.String]
    text = pl.concat_str(columns, separator=_BETWEEN)
    marked = [pl.col(name).str.contains(mark, literal=True) for name in strings for mark in (_BETWEEN, _NULL)]
    if any(
        rows.select(each.any().alias(str(n)) for n, each in enumerate(marked)).row(0)
    ):  # a value holds one of our marks: lengths tell them apart
        lengths = pl.concat_str([pl.col(name).str.len_bytes() for name in strings], separator=",", ignore_nulls=True)
        odd = pl.any_horizontal(marked).fill_null(False)
        text = pl.when(odd).then(pl.concat_str([text, lengths], separator=_BETWEEN)).otherwise(text)
    sha256 = hashlib.sha256
    told = rows.select(text.cast(pl.Binary)).to_series().to_list()
    return b"".join([sha256(each).digest() for each in told])


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as text, null as a mark of its own. Lists in the order of their content."""
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        column = column.dt.timestamp("us")
    elif isinstance(kind, pl.List):
        assert isinstance(kind.inner, pl.Struct)
        fields = [
            pl.element().struct.field(each.name).dt.timestamp("us").cast(pl.String)
            if isinstance(each.dtype, pl.Datetime)
            else pl.element().struct.field(each.name)
            for each in kind.inner.fields
        ]
        told = pl.concat_str([each.fill_null("-") for each in fields], separator=" ")
        column = column.list.eval(told).list.sort().list.join(",")
    return column.cast(pl.String).fill_null(_NULL)
