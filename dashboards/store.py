"""What the pages look at: one reader per process polls the warehouse by named query; sessions only read its bundle.

So a warehouse that hangs never hangs a page, twenty viewers cost what one does, and all figures of a page come from
one moment. The reader keeps the last good bundle and says since when it has no answer.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from dashboards.as_of import NOW, Moment
from infra.clock import Clock, WallClock

PULSE_EVERY = 1.0  # seconds between looks at the live strip
WALL_EVERY = 20.0  # seconds between looks at the wall, and at once at the start
WALL_SOONER = 4.0  # after a new breach the wall does not wait for its turn, but at least this long
MOST = 200  # rows kept of each list
REPORTED = timedelta(days=365)  # a measure that was reported within a year is one that should be
ALIKE = 500  # things kept of what was made of one bundle
HISTORY = 60  # delays kept for the strip's line

Row = dict[str, Any]
Rows = tuple[Row, ...]
T = TypeVar("T")


class Warehouse(Protocol):
    """What the reader asks: the warehouse's client, or a store in this process."""

    def query(self, name: str, parameters: Mapping[str, Any]) -> Any:
        """An Arrow table of the named query."""
        ...

    def subject(self, name: str, who: str, purpose: str, what: str) -> dict[str, list[Row]]:
        """All that is stored of a person, by table; the look is noted first."""
        ...

    def silence(self, rows: Any) -> int:
        """Keep silences, each in the place of the one of its id."""
        ...

    def look(self, who: str, what: str, purpose: str, subject: str | None = None) -> None:
        """Note a look or an export in the access log."""
        ...


@dataclass(frozen=True)
class Bundle:
    """All that a page shows, of one moment. Instants are aware, UTC.

    `taken_at`: the moment that it shows (the clock's). `pulse`: one row of `now_pulse`, or empty before the first
    answer. `p95`: seconds from event to page, newest last.
    """

    number: int = 0
    taken_at: datetime | None = None
    wall_at: datetime | None = None
    pulse: Row = field(default_factory=dict)
    sources: Rows = ()
    minutes: Rows = ()
    latest: Rows = ()
    wall: Rows = ()
    standing: Rows = ()
    clocks: Rows = ()
    due: Rows = ()
    days: Rows = ()
    late: Rows = ()
    controls: Rows = ()
    delays: tuple[float, ...] = ()
    moment: Moment = NOW  # what the session looks at
    asked_at: datetime | None = None  # of another moment than now: when the store answered last
    failed: tuple[str, ...] = ()  # queries that gave no answer this time; their last answer stands
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this bundle: sessions that look at it alike share what is drawn of it.

        `key` says everything besides the bundle that decides.
        """
        if key not in self._made:
            if len(self._made) >= ALIKE:
                self._made.clear()
            self._made[key] = make()
        found: T = self._made[key]
        return found


@dataclass(frozen=True)
class Freshness:
    """How old the bundle is: seconds by this process' monotonic clock. `age` None: never answered."""

    age: float | None
    waiting_for: float  # since the reader began, when it never answered


