"""Work to be done again: which stored events may have been judged without something that is known now.

Rows are written in the transaction that stores the cause, and worked off in pieces: `history` gives the
events, `apply` with `Batch.revises` replaces their verdicts, and a row closes when no event of its scope is
left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from infra.warehouse.offsets import State
from infra.warehouse.registers import TYPES, homes
from infra.warehouse.schema import EVENTS, REJUDGE
from infra.warehouse.subjects import is_erased
from infra.warehouse.tables import IDENTITY, columns_of, instant, registered

_ROW: dict[str, Any] = {
    "partition": pl.Int32,
    "cause": pl.String,
    "entity": pl.String,
    "since": pl.Datetime("us", "UTC"),
    "not_before": pl.Datetime("us", "UTC"),
}
Position = tuple[datetime, str, str]  # time, source, id of an event
MOST_FACTS = 100_000  # of the entities whose events are judged again together: what bounds a piece besides its events
RULES = "rules"  # the cause of rows that concern every event: another policy file, or a mended rule


def open_rows(connection: Any, state: State, rows: Sequence[dict[str, Any]], now: datetime) -> int:
    """Write rows (keys: `_ROW`), one per partition, cause, entity and not_before; returns the last number."""
    if not rows:
        return state.rejudge
    merged = (
        pl.DataFrame([{name: row.get(name) for name in _ROW} for row in rows], schema=dict(_ROW))
        .group_by("partition", "cause", "entity", "not_before")
        .agg(pl.col("since").min())
        .sort("partition", "since", "cause", "entity", nulls_last=True)
        .with_row_index("rejudge", offset=state.rejudge + 1)
    )
    with registered(connection, work=merged):
        connection.execute(
            'INSERT INTO rejudge (rejudge, "partition", cause, entity, since, not_before, opened_at)'
            ' SELECT rejudge, "partition", cause, entity, since, not_before, $now FROM work',
            {"now": now},
        )
    return state.rejudge + len(merged)


def late_facts(connection: Any, facts: pl.DataFrame) -> list[dict[str, Any]]:
    """Entities with events at or after one of these facts: asked before the batch's own are stored."""
    told = facts.filter("revises").group_by("entity").agg(since=pl.col("time").min())
    if told.is_empty():
        return []
    floor = told["since"].to_list()
    with registered(connection, told=told):
        found = connection.sql(
            'SELECT DISTINCT e."partition", t.entity, t.since FROM told t JOIN events e'
            " ON e.subject_key = md5_number_lower(t.entity) AND e.subject = t.entity AND e.time >= t.since"
            f" WHERE e.time >= {instant(min(floor))}"
        ).fetchall()
    return [{"partition": p, "cause": "late_fact", "entity": entity, "since": since} for p, entity, since in found]


def register_changes(connection: Any, since: datetime) -> list[dict[str, Any]]:
    """Partitions with stored events at or after `since` that rest on an agreement or went to a recipient."""
    found = connection.sql(
        f'SELECT DISTINCT "partition" FROM events WHERE time >= {instant(since)}'
        " AND (agreement IS NOT NULL OR recipient IS NOT NULL)"
    ).fetchall()
    return [{"partition": partition, "cause": "register", "since": since} for (partition,) in found]


