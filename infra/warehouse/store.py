"""The store: one DuckDB file and every call on it, in process. `server.py` serves them over Arrow Flight.

Writes go through one lock and one connection; reads run on cursors of their own and never wait for a write.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from infra import logs
from infra.warehouse import canonical, kept, leases, offsets, rejudge, retention, subjects
from infra.warehouse.aggregates import Compactor
from infra.warehouse.answers import Applied, Broken, Claim, Fenced, Gap, Stale, TimedOut, WarehouseError
from infra.warehouse.apply import apply as apply_batch
from infra.warehouse.backup import copy, rewrite
from infra.warehouse.chain import Head
from infra.warehouse.flips import flips
from infra.warehouse.migrate import migrate
from infra.warehouse.queries import bound, statement
from infra.warehouse.reconcile import reconcile, reconciled, suspects
from infra.warehouse.registers import registers_since
from infra.warehouse.retention import Terms
from infra.warehouse.schema import EVENTS, FACTS, Batch
from infra.warehouse.tables import columns_of, registered, transaction
from infra.warehouse.verify import Verified, verify

__all__ = ["Applied", "Broken", "Claim", "Fenced", "Gap", "Stale", "Store", "TimedOut", "WarehouseError"]

logger = logs.get("warehouse")

QUERY_SECONDS = 10.0
PIECE = 1 << 20  # bytes of a backup


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def _connect(path: Path | str) -> Any:
    try:
        connection = duckdb.connect(str(path), config={"preserve_insertion_order": "true"})
    except duckdb.IOException as fault:
        if "lock" in str(fault).lower():
            raise WarehouseError(f"{path} is open in another process: one warehouse a data directory") from fault
        raise WarehouseError(f"{path} cannot be opened: {fault}") from fault
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    # A checkpoint inside every third `apply` costs more than replaying this much after a crash (about 1 s).
    connection.execute("SET checkpoint_threshold = '128MB'")
    # Heartbeats are worth no fsync: they live in memory, beside the file.
    connection.execute("ATTACH ':memory:' AS live")
    connection.execute(
        "CREATE TABLE live.beats (worker VARCHAR, partitions INTEGER, behind BIGINT, rules VARCHAR,"
        " seen_at TIMESTAMPTZ, read_to TIMESTAMPTZ)"
    )
    return connection


class Store:
    """The warehouse in this process. `path` ":memory:" keeps nothing. Thread-safe. `clock` is its *now*."""

    def __init__(self, path: Path | str, *, clock: Callable[[], datetime] = wall_clock) -> None:
        self._clock = clock
        self._path = None if str(path) == ":memory:" else Path(path)
        self._lock = threading.RLock()
        self._rewrite_where_erased()
        self._connection = _connect(path)
        try:
            self.schema = migrate(self._connection)
            self._state = offsets.load(self._connection)
        except BaseException:
            self._connection.close()
            raise
        self._compactor = Compactor()

    def _mark(self) -> Path | None:
        """The file beside the store that says that rows were erased since it was written anew."""
        return None if self._path is None else self._path.with_name(f"{self._path.name}.erased")

    def _rewrite_where_erased(self) -> None:
        mark = self._mark()
        if mark is None or not mark.exists() or self._path is None or not self._path.exists():
            return
        try:
            rewrite(self._path)
        except duckdb.Error as fault:  # no room, or open elsewhere: it is tried again at the next start
            logger.warning("rewrite_failed", fault=type(fault).__name__)
            return
        mark.unlink(missing_ok=True)

    @contextmanager
    def _reading(self, seconds: float | None = None) -> Iterator[Any]:
        cursor = self._connection.cursor()
        over = threading.Event()

        def stop() -> None:
            over.set()
            cursor.interrupt()

        timer = threading.Timer(seconds or 0, stop)
        timer.daemon = True
        if seconds is not None:
            timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as fault:
            if over.is_set():
                raise TimedOut(f"stopped after {seconds:g} s") from fault
            raise
        except duckdb.FatalException as fault:
            raise Broken(f"the store is invalid until it is opened again: {fault}") from fault
        finally:
            timer.cancel()
            cursor.close()

    @contextmanager
    def _writing(self) -> Iterator[datetime]:
        with self._lock:
            try:
                yield self._state.tick(self._clock())
            except (duckdb.FatalException, duckdb.IOException) as fault:
                raise Broken(f"the store is invalid until it is opened again: {fault}") from fault

    def claim(self, partitions: Sequence[int], worker: str) -> Claim:
        """Own these partition numbers, in all topics: new epochs, the next offsets, the register number."""
        with self._writing() as now:
            return offsets.claim(self._connection, self._state, partitions, worker, now)

    def log(self, cluster: str, topics: Mapping[str, str], partitions: int) -> None:
        """Say which log is read: cluster, topic -> topic id, partitions of each topic.

        Raises WarehouseError when the number of partitions is another than before, AnotherLog when it is not the log
        that was read so far, unless `accept_log` was called since.
        """
        with self._writing() as now:
            offsets.identify(self._connection, self._state, cluster, topics, partitions, now)

    def accept_log(self, reason: str) -> list[str]:
        """Have the log that `log` refused read from its beginning; returns the topics of which that is true."""
        with self._writing() as now:
            return offsets.accept_log(self._connection, self._state, reason, now)

    def accept_gap(self, topic: str, partition: int, reason: str) -> int:
        """Accept the hole that `apply` refused there; returns the offset from which it is read on."""
        with self._writing() as now:
            return offsets.accept_gap(self._connection, self._state, topic, partition, reason, now)

    def beat(
        self, worker: str, partitions: int, behind: int, rules: str = "", unread: Sequence[tuple[str, int]] = ()
    ) -> None:
        """A worker is alive, owns so many partitions, is so many records behind and judges by these rules (digest).

        `unread`: those of its (topic, partition) that were not read to their end. Kept in memory only.
        """
        with self._writing():
            now = self._clock()
            self._connection.execute("DELETE FROM live.beats WHERE worker = ?", [worker])
            self._connection.execute(
                "INSERT INTO live.beats VALUES (?, ?, ?, ?, ?, ?)",
                [worker, partitions, behind, rules, now, offsets.read_to(self._state, unread, now)],
            )

    def facts(self, entities: Sequence[str]) -> tuple[int, Any]:
        """All facts of these entities (FACTS), and the transaction up to which they are all."""
        number = self._state.batch  # read first: what is stored meanwhile may be among them, and counts as newer
        names = pl.DataFrame({"entity": list(dict.fromkeys(entities))}, schema={"entity": pl.String})
        with self._reading() as cursor, registered(cursor, named=names):
            table = cursor.sql(
                f"SELECT {columns_of(FACTS)} FROM facts WHERE entity IN (SELECT entity FROM named)"
            ).to_arrow_table()
        return number, table.cast(FACTS)

    def views(self, subjects: Sequence[str]) -> Any:
        """Stored views of pages by these subjects, which are kept as events only: EVENTS, in no order."""
        names = pl.DataFrame({"subject": list(subjects)}, schema={"subject": pl.String})
        with self._reading() as cursor, registered(cursor, named=names):
            table = cursor.sql(
                f"SELECT {columns_of(EVENTS)} FROM events WHERE type = 'website.page_viewed'"
                " AND subject_key IN (SELECT md5_number_lower(subject) FROM named)"
                " AND subject IN (SELECT subject FROM named)"
            ).to_arrow_table()
        return table.cast(EVENTS)

    def registers(self, since: int) -> tuple[int, Any]:
        """The register number, and the register rows with a number above `since` (REGISTERS)."""
        with self._reading() as cursor:
            return registers_since(cursor, since)

    def pending(self, partitions: Sequence[int], now: datetime) -> Any:
        """Open rejudge rows of these partitions whose time has come: REJUDGE, oldest first."""
        with self._reading() as cursor:
            return rejudge.pending(cursor, partitions, now)

    def history(
        self,
        rejudge_rows: int | Sequence[int],
        after: tuple[datetime, str, str] | None = None,
        limit: int = 5000,
    ) -> Any:
        """The next events that one or several rejudge rows ask to judge again: EVENTS by time, source, id.

        What earlier pieces worked off is left out; `after` (time, source, id) leaves out more.
        """
        numbers = [rejudge_rows] if isinstance(rejudge_rows, int) else list(rejudge_rows)
        with self._reading() as cursor:
            return rejudge.history(cursor, numbers, after, limit)

    def stored(self, since: datetime, after: tuple[datetime, str, str] | None = None, limit: int = 5000) -> Any:
        """Events at or after `since`, and beyond `after` (time, source, id): EVENTS by time, source, id."""
        with self._reading() as cursor:
            return rejudge.stored(cursor, since, after, limit)

    def flips(self, batch: Batch) -> Any:
        """What applying this batch of stored events, judged again, would change; see `flips.flips`. Writes nothing.

        Raises Stale (judged with old registers).
        """
        with self._writing() as now:
            if batch.registers < self._state.registers:
                raise Stale(self._state.registers, registers_since(self._connection, batch.registers)[1])
            return flips(self._connection, batch, now).to_arrow()

    def rejudge(self, since: datetime) -> int:
        """Have every event at or after `since` judged again, by whoever owns its partition; returns rows opened."""
        with self._writing() as now, transaction(self._connection):
            rows = rejudge.everything(self._connection, since)
            last = rejudge.open_rows(self._connection, self._state, rows, now)
            self._state.rejudge = last
            return len(rows)

    def apply(self, batch: Batch) -> Applied:
        """Store a batch in one transaction; answering means committed. Repeating it changes nothing.

        Raises Fenced (old epoch), Gap (does not begin at the stored next offset), Stale (judged with old
        registers); then nothing is written.
        """
        with self._writing() as now:
            answer = apply_batch(self._connection, self._state, batch, now)
            self._compactor.compact(self._connection)
            return answer

    def reconcile(self) -> int:
        """Resolve contents of one identity stored under different times; returns how many were removed."""
        with self._lock:
            since, upto = self._state.reconciled, self._state.batch
        with self._reading() as cursor:  # the long look waits for no write and delays none
            found = since < upto and suspects(cursor, since)
        with self._writing() as now:
            removed = reconcile(self._connection, self._state, since, now) if found else 0
            reconciled(self._connection, self._state, upto, now)
            return removed

    def lease(self, name: str, holder: str, seconds: float, gone: str = "") -> int:
        """Hold what only one may do at a time, for so long; its token. `gone`: who ended. Raises Held."""
        with self._writing() as now:
            return leases.take(self._connection, name, holder, seconds, gone, now)

    def alert(self, token: int, changes: Mapping[str, Any]) -> int:
        """Store rows of `alerts`, `told` and `notices` in one transaction, each in the place of the one of its id.

        Returns rows changed; raises Held when the token of the lease `alerts` is another by now.
        """
        with self._writing() as now:
            leases.check(self._connection, "alerts", token)
            return kept.keep(self._connection, self._state, changes, now)

    def silence(self, rows: Any) -> int:
        """Store silences (SILENCES), each in the place of the one of its id; returns rows changed."""
        with self._writing() as now:
            return kept.keep(self._connection, self._state, {"silences": rows}, now)

    def query(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = QUERY_SECONDS,
        most: int | None = None,
    ) -> Any:
        """Run the named read-only query `queries/<name>.sql`; `now` is the clock's unless given.

        Raises TimedOut, and WarehouseError when it has more than `most` rows.
        """
        text = statement(name)
        with self._reading(seconds) as cursor:
            rows = cursor.sql(text, params=bound(name, parameters or {}, self._clock()))
            table = (rows if most is None else rows.limit(most + 1)).to_arrow_table()
        if most is not None and table.num_rows > most:
            raise WarehouseError(f"query {name!r} has more than {most} rows: ask for less at once")
        return table

    def export(self, directory: Path | str, as_of: datetime | None = None) -> dict[str, int]:
        """Write the canonical tables as of T (default: now) as sorted JSON Lines; returns rows per file."""
        with self._reading() as cursor:
            return canonical.export(cursor, Path(directory), as_of or self._clock())

    def verify(self, known: Head | None = None) -> Verified:
        """Check the chain of transactions and every row; `known`: a head noted before, which has to be on it."""
        with self._reading() as cursor:
            return verify(cursor, known)

    def subject(self, name: str, who: str, purpose: str, what: str = "export") -> dict[str, list[dict[str, Any]]]:
        """All that is stored of a subject, rows by table, once the look is noted, as `what` it was.

        Of a name that nothing is stored of only that somebody looked is noted: it may be no pseudonym at all.
        """
        with self._reading() as cursor:
            stored = subjects.is_stored(cursor, name)
        with self._writing() as now:
            subjects.look(self._connection, who, what, name if stored else None, purpose, now)
        with self._reading() as cursor:
            return subjects.collected(cursor, name)

    def look(self, who: str, what: str, purpose: str, subject: str | None = None) -> None:
        """Note in the access log that somebody looked at a subject, or took figures or findings away."""
        with self._writing() as now:
            subjects.look(self._connection, who, what, subject, purpose, now)

    def erase(self, names: Sequence[str], who: str, purpose: str, what: str = "erase") -> dict[str, int]:
        """Replace subjects by tombstones; rows changed by table."""
        with self._writing() as now:
            if mark := self._mark():
                mark.touch(mode=0o600)
            done = subjects.erase(self._connection, self._state, names, now)
            if any(done.values()):
                subjects.look(self._connection, who, what, None, purpose, now)
            return done

    def retention(self, terms: Terms, who: str, *, dry_run: bool = False) -> dict[str, int]:
        """Erase what is beyond its term; how much, by name. Writers wait no longer than for one piece."""
        if dry_run:
            with self._reading() as cursor:
                return retention.counted(cursor, terms, self._clock())
        with self._reading() as cursor:
            names = retention.over(cursor, terms, self._clock())
        done = {"subjects": len(names)}
        for start in range(0, len(names), retention.PIECE):
            self.erase(names[start : start + retention.PIECE], who, "beyond its term", "retention")
        for name in retention.ROWS:
            done[name] = 0
            while removed := self._remove(name, terms):
                done[name] += removed
        return done

    def _remove(self, name: str, terms: Terms) -> int:
        with self._writing() as now:
            removed = retention.remove(self._connection, self._state, name, terms, now)
            if removed and (mark := self._mark()):
                mark.touch(mode=0o600)
            return removed

    def backup(self, progress: Callable[[int], None] = lambda done: None) -> Iterator[bytes]:
        """The bytes of a file with all that is stored at this moment, in pieces; writes go on meanwhile."""
        beside = None if self._path is None else self._path.parent
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
            file = Path(folder, "warehouse.duckdb")
            with self._reading() as cursor:
                copy(cursor, file)
            done = 0
            with file.open("rb") as source:
                while piece := source.read(PIECE):
                    done += len(piece)
                    progress(done)
                    yield piece

    def checkpoint(self) -> None:
        """Write the write-ahead log into the file."""
        with self._writing():
            self._connection.execute("CHECKPOINT")

    def limit(self, memory: str) -> None:
        """Hold no more than so much in memory (`1GB`); what is more is spilled, or read again."""
        self._connection.execute(f"SET memory_limit = '{memory}'")

    def close(self) -> None:
        """Checkpoint and close."""
        with self._lock:
            try:
                self._connection.execute("CHECKPOINT")
            finally:
                self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