class Reader:
    """Polls the warehouse in one background thread.

    `connect` gives a warehouse and may raise or hang: it runs in the thread, and again after each failure.
    """

    def __init__(
        self,
        connect: Callable[[], Warehouse],
        *,
        clock: Clock | None = None,
        pulse_every: float = PULSE_EVERY,
        wall_every: float = WALL_EVERY,
    ) -> None:
        self._connect, self._clock = connect, clock or WallClock()
        self._pulse_every, self._wall_every = pulse_every, wall_every
        self._bundle = Bundle()
        self._answered: float | None = None
        self._began = time.monotonic()
        self._since: datetime | None = None
        self._delays: deque[float] = deque(maxlen=HISTORY)
        self._warehouse: Warehouse | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def bundle(self) -> Bundle:
        """The last good one; never waits."""
        return self._bundle

    @property
    def freshness(self) -> Freshness:
        """How long ago the warehouse answered; never waits."""
        at = time.monotonic()
        answered = self._answered
        return Freshness(None if answered is None else at - answered, at - self._began)

    def start(self) -> Reader:
        """Begin polling; a second call changes nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
            self._thread.start()
        return self

    def stop(self) -> None:
        """End polling; a call that hangs is left to the daemon thread."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self.poll()
            self._stop.wait(max(0.1, self._pulse_every - (time.monotonic() - began)))

    def poll(self) -> Bundle:
        """Ask once, now, in this thread; returns the bundle that stands afterwards. Never raises."""
        try:
            if self._warehouse is None:
                self._warehouse = self._connect()
            self._bundle = self._read(self._warehouse)
            self._answered = time.monotonic()
        except Exception:  # whatever failed: the last good bundle stands, and its age shows
            self._warehouse = None
        return self._bundle

    def _read(self, warehouse: Warehouse) -> Bundle:
        now = self._clock.now()
        before = self._bundle
        since = self._since or now - timedelta(seconds=10)
        pulse = _rows(warehouse, "now_pulse", now=now, since=since)[0]
        if pulse["recorded_at"] is not None:
            self._since = max(since, pulse["recorded_at"])
        if pulse["p95"] is not None:
            self._delays.append(float(pulse["p95"]))
        asked = _Asking(warehouse, before)
        changed = pulse["breaches"] != before.pulse.get("breaches")
        fresh = replace(
            before,
            number=before.number + 1,
            taken_at=now,
            pulse=pulse,
            sources=asked("sources", "now_sources"),
            minutes=asked("minutes", "now_minutes", now=now),
            latest=asked("latest", "now_latest", now=now, most=MOST),
            delays=tuple(self._delays),
        )
        if self._wall_is_due(now, changed):
            hour = now.replace(minute=0, second=0, microsecond=0)
            fresh = replace(
                fresh,
                wall_at=now,
                wall=asked("wall", "now_wall", now=now, since=hour - timedelta(hours=23)),
                standing=asked("standing", "now_standing", now=now),
                clocks=asked("clocks", "now_clocks", now=now),
                due=asked("due", "now_due", now=now, most=MOST),
                days=asked("days", "now_days", now=now),
                late=asked("late", "now_latest_late", now=now, most=MOST),
                controls=asked("controls", "now_controls", now=now, since=now - REPORTED),
            )
        failed = {name for name in before.failed if name not in asked.asked} | asked.failed
        return replace(fresh, failed=tuple(sorted(failed)))

    def _wall_is_due(self, now: datetime, changed: bool) -> bool:
        if self._bundle.wall_at is None:
            return True
        age = abs((now - self._bundle.wall_at).total_seconds())
        return age >= (WALL_SOONER if changed else self._wall_every)


class _Asking:
    """Asks one query after the other; one that fails keeps its last answer and is named."""

    def __init__(self, warehouse: Warehouse, before: Bundle) -> None:
        self._warehouse, self._before = warehouse, before
        self.failed: set[str] = set()
        self.asked: set[str] = set()

    def __call__(self, part: str, name: str, **parameters: Any) -> Rows:
        self.asked.add(part)
        try:
            return _rows(self._warehouse, name, **parameters)
        except Exception:
            self.failed.add(part)
            kept: Rows = getattr(self._before, part)
            return kept


def _rows(warehouse: Warehouse, name: str, **parameters: Any) -> Rows:
    return tuple(warehouse.query(name, parameters).to_pylist())


_reader: Reader | None = None
_lock = threading.Lock()


def reader() -> Reader:
    """The one reader of this process, started at the first call."""
    global _reader
    with _lock:
        if _reader is None:
            from dashboards.surroundings import connect

            _reader = Reader(connect)
        return _reader.start()


def install(given: Reader | None) -> None:
    """Put another reader in its place: tests and pictures."""
    global _reader
    with _lock:
        _reader = given