def told_elsewhere(connection: Any, facts: pl.DataFrame, events: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for the owners of entities of which these `facts` were stated elsewhere in the log, by events of subjects.

    And for those that a register event among `events` opened: its batch may not have known what is stored by now.
    Asked after register events are stored, so whichever of two transactions comes later writes the row.
    """
    subjects = events.filter(pl.col("subject").is_not_null()).select(*IDENTITY, "subject")
    others = facts.filter(~pl.col("entity").is_in(subjects["subject"].unique().implode()))
    elsewhere = others.join(subjects, on=list(IDENTITY), how="semi")
    opened = events.filter(pl.col("type").is_in(TYPES) & pl.col("entity").is_not_null())
    told = pl.concat([elsewhere.select("entity", "time"), opened.select("entity", "time")])
    since = dict(told.group_by("entity").agg(pl.col("time").min()).rows())
    return [
        {"partition": partition, "cause": "told_elsewhere", "entity": entity, "since": since[entity]}
        for partition, entity in (homes(connection, since) if since else ())
    ]


def held_events(events: pl.DataFrame) -> list[dict[str, Any]]:
    """A row for each subject and instant at which a held event's time comes."""
    held = events.filter("held").select("partition", "subject", "time").unique()
    return [
        {"partition": p, "cause": "held", "entity": subject, "since": time, "not_before": time}
        for p, subject, time in held.rows()
    ]


def everything(connection: Any, since: datetime) -> list[dict[str, Any]]:
    """A row for each partition with events at or after `since`: all of them are to be judged again."""
    found = connection.sql(f'SELECT DISTINCT "partition" FROM events WHERE time >= {instant(since)}').fetchall()
    return [{"partition": partition, "cause": RULES, "since": since} for (partition,) in found]


def stored(cursor: Any, since: datetime, after: Position | None, limit: int) -> Any:
    """Stored events at or after `since` and beyond `after`: EVENTS by time, source, id."""
    return _piece(cursor, since, "", after, limit)


def _piece(cursor: Any, floor: datetime, scope: str, after: Position | None, limit: int) -> Any:
    """The next events at or after `floor` and beyond `after` that also meet `scope` (SQL that begins with AND)."""
    beyond, parameters = "", dict[str, Any]()
    if after is not None:
        floor = max(floor, after[0])
        beyond = "AND (time > $time OR (time = $time AND (source, id) > ($source, $id)))"
        parameters = {"time": after[0], "source": after[1], "id": after[2]}
    # Which they are is found by few columns; the others are read of those alone.
    chosen = (
        f"SELECT rowid FROM events WHERE time >= {instant(floor)} AND NOT {is_erased()} {scope} {beyond}"
        f" ORDER BY time, source, id LIMIT {int(limit)}"
    )
    table = cursor.sql(
        f"SELECT {columns_of(EVENTS)} FROM events WHERE time >= {instant(floor)} AND rowid IN ({chosen})"
        " ORDER BY time, source, id",
        params=parameters,
    ).to_arrow_table()
    return table.cast(EVENTS)


def causes(connection: Any, numbers: Sequence[int]) -> set[str]:
    """Why these rows are open."""
    return set(_work(connection, numbers)["cause"])


def pending(cursor: Any, partitions: Sequence[int], now: datetime) -> Any:
    """The oldest open rows of these partitions whose time has come: REJUDGE.

    As many as can be worked off together: with at most `MOST_FACTS` facts of their entities, or one row.
    """
    table = cursor.sql(
        f"WITH due AS (SELECT {columns_of(REJUDGE)} FROM rejudge WHERE closed_at IS NULL"
        ' AND "partition" IN (SELECT unnest($partitions::INTEGER[])) AND coalesce(not_before <= $now, TRUE)),'
        " told AS (SELECT entity, count(*) AS facts FROM facts WHERE entity IN (SELECT entity FROM due) GROUP BY ALL)"
        f" SELECT {columns_of(REJUDGE)} FROM due LEFT JOIN told USING (entity)"
        " WINDOW oldest AS (ORDER BY rejudge ROWS UNBOUNDED PRECEDING)"
        " QUALIFY sum(coalesce(facts, 0)) OVER oldest <= $most OR row_number() OVER oldest = 1 ORDER BY rejudge",
        params={"partitions": list(partitions), "now": now, "most": MOST_FACTS},
    ).to_arrow_table()
    return table.cast(REJUDGE)


def _scope(work: pl.DataFrame, floor: datetime, columns: str) -> str:
    """SQL of the events in the scopes of the rows registered as `work`, from `floor` on."""
    floored = f"e.time >= {instant(floor)}"
    after = (
        "(w.done_time IS NULL OR e.time > w.done_time"
        " OR (e.time = w.done_time AND (e.source, e.id) > (w.done_source, w.done_id)))"
    )
    joined = f'SELECT {columns} FROM work w JOIN events e ON e."partition" = w."partition" AND e.time >= w.since'
    held, every = pl.col("cause") == "held", pl.col("cause") == RULES
    register = pl.col("entity").is_null() & ~every
    parts = []
    if len(work.filter(held)):
        parts.append(
            f"{joined} WHERE w.cause = 'held' AND e.held AND e.time <= w.not_before"
            f" AND (w.entity IS NULL OR w.entity = e.subject) AND {after} AND {floored}"
        )
    if len(work.filter(~held & register)):
        parts.append(
            f"{joined} WHERE w.cause NOT IN ('held', '{RULES}') AND w.entity IS NULL"
            f" AND (e.agreement IS NOT NULL OR e.recipient IS NOT NULL) AND {after} AND {floored}"
        )
    if len(work.filter(every)):
        parts.append(f"{joined} WHERE w.cause = '{RULES}' AND {after} AND {floored}")
    if len(work.filter(~held & ~register & ~every)):
        parts.append(
            f"{joined} AND e.subject_key = md5_number_lower(w.entity) AND e.subject = w.entity"
            f" WHERE w.cause <> 'held' AND {after} AND {floored}"
        )
    return " UNION ALL ".join(parts)


def _work(connection: Any, numbers: Sequence[int]) -> pl.DataFrame:
    return connection.sql(  # type: ignore[no-any-return]
        'SELECT rejudge, "partition", cause, entity, since, not_before, done_time, done_source, done_id'
        " FROM rejudge"
        " WHERE closed_at IS NULL AND rejudge IN (SELECT unnest($numbers::BIGINT[]))",
        params={"numbers": list(numbers)},
    ).pl()


def history(cursor: Any, numbers: Sequence[int], after: Position | None, limit: int) -> Any:
    """The next events in the scopes of these rows (EVENTS by time, source, id), after what is done."""
    work = _work(cursor, numbers)
    if work.is_empty():
        return EVENTS.empty_table()
    floor = min(max(since, done or since) for since, done in work.select("since", "done_time").rows())
    floor = max(floor, after[0]) if after else floor
    with registered(cursor, work=work):
        return _piece(cursor, floor, f"AND rowid IN ({_scope(work, floor, 'e.rowid')})", after, limit)


def close(connection: Any, numbers: Sequence[int], last: Position | None, now: datetime) -> int:
    """Note a piece that ended with the event `last` (None: it was empty); rows with nothing left are closed.

    Returns how many of these rows stay open.
    """
    work = _work(connection, numbers)
    left: list[int] = []
    if last is not None and len(work):
        time, source, name = last
        further = work.with_columns(
            done_time=pl.lit(time, pl.Datetime("us", "UTC")), done_source=pl.lit(source), done_id=pl.lit(name)
        )
        with registered(connection, work=further):
            left = [
                n
                for (n,) in connection.sql(
                    f"SELECT DISTINCT rejudge FROM ({_scope(work, time, 'w.rejudge')})"
                ).fetchall()
            ]
        if left:
            connection.execute(
                "UPDATE rejudge SET done_time = ?, done_source = ?, done_id = ?"
                " WHERE rejudge IN (SELECT unnest(?::BIGINT[]))",
                [time, source, name, left],
            )
    closed = sorted(set(work["rejudge"].to_list()) - set(left))
    connection.execute("UPDATE rejudge SET closed_at = ? WHERE rejudge IN (SELECT unnest(?::BIGINT[]))", [now, closed])
    return len(left)
