"""`apply` of batches of 5,000 events into stores that hold 10^5, 10^6 and 10^7 events already, in process, on a file.

`--stored 100000000` measures at 10^8 too: it takes minutes and 10 GB of disk to fill.

The batches are the simulator's life, judged by the engine as the worker does it; only `apply` and `facts` are timed.
What is stored before is a longer history at the same pace (the more is stored, the longer ago it began), a tenth of
it of people of the batches but at most 200 events of each (nobody has thousands), inserted straight into the tables
in the order of time.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from expectations.contract.decode import Record
from expectations.policy import load
from expectations.readings import of_clauses
from infra.clock import WallClock
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.benchmarks.backlog import DAYS, PER_SUBJECT, START, simulated
from tests.benchmarks.figures import Figures
from tests.support.pipeline import Line

SIZE, WARM, TIMED = 5_000, 1, 9  # events of a batch; batches before timing, batches timed
NEVER = 10**12
MOST = 200  # events that a person of the batches has in the history
TOPIC = "crm.events"  # of all: the store does not mind, and one range keeps the reads simple

# Rows $low to $high of a history of $stored, $pace microseconds apart, the last of them just before $until.
_HISTORY = """
    CREATE OR REPLACE TEMP TABLE history AS
    SELECT range AS n, $until - to_microseconds(CAST(($stored - range) * $pace AS BIGINT)) AS time,
        '/history' AS source, 'h' || range AS id, 0 AS batch, time AS recorded_at, ''::BLOB AS salt,
        CASE WHEN range % $every = 0 THEN p.name
            ELSE 'h-' || hash(range % greatest($stored // 20, 1))::VARCHAR END AS subject
    FROM range($low, $high) LEFT JOIN people p ON p.place = (range // $every) % $people
"""
_FILL = (
    """INSERT INTO events BY NAME
    SELECT source, id, 'crm' AS system, subject, time,
        CASE WHEN n % $disclosed_every = 3 THEN 'data.disclosed' ELSE 'crm.record_changed' END AS type,
        CASE WHEN n % $disclosed_every = 3
            THEN '{"recipient_country":"' || ['NL', 'DE', 'US', 'IN'][1 + n % 4] || '","safeguards":["scc"]}'
            ELSE '{"purpose":"relation_management","fields":["name","company"],"change":' || n || '}'
        END AS data,
        CASE WHEN n % $disclosed_every = 3 THEN 'r-' || n % 97 END AS recipient,
        sha256(n::VARCHAR) AS digest, CASE WHEN n % 50 = 0 THEN 'a-' || n % 97 END AS agreement,
        'GEN-1 GEN-2 GEN-3 GEN-4' AS passed, '2018-05-25' AS policy_version, FALSE AS held,
        'history.events' AS topic, (n % 4)::INTEGER AS "partition", n // 4 AS "offset", batch, recorded_at, salt,
        md5_number_lower(subject) AS subject_key
    FROM history ORDER BY n""",
    """INSERT INTO facts BY NAME
    SELECT subject AS entity, 'consented' AS kind, 'newsletter' AS about, time, source, id, TRUE AS revises, batch, salt
    FROM history WHERE n % 5 = 0 ORDER BY n""",
    """INSERT INTO verdicts BY NAME
    SELECT md5('v' || n) AS finding, 'NEWS-3' AS clause, source, id, 'breach' AS outcome, 'critical' AS severity,
        'crm' AS system, 'crm.record_changed' AS type, subject, time, '2018-05-25' AS policy_version, '{}' AS evidence,
        recorded_at AS believed_from, salt
    FROM history WHERE n % $breach_every = 0 ORDER BY n""",
    """INSERT INTO obligations BY NAME
    SELECT md5('o' || n) AS finding, 'NEWS-5' AS clause, source, id, '' AS key, 'high' AS severity,
        'newsletter' AS system, 'newsletter.unsubscribed' AS type, subject, subject AS entity, time AS opened_at,
        '2018-05-25' AS policy_version,
        [{'clock': 'promise', 'since': time, 'due_at': time + INTERVAL 1 DAY}] AS clocks,
        time + INTERVAL 1 HOUR AS met_at, [] AS suspensions, 'pass' AS outcome, '{}' AS evidence,
        recorded_at AS believed_from, salt, md5_number_lower(subject) AS entity_key
    FROM history WHERE n % $owed_every = 7 ORDER BY n""",
    """INSERT INTO minutes
    SELECT 'crm', date_trunc('minute', time), count(*) FROM history GROUP BY ALL ORDER BY 2""",
    """INSERT INTO counts
    SELECT unnest(['GEN-1', 'GEN-2', 'GEN-3', 'GEN-4']), 'crm', date_trunc('hour', time), '2018-05-25', 'pass', count(*)
    FROM history GROUP BY date_trunc('hour', time) ORDER BY 3""",
)
_PIECE = 5_000_000  # rows of history in one transaction: 10^8 at once would fill the memory


def measure(folder: Path, sizes: list[int], figures: Figures, keep: bool = False) -> None:
    """Prints what a batch costs at each size, and how many times the first. `keep`: the stores stay as filled."""
    events = SIZE * (WARM + TIMED)
    lines = simulated(events * 5 // 4 // PER_SUBJECT)[:events]
    rows: list[list[Any]] = []
    first = None
    for stored in sizes:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{stored}.duckdb"
        if not file.exists():
            filled = fill(file, stored, lines)
            figures.say(f"{stored:,} events stored in {filled:.1f} s, file {file.stat().st_size / 1e6:,.0f} MB")
        used = shutil.copyfile(file, folder / "used.duckdb") if keep else file
        applied, facts, kept = _time(used, lines)
        middle = statistics.median(applied)
        first = first or middle
        rows.append([stored, middle, max(applied), middle / first, SIZE / middle, statistics.median(facts), kept])
        used.unlink()
    figures.table(
        f"apply of {SIZE:,} events",
        ["stored before", "median s", "most s", "times the first", "events/s", "facts, median s", "of them new"],
        rows,
        f"{TIMED} batches after {WARM}, in process, on a file; `facts`: the look-up of their subjects' facts.",
    )


def fill(file: Path, stored: int, lines: list[Line]) -> float:
    """Makes a store of so many events, some of them of the people of `lines`; returns the seconds it took."""
    return history(file, stored, _people(lines), until=START, pace=DAYS * 86_400e6 / len(lines))


def history(
    file: Path, stored: int, people: Any, *,
    until: datetime, pace: float, breaches: int = 20, owed: int = 20, disclosed: int = NEVER,
) -> float:  # fmt: skip
    """The same, the last event just before `until`, `pace` microseconds apart; every so many a breach, an obligation, a
    disclosure.

    `people`: subjects that have at most MOST of the events each (`place`, `name`).
    """
    Store(file).close()  # its tables
    began = time.perf_counter()
    every = max(10, stored // (MOST * len(people)))
    given = {"every": every, "until": until, "stored": stored, "pace": pace, "people": len(people)}
    shares = {"$breach_every": str(breaches), "$owed_every": str(owed), "$disclosed_every": str(disclosed)}
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("people", people)
        for low in range(0, stored, _PIECE):
            connection.execute("BEGIN")
            connection.execute(_HISTORY, {**given, "low": low, "high": min(low + _PIECE, stored)})
            for statement in _FILL:
                for name, value in shares.items():
                    statement = statement.replace(name, value)
                connection.execute(statement)
            connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    return time.perf_counter() - began


def _people(lines: list[Line]) -> Any:
    """Subjects of the batches: `place`, `name`."""
    found: dict[str, None] = {}
    for line in lines:
        try:
            event = msgspec.json.decode(line.value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(event, dict) and isinstance(subject := event.get("subject"), str):
            found[subject] = None
    return pa.table({"place": pa.array(range(len(found)), pa.int64()), "name": list(found)})


def _time(file: Path, lines: list[Line]) -> tuple[list[float], list[float], int]:
    """Seconds of each `apply` and of each look-up of facts; how many events of the batches were new."""
    applied, facts, kept = [], [], 0
    with Store(file) as store:
        claim = store.claim([0], "bench")
        pipeline = Pipeline(store, Engine(load(clauses=of_clauses())), b"bench", WallClock(), dict(claim.epochs))
        for number, taken in enumerate(_batches(lines)):
            before = dict(pipeline.spent)
            answer = pipeline.records([taken])
            if number >= WARM:
                applied.append(pipeline.spent["apply"] - before["apply"])
                facts.append(pipeline.spent["facts"] - before["facts"])
                kept += answer.stored
    return applied, facts, kept


def _batches(lines: list[Line]) -> Iterator[Taken]:
    for first in range(0, len(lines), SIZE):
        some = lines[first : first + SIZE]
        records = [
            Record(line.value, line.key.encode(), (), TOPIC, 0, offset) for offset, line in enumerate(some, first)
        ]
        yield Taken(TOPIC, 0, first, first + len(some), records)
