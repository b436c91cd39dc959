"""The canonical tables: what is true, sorted, without how it came to be.

Two runs over the same set of events, in any order and by any number of workers, export the same bytes. Left
out are recording times, epochs, batches, register numbers, log positions and what was believed before. The digest of
an event with a personal value is keyed: only runs of one installation's key share it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from infra.warehouse.aggregates import COUNT_KEYS, counts_of
from infra.warehouse.tables import instant, registered

FILES = ("events", "facts", "findings", "obligations", "counts", "quarantine")
_JSON = ("data", "evidence")
_ROWS = 10_000


def _statements(t: str, hour: str) -> dict[str, str]:
    return {
        "events": "SELECT source, id, system, type, subject, time, data, digest, agreement, recipient,"
        f" passed, policy_version FROM events WHERE time <= {t} ORDER BY source, id, time, digest",
        "facts": 'SELECT entity, kind, about, link, word, flag, "at", jurisdiction, time, source, id FROM facts'
        f' WHERE time <= {t} ORDER BY entity, kind, time, source, id, about, link, word, flag, "at"',
        "findings": "SELECT finding, clause, source, id, key, outcome, severity, system, type, subject, time,"
        f" policy_version, evidence, missing, state, due_at FROM findings_as_of({t})"
        " ORDER BY clause, source, id, key, finding, time",
        "obligations": "SELECT finding, clause, source, id, key, severity, system, type, subject, entity,"
        " opened_at, policy_version, clocks, met_at, cancelled_at, suspensions, undecided, outcome, evidence,"
        f" due_at, state FROM obligations_as_of({t}) ORDER BY clause, source, id, key, finding",
        # Whole hours from the counts that the pages read; the hour of T itself from `late`, which ends at T.
        "counts": "SELECT clause, system, strftime(hour, '%Y-%m-%d') AS day, policy_version, outcome,"
        f" sum(n)::BIGINT AS n FROM (SELECT * FROM counts WHERE hour < {hour} UNION ALL BY NAME FROM late)"
        " GROUP BY ALL HAVING sum(n) <> 0 ORDER BY clause, system, day, policy_version, outcome",
        "quarantine": "SELECT reason, detail, count(DISTINCT coalesce(digest, ''))::BIGINT AS n"
        " FROM quarantine GROUP BY ALL ORDER BY reason, detail",
    }


def _plain(value: Any) -> Any:
    """JSON of one value: instants in UTC with microseconds, lists in the order of their content."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted((_plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value


def _lines(cursor: Any, sql: str) -> Iterator[str]:
    reader = cursor.sql(sql).to_arrow_reader(_ROWS)
    for batch in reader:
        for row in batch.to_pylist():
            plain = {
                name: json.loads(value) if name in _JSON and value else _plain(value) for name, value in row.items()
            }
            yield json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def _hour_of(cursor: Any, hour: datetime, as_of: datetime) -> pl.DataFrame:
    """Counts of the hour of T, from its events and verdicts up to T."""
    span = f"time BETWEEN {instant(hour)} AND {instant(as_of)}"
    events = cursor.sql(f"SELECT system, time, policy_version, passed FROM events WHERE {span}").pl()
    verdicts = cursor.sql(
        f"SELECT clause, system, time, policy_version, outcome FROM verdicts WHERE believed_to IS NULL AND {span}"
    ).pl()
    return counts_of(events, verdicts).select(*COUNT_KEYS, "n")


def export(cursor: Any, directory: Path, as_of: datetime) -> dict[str, int]:
    """Write the canonical tables as of T into `directory`, a JSON Lines file each; returns rows per file."""
    directory.mkdir(parents=True, exist_ok=True)
    as_of = as_of.astimezone(UTC)
    hour = as_of.replace(minute=0, second=0, microsecond=0)
    written = {}
    cursor.begin()  # one moment for all files
    try:
        late = _hour_of(cursor, hour, as_of)
        with registered(cursor, late=late):
            for name, sql in _statements(instant(as_of), instant(hour)).items():
                partial = directory / f".{name}.jsonl"
                with partial.open("w", encoding="utf-8", newline="\n") as file:
                    rows = 0
                    for line in _lines(cursor, sql):
                        file.write(line)
                        rows += 1
                partial.replace(directory / f"{name}.jsonl")
                written[name] = rows
    finally:
        cursor.rollback()
    return written
