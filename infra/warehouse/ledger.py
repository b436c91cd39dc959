"""The one door for changes of rows that the chain covers: what a transaction adds or takes out is hashed on its way.

Each transaction has one Ledger and ends with `seal`, which stores its row of `batches`: its link of the chain.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from infra.warehouse import chain
from infra.warehouse.leaves import COLUMNS, SALT, leaves, salted
from infra.warehouse.offsets import State
from infra.warehouse.tables import registered

UTC_INSTANT = pl.Datetime("us", "UTC")
NOBODY = {"partition": -1, "epoch": 0}  # of a transaction that no worker asked for
# Computed of another column, so no part of the leaf: its name, and whose lower half of the MD5 it is.
_KEYS = {"events": ("subject_key", "subject"), "obligations": ("entity_key", "entity")}
# Lists are stored in one order.
_SORTED = {"obligations": " REPLACE (list_sort(clocks) AS clocks, list_sort(suspensions) AS suspensions)"}


@dataclass
class Ledger:
    """What one transaction adds and takes out. `number` is the transaction's, `now` its instant."""

    connection: Any
    number: int
    now: datetime
    _noted: list[tuple[str, bool, int, Future[bytes]]] = field(default_factory=list, repr=False)

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows; `batch`, `recorded_at` and `believed_from`, `believed_to` are this transaction's where absent."""
        if rows.is_empty():
            return
        given = {
            "batch": pl.lit(self.number, pl.Int64),
            "recorded_at": pl.lit(self.now, UTC_INSTANT),
            "believed_from": pl.lit(self.now, UTC_INSTANT),
            "believed_to": pl.lit(None, UTC_INSTANT),
        }
        whole = salted(
            rows.select(given[name].alias(name) if name not in rows.columns else name for name in COLUMNS[table])
        )
        self._note(table, True, whole)
        stored = f"*{_SORTED.get(table, '')}"
        if keyed := _KEYS.get(table):
            stored += f", md5_number_lower({keyed[1]}) AS {keyed[0]}"
        with registered(self.connection, added=whole):
            self.connection.execute(f"INSERT INTO {table} BY NAME SELECT {stored} FROM added")

    def delete(self, table: str, rowids: Sequence[int]) -> None:
        """Take rows out."""
        if not rowids:
            return
        self._note(table, False, self._rows(table, rowids))
        self.connection.execute(f"DELETE FROM {table} WHERE {_among(rowids)}", {"rowids": list(rowids)})

    def update(self, table: str, changes: pl.DataFrame, *, resalt: bool = False) -> None:
        """Replace columns of rows: `changes` has `rowid` and the new values. `resalt`: the old content is erased."""
        if changes.is_empty():
            return
        before = self._rows(table, changes["rowid"].to_list())
        self._note(table, False, before)
        names = [name for name in changes.columns if name != "rowid"]
        after = before.drop(names).join(changes, on="rowid")
        if resalt:
            after, names = salted(after), [*names, "salt"]
        assign = ", ".join(f'"{name}" = changed."{name}"' for name in names)
        if (keyed := _KEYS.get(table)) and keyed[1] in names:
            assign += f', {keyed[0]} = md5_number_lower(changed."{keyed[1]}")'
        with registered(self.connection, changed=after.select("rowid", *names)):
            self.connection.execute(f"UPDATE {table} SET {assign} FROM changed WHERE {table}.rowid = changed.rowid")
        self._note(table, True, after)

    def believe_no_longer(self, table: str, rowids: Sequence[int]) -> None:
        """Close what is believed in these rows of verdicts or obligations."""
        closed = pl.DataFrame({"rowid": list(rowids)}, schema={"rowid": pl.Int64})
        self.update(table, closed.with_columns(believed_to=pl.lit(self.now, UTC_INSTANT)))

    def _rows(self, table: str, rowids: Sequence[int]) -> pl.DataFrame:
        names = ", ".join(f'"{name}"' for name in COLUMNS[table])
        return self.connection.sql(  # type: ignore[no-any-return]
            f"SELECT {names}, salt, rowid FROM {table} WHERE {_among(rowids)}", params={"rowids": list(rowids)}
        ).pl()

    def _note(self, table: str, added: bool, rows: pl.DataFrame) -> None:
        # A clone, for a frame has a lock of its own: two threads at one frame wait for each other under Python's.
        self._noted.append((table, added, len(rows), _hasher().submit(leaves, table, rows.clone())))

    def seal(self, after: State, kind: str, revises: Sequence[int] = (), **numbers: Any) -> None:
        """Store the transaction's row and leaves, and chain it to the one before. `numbers`: columns of `batches`."""
        header = {
            **dict.fromkeys(("stored", "duplicates", "quarantined", "dropped_fields", "revised"), 0),
            **NOBODY,
            "reads": "[]",
            **numbers,
            "batch": self.number,
            "kind": kind,
            "revises": json.dumps(list(revises)),
            "recorded_at": self.now,
            "changes": json.dumps([each[:3] for each in self._noted]),
        }
        packed = b"".join(each[3].result() for each in self._noted)
        salt = secrets.token_bytes(SALT)
        leaf, after.chain = chain.link(after.chain, salt, header, packed)
        after.batch, after.recorded_at = self.number, self.now
        row = {**header, "salt": salt, "leaf": leaf, "chain": after.chain, "leaves": packed}
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO batches ({columns}) VALUES ({marks})", list(row.values()))


@cache
def _hasher() -> ThreadPoolExecutor:
    """One thread that hashes while DuckDB inserts: both take their time outside of Python's lock."""
    return ThreadPoolExecutor(1, "hasher")


def _among(rowids: Sequence[int]) -> str:
    """SQL that picks these rows, given as $rowids; the bounds let DuckDB skip row groups."""
    low, high = int(min(rowids)), int(max(rowids))
    return f"rowid BETWEEN {low} AND {high} AND rowid IN (SELECT unnest($rowids::BIGINT[]))"
