"""Questions whose parameters a page chooses (a filter, a finding), asked in the background and answered for everybody.

As with `store.py` a page never queries: two threads of this process ask the warehouse by name, a page takes the last
good answer, and twenty viewers of one filter cost what one does. A page waits for a first answer a moment at most; a
question that nobody looks at any more is not asked again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dashboards.as_of import NOW, Moment
from dashboards.store import Rows, Warehouse
from infra.clock import Clock, WallClock

EVERY = 20.0  # seconds between answers to one question while somebody looks
SETTLED = 3600.0  # of a question about the past as it was believed: it has one answer
SOONER = 2.0  # when something new has come, or after a failure
PATIENCE = 0.4  # seconds that a page waits for a first answer
MOST = 200  # questions remembered
THREADS = 2


@dataclass(frozen=True)
class Question:
    """A named query and its parameters; without `now` it is asked of each moment anew."""

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()
    every: float = EVERY

    def at(self, moment: Moment) -> Question:
        """The same question about another moment."""
        return question(self.name, every=self.every, **{**dict(self.parameters), **moment.parameters})

    @property
    def settled(self) -> bool:
        """Whether nothing that comes changes its answer."""
        return {"now", "known"} <= dict(self.parameters).keys()


def question(name: str, *, every: float = EVERY, **parameters: Any) -> Question:
    """A question; parameters that are None are left out."""
    return Question(name, tuple(sorted((key, each) for key, each in parameters.items() if each is not None)), every)


@dataclass(frozen=True)
class Answer:
    """`taken_at`: the moment that the rows show; None: not answered yet. `failed`: the last try gave no answer."""

    rows: Rows = ()
    taken_at: datetime | None = None
    failed: bool = False


@dataclass
class _Known:
    answer: Answer = field(default_factory=Answer)
    tried: float = 0.0  # by the monotonic clock, when the last try ended; 0: never
    mark: object = None  # what was known to be new when it was asked
    asking: bool = False


class Desk:
    """Answers questions. `connect` gives a warehouse and may raise or hang: each thread has its own."""

    def __init__(self, connect: Callable[[], Warehouse], *, clock: Clock | None = None, threads: int = THREADS) -> None:
        self._connect, self._clock, self._threads = connect, clock or WallClock(), threads
        self._known: OrderedDict[Question, _Known] = OrderedDict()
        self._changed = threading.Condition()
        self._wanted: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._running = 0

    def ask(
        self, *questions: Question, mark: object = None, wait: float = PATIENCE, at: Moment = NOW
    ) -> tuple[Answer, ...]:
        """The last good answers as of a moment; an unanswered one is waited for, `wait` seconds for all. Never raises.

        `mark`: something that changes when answers about now may have; then they are asked for sooner.
        """
        if not at.is_now:
            questions, mark = tuple(each.at(at) for each in questions), None
        until = time.monotonic() + wait
        with self._changed:
            found = [self._want(each, mark) for each in questions]
            while any(each.tried == 0.0 for each in found) and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            return tuple(each.answer for each in found)

    def _want(self, asked: Question, mark: object) -> _Known:
        known = self._known.setdefault(asked, _Known())
        self._known.move_to_end(asked)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        soon = known.answer.failed or known.mark != mark
        age = time.monotonic() - known.tried
        every = SETTLED if asked.settled else asked.every
        if not known.asking and (known.tried == 0.0 or age > (SOONER if soon else every)):
            known.asking, known.mark = True, mark
            self._wanted.put(asked)
            if self._running < self._threads:
                self._running += 1
                threading.Thread(target=self._run, name="desk", daemon=True).start()
        return known

    def _run(self) -> None:
        warehouse: Warehouse | None = None
        while True:
            asked = self._wanted.get()
            try:
                warehouse = warehouse or self._connect()
                given = {"now": self._clock.now(), **dict(asked.parameters)}
                table = warehouse.query(asked.name, given)
                self._settle(asked, Answer(tuple(table.to_pylist()), given["now"]))
            except Exception:  # whatever failed: the last good answer stands, and the page says so
                warehouse = None
                self._settle(asked, None)

    def _settle(self, asked: Question, answer: Answer | None) -> None:
        with self._changed:
            known = self._known.get(asked)
            if known is not None:
                known.answer = answer or replace(known.answer, failed=True)
                known.tried, known.asking = time.monotonic(), False
            self._changed.notify_all()

    def now(self, name: str, parameters: Mapping[str, Any]) -> Rows:
        """Ask at once, in the caller's thread: for what somebody does (an export), never for what a page shows."""
        return tuple(self._connect().query(name, {"now": self._clock.now(), **parameters}).to_pylist())

    def note(self, who: str, what: str, purpose: str, subject: str | None = None) -> None:
        """Write into the access log, in the caller's thread: before somebody is shown a subject or takes data away."""
        self._connect().look(who, what, purpose, subject)

    def silence(self, make: Callable[[datetime], Any]) -> None:
        """Keep the silences (SILENCES) that are made of this moment, in the caller's thread."""
        self._connect().silence(make(self._clock.now()))

    def subject(self, name: str, who: str, purpose: str) -> tuple[dict[str, list[dict[str, Any]]], datetime]:
        """All that is stored of a person, and as of when, in the caller's thread; noted before it is shown."""
        return self._connect().subject(name, who, purpose, "look"), self._clock.now()


_desk: Desk | None = None
_lock = threading.Lock()


def desk() -> Desk:
    """The one desk of this process."""
    global _desk
    with _lock:
        if _desk is None:
            from dashboards.surroundings import connect

            _desk = Desk(connect)
        return _desk


def install(given: Desk | None) -> None:
    """Put another desk in its place: tests and pictures."""
    global _desk
    with _lock:
        _desk = given
