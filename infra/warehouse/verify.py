"""Whether the warehouse holds what its transactions stored: every link of the chain, and every row's leaf.

The chain says which rows each transaction added and took out (their leaves). What was added and not taken out has to
be there, and nothing else. A row taken out by right (erased, beyond its term) leaves its leaf and breaks nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from infra.warehouse import chain
from infra.warehouse.chain import HEADER, START, Head
from infra.warehouse.kept import KEPT
from infra.warehouse.leaves import COLUMNS, LEAF, leaves

_ROWS = 100_000  # in one piece
MOST = 1_000  # faults told
# What names a row to a person.
_NAMES = {
    "verdicts": "clause || ' ' || source || ' ' || id || ', finding ' || finding",
    "obligations": "clause || ' ' || source || ' ' || id || ', finding ' || finding",
    "facts": "kind || ' of ' || source || ' ' || id",
    "quarantine": "reason || coalesce(' at ' || topic || '[' || \"partition\" || '] ' || \"offset\", '')",
    **{table: schema.names[0] for table, schema in KEPT.items()},
}
_NAME = "source || ' ' || id"
# The transaction that a row says of itself.
_BATCH = {
    **dict.fromkeys(("events", "facts", "quarantine"), "batch"),
    **dict.fromkeys(
        ("verdicts", "obligations"), "(SELECT min(s.batch) FROM batches s WHERE s.recorded_at = believed_from)"
    ),
}


@dataclass(frozen=True)
class Fault:
    """What does not agree. `kind`: changed, removed, inserted, rolled back."""

    kind: str
    table: str
    row: str  # what it is, for a person; for a removed row its leaf, hexadecimal
    batch: int | None  # the transaction concerned

    def words(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Verified:
    """The head that the faults, if any, were found up to."""

    head: Head | None
    rows: int
    faults: list[Fault]

    def words(self) -> dict[str, Any]:
        """As JSON."""
        head = self.head.words() if self.head else None
        return {"head": head, "rows": self.rows, "faults": [each.words() for each in self.faults]}

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Verified:
        """From JSON."""
        head = Head.of(words["head"]) if words["head"] else None
        return cls(head, words["rows"], [Fault(**each) for each in words["faults"]])


def verify(cursor: Any, known: Head | None = None) -> Verified:
    """Check everything stored, in one moment. `known`: a head that was noted before; it has to be on the chain."""
    cursor.begin()
    try:
        with closing(duckdb.connect()) as aside:  # spills to disk, and asks the store for nothing
            aside.execute("SET enable_progress_bar = false")
            aside.execute("CREATE TABLE noted (table_name VARCHAR, leaf BLOB, batch BIGINT, added BOOLEAN)")
            aside.execute("CREATE TABLE found (table_name VARCHAR, leaf BLOB, batch BIGINT, name VARCHAR)")
            head, faults = _links(cursor, aside, known)
            rows = sum(_stored(cursor, aside, table) for table in COLUMNS)
            faults += _compared(aside)
        return Verified(head, rows, faults[:MOST])
    finally:
        cursor.rollback()


def _links(cursor: Any, aside: Any, known: Head | None) -> tuple[Head | None, list[Fault]]:
    """Walk the chain; notes every leaf. Returns its last head, and what is wrong with it."""
    faults: list[Fault] = []
    before, last, seen = START, None, known is None
    columns = ", ".join(f'"{name}"' for name in HEADER)
    reader = cursor.sql(f"SELECT {columns}, salt, leaf, chain, leaves FROM batches ORDER BY batch").to_arrow_reader(
        1_000
    )
    for row in (row for piece in reader for row in piece.to_pylist()):
        number = row["batch"]
        expected = last.batch + 1 if last else 1
        if number != expected:
            faults.append(Fault("removed", "batches", f"transactions {expected} to {number - 1} are missing", number))
        leaf, linked = chain.link(before, row["salt"], row, row["leaves"])
        if (leaf, linked) != (row["leaf"], row["chain"]):
            faults.append(Fault("changed", "batches", f"transaction {number} is not what was stored", number))
        if known is not None and number == known.batch:
            seen = True
            if row["chain"] != known.chain:
                faults.append(
                    Fault("changed", "batches", f"transaction {number} is another than the one noted", number)
                )
        before, last = row["chain"], Head(number, row["chain"], row["recorded_at"])
        _note(aside, number, json.loads(row["changes"]), row["leaves"])
    if known is not None and not seen:
        there = last.batch if last else 0
        faults.append(
            Fault("rolled back", "batches", f"they end with {there}, before the noted {known.batch}", known.batch)
        )
    return last, faults


def _note(aside: Any, batch: int, changes: list[tuple[str, bool, int]], packed: bytes) -> None:
    at = 0
    for table, added, count in changes:
        piece = packed[at : at + count * LEAF]
        at += count * LEAF
        noted = pa.table({"leaf": _cut(piece)})
        aside.register("piece", noted)
        aside.execute("INSERT INTO noted SELECT ?, leaf, ?, ? FROM piece", [table, batch, added])
        aside.unregister("piece")


def _stored(cursor: Any, aside: Any, table: str) -> int:
    """Put down the leaf of every row that is there; returns how many."""
    names = ", ".join(f'"{name}"' for name in COLUMNS[table])
    told, batch = _NAMES.get(table, _NAME), _BATCH.get(table, "NULL")
    reader = cursor.sql(
        f"SELECT {names}, salt, {told} AS told_name, CAST({batch} AS BIGINT) AS told_batch FROM {table}"
    ).to_arrow_reader(_ROWS)
    rows = 0
    for piece in _frames(reader):
        found = piece.select(name=pl.col("told_name"), batch=pl.col("told_batch")).to_arrow()
        aside.register("piece", found.append_column("leaf", _cut(leaves(table, piece))))
        aside.execute("INSERT INTO found SELECT ?, leaf, batch, name FROM piece", [table])
        aside.unregister("piece")
        rows += len(piece)
    return rows


def _frames(reader: Any) -> Iterator[pl.DataFrame]:
    for batch in reader:
        found = pl.from_arrow(batch)
        assert isinstance(found, pl.DataFrame)
        if len(found):
            yield found


def _cut(packed: bytes) -> Any:
    """Leaves that follow each other, as a column."""
    count = len(packed) // LEAF
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(LEAF), count, [None, pa.py_buffer(packed)]).cast(pa.binary())


def _compared(aside: Any) -> list[Fault]:
    """Rows that should be there and are not, and rows that are there and should not be."""
    aside.execute("""
        CREATE TABLE wrong AS
        WITH owed AS (
            SELECT table_name, leaf, sum(CASE WHEN added THEN 1 ELSE -1 END) AS n, max(batch) AS batch
            FROM noted GROUP BY ALL
        ),
        there AS (
            SELECT table_name, leaf, count(*) AS n, any_value(batch) AS batch, any_value(name) AS name
            FROM found GROUP BY ALL
        )
        SELECT table_name, leaf, coalesce(o.n, 0)::BIGINT AS owed, coalesce(t.n, 0)::BIGINT AS there,
            o.batch AS noted_in, t.batch AS said_in, t.name, o.leaf IS NOT NULL AS once_ours
        FROM owed o FULL JOIN there t USING (table_name, leaf)
        WHERE coalesce(o.n, 0) <> coalesce(t.n, 0)
    """)
    faults = [
        Fault("rolled back" if ours and not owed else "inserted", table, name, batch)
        for table, name, batch, ours, owed in aside.execute(
            "SELECT table_name, name, said_in, once_ours, owed FROM wrong WHERE there > owed"
            " ORDER BY table_name, said_in, name"
        ).fetchall()
    ]
    gone = aside.execute(
        "SELECT table_name, lower(hex(leaf)), noted_in FROM wrong WHERE there < owed"
        " ORDER BY table_name, noted_in, leaf"
    ).fetchall()
    return _paired(faults, [Fault("removed", *each) for each in gone])


def _paired(extra: list[Fault], gone: list[Fault]) -> list[Fault]:
    """A row that is too many and one that is missing, of one table and transaction, are one that was changed."""
    told: list[Fault] = []
    for each in extra:
        partner = next(
            (one for one in gone if one.table == each.table and (each.batch is None or one.batch == each.batch)), None
        )
        partner = partner or next((one for one in gone if one.table == each.table), None)
        if partner is None:
            told.append(each)
            continue
        gone.remove(partner)
        told.append(replace(each, kind="changed" if each.kind == "inserted" else each.kind, batch=partner.batch))
    return told + gone
