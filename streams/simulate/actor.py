"""What every maker of events has: a clock, a diary of things to do, promises to keep, and a mouth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Any, NamedTuple

import msgspec

from streams.simulate.calendar import HOUR, after_activity, local_stamp, stamp
from streams.simulate.readings import DEFAULT, OTHER_WAY, later, sides
from streams.simulate.truth import Truth

_encode = msgspec.json.Encoder().encode
LATER = -1  # the other reading's term follows from the clause
LETTERS = "bcdfghjkmpqrstvwxz"  # no digits and no vowels: a token of them looks like nobody's number or name


def token(random: Random, length: int) -> str:
    """A pseudonym of `length` letters."""
    return "".join(random.choices(LETTERS, k=length))


class Made(NamedTuple):
    """One event as it will travel: its time in milliseconds, its key and its bytes; `sent` when not at its time."""

    time: int
    system: str
    key: str
    value: bytes
    sent: int | None = None


class Promise(NamedTuple):
    """What an event (source, event_id) began to owe."""

    source: str
    event_id: str
    due: int
    key: str
    side: str | None = None  # the reading under which it is owed; None: both
    unsure: bool = False


class Partner(NamedTuple):
    """Somebody who gets data: where, by which agreement in force, under which safeguards."""

    name: str
    country: str
    agreement: str | None
    safeguards: tuple[str, ...] = ()


@dataclass
class World:
    """What all actors share: the span, the pace, the partners, the truth."""

    seed: int
    start: int  # milliseconds; routine begins here, files that were open then are older
    end: int  # nothing happens at or after it
    live_from: int  # from here on life goes at `live_rate`, without nights
    per_day: float  # routine actions of a person a day, before live_from
    live_per_day: float
    trouble: float  # share of routine actions that go wrong
    truth: Truth
    run: str = ""  # a token in shared ids, so that two runs never meet in one id
    partners: dict[str, Partner] = field(default_factory=dict)
    spawned: list[Actor] = field(default_factory=list)  # people who came after those that left


class Actor:
    """Does what stands in its diary, in the order of time, strictly later each time."""

    def __init__(self, world: World, name: str, now: int) -> None:
        self.world = world
        self.random = Random(f"{world.seed}:{world.start}:{name}")
        self.name = token(self.random, 14)
        self.now = now
        self.made: list[Made] = []
        self.diary: list[tuple[int, int, Callable[..., Any], tuple[Any, ...]]] = []
        self.count = 0
        self.entries = 0
        self.promises: dict[tuple[str, str, str | None], Promise] = {}
        self.unconfirmed = False  # reads the newsletter by a sign-up that was never confirmed

    @property
    def customer(self) -> bool:
        """Whether it is a customer now."""
        return False

    def fate(self) -> str:
        """Whether a promise will be kept: mostly in time, sometimes late or never."""
        draw = self.random.random()
        return "late" if draw < 0.06 else "never" if draw < 0.12 else "kept"

    def plan(self, delay: float, act: Callable[..., Any], *args: Any) -> None:
        """Write `act` into the diary, `delay` milliseconds from now."""
        self.entries += 1
        heappush(self.diary, (self.now + int(delay), self.entries, act, args))

    def plan_routine(self, act: Callable[..., Any]) -> None:
        """The next routine action at the pace of the time."""
        world, gap = self.world, self.random.expovariate(1.0)
        if self.now >= world.live_from:
            when = self.now + int(gap * 24 * HOUR / world.live_per_day)
        else:
            when = after_activity(self.now, gap * 24 / world.per_day)
            if when > world.live_from:  # the rest of the gap passes at the live pace
                when = world.live_from + int(self.random.expovariate(1.0) * 24 * HOUR / world.live_per_day)
        self.entries += 1
        heappush(self.diary, (when, self.entries, act, ()))

    def step(self) -> list[Made]:
        """Do the next thing of the diary; the events that it made."""
        when, _, act, args = heappop(self.diary)
        self.now = when if when > self.now else self.now + 1
        self.made = []
        act(*args)
        return self.made

    def emit(
        self,
        kind: str,
        data: dict[str, Any],
        source: str,
        *,
        subject: str | None = None,
        key: str | None = None,
        breaks: str | None = None,
        unsure: str | None = None,
        sent: int | None = None,
    ) -> tuple[str, str]:
        """Make one event now; `breaks` and `unsure` name the clauses (by spaces) that it breaks or leaves open."""
        self.count += 1
        self.now += 1
        event_id = f"{self.name}-{self.count}"
        event: dict[str, Any] = {"specversion": "1.0", "id": event_id, "source": source, "type": kind}
        if subject is not None:
            event["subject"] = subject
        event["time"] = local_stamp(self.now) if source[1] == "c" else stamp(self.now)
        event["datacontenttype"] = "application/json"
        event["data"] = data
        self.made.append(Made(self.now, system_of(source), key or subject or source, _encode(event), sent))
        said = dict.fromkeys((breaks or "").split(), "breach") | dict.fromkeys((unsure or "").split(), "indeterminate")
        for clause, outcome, side in sides(self, kind, data, said):
            self.world.truth.row(clause, source, event_id, outcome, side)
        return source, event_id

    def raw(self, system: str, key: str, value: bytes) -> None:
        """Send bytes that are no event of the contract."""
        self.now += 1
        self.made.append(Made(self.now, system, key, value))

    def promise(
        self,
        clause: str,
        thing: str,
        opener: tuple[str, str],
        due: int,
        key: str = "",
        *,
        other: int | None = LATER,
        unsure: bool = False,
    ) -> None:
        """From `opener` on `thing` is owed until `due`; `key` tells obligations of one opener apart.

        `other`: until when under the other reading; None: nothing is owed under it. `unsure`: nobody can tell whether
        it is owed, unless it is kept in time.
        """
        if other == LATER:
            other = later(clause, due)
        dues = {None: due} if other == due else {DEFAULT: due, OTHER_WAY: other}
        for side, until in dues.items():
            if until is not None:
                self.owe(clause, thing, Promise(*opener, until, key, side, unsure))

    def owe(self, clause: str, thing: str, promise: Promise) -> None:
        """Enter one promise, under one reading or both."""
        self._broken(clause, thing, promise.side)
        self.promises[clause, thing, promise.side] = promise

    def extend(self, clause: str, thing: str, due: int) -> None:
        """A promise still in time gets another due instant; a broken one stays broken."""
        for known in self._known(clause, thing):
            if not self._broken(*known):
                self.promises[known] = self.promises[known]._replace(due=due)

    def keep(self, clause: str, thing: str) -> None:
        """The promise is kept now, or its reason is gone: in time all is well, late it is broken."""
        for known in self._known(clause, thing):
            if not self._broken(*known):
                del self.promises[known]

    def keep_all(self, *clauses: str, begin: str = "", ending: str = "") -> None:
        """Keep every promise of these clauses about things whose name begins and ends so."""
        for clause, thing, _ in list(self.promises):
            if clause in clauses and thing.startswith(begin) and thing.endswith(ending):
                self.keep(clause, thing)

    def settle(self) -> None:
        """At the end: what was not kept is broken from its due instant on."""
        for (clause, _, _), known in self.promises.items():
            self._tell(clause, known)
        self.promises.clear()

    def _known(self, clause: str, thing: str) -> list[tuple[str, str, str | None]]:
        found = ((clause, thing, side) for side in (None, DEFAULT, OTHER_WAY))
        return [known for known in found if known in self.promises]

    def _broken(self, clause: str, thing: str, side: str | None) -> bool:
        known = self.promises.get((clause, thing, side))
        if known is None or self.now <= known.due:
            return False
        del self.promises[clause, thing, side]
        self._tell(clause, known)
        return True

    def _tell(self, clause: str, broken: Promise) -> None:
        truth, (source, event_id, due, key, side, unsure) = self.world.truth, broken
        if unsure:
            truth.unsure(clause, source, event_id, key, side)
        else:
            truth.promise(clause, source, event_id, key, due, side)


def system_of(source: str) -> str:
    """The first segment of a source."""
    return source.split("/", 2)[1]
