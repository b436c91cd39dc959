"""The life of an application: how its ends, consents to keep it and withdrawals move what REC-1 and REC-2 demand.

Both clauses are worked out in one walk through its facts, for a withdrawal takes over from an end, and a new consent
gives back. An application received again later than its erasure is a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from expectations.facts import Fact, Facts
from expectations.model import Clock, ReadingOf

Identity = tuple[str, str]  # source and id of an event


@dataclass
class Owed:
    """What an end (REC-1) or a withdrawal (REC-2) demands, as it goes."""

    opener: Fact
    due_at: datetime | None = None  # REC-2 of a procedure that has not ended: none yet
    clocks: list[Clock] = field(default_factory=list)
    suspensions: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    taker: Owed | None = None  # REC-1: the REC-2 that has taken over, and may give back

    @property
    def open(self) -> bool:
        """Neither fulfilled nor cancelled so far."""
        return self.met_at is None and self.cancelled_at is None

    def runs(self, at: datetime) -> bool:
        """Open, and not yet past its due instant (as moved)."""
        return self.open and (self.due_at is None or at <= self.due_at)

    def move(self, at: datetime, due: datetime) -> None:
        """It is due at another instant, from `at` on."""
        if due != self.due_at:
            self.due_at = due
            self.clocks.append(Clock("promise", at, due))

    def suspend(self, at: datetime, taker: Owed) -> None:
        """Another has taken over: cancelled when that one falls due, unless it gives back before."""
        self.taker = taker
        self.suspensions.append((at, None))

    def resume(self, at: datetime) -> None:
        """The other has given back."""
        self.taker = None
        self.suspensions[-1] = (self.suspensions[-1][0], at)


def born(application: str, known: Facts) -> list[datetime]:
    """When it was received anew, later than its erasure: what came before belongs to another application."""
    anew: list[datetime] = []
    for received in known.of("applied"):
        since = anew[-1] if anew else None
        erased = (fact.time for fact in known.erasures("recruitment", application))
        if received.link == application and any((since is None or since <= at) and at < received.time for at in erased):
            anew.append(received.time)
    return anew


def ends_of(application: str, known: Facts) -> list[Fact]:
    """Ends of its procedure, oldest first; of those at one instant the smallest (source, id) alone."""
    first: dict[datetime, Fact] = {}
    for end in known.of("procedure_ended"):
        if end.link == application:
            first.setdefault(end.time, end)
    return list(first.values())


def hired_by(application: str, known: Facts, at: datetime) -> bool:
    """Whether the last end of its procedure by then was a contract: the file became a personnel file."""
    anew = max((birth for birth in born(application, known) if birth <= at), default=None)
    ends = [end for end in ends_of(application, known) if end.time <= at and (anew is None or anew <= end.time)]
    return bool(ends) and ends[-1].word == "hired"


class Life:
    """The walk; `owed` holds, by the identity of an end or withdrawal, what it demands."""

    def __init__(self, application: str, known: Facts, readings: ReadingOf) -> None:
        self.owed: dict[Identity, Owed] = {}
        self._application, self._known, self._readings = application, known, readings
        self._kept: list[Owed] = []  # REC-1, of this application
        self._leaving: list[Owed] = []  # REC-2
        self._consented = False
        self._end: Fact | None = None
        for at, what, facts in self._steps():
            self._expire(at)
            {"born": self._anew, "ended": self._ended, "withdrawn": self._withdrawn, "consented": self._consents,
             "erased": self._erased}[what](at, facts)  # fmt: skip
        self._expire(None)

    def _steps(self) -> Iterator[tuple[datetime, str, list[Fact]]]:
        """What happened, in order; at one instant the stricter later, and an erasure fulfils what begins then."""
        known, name = self._known, self._application
        withdrawn = [fact for fact in known.of("retention_withdrew") if fact.link == name]
        undone = {fact.time for fact in withdrawn}  # given and withdrawn at one instant: never given
        consents = [fact for fact in known.of("retention_consented") if fact.link == name and fact.time not in undone]
        steps: list[tuple[datetime, int, str, Fact | None]] = [(at, 0, "born", None) for at in born(name, known)]
        steps += [(fact.time, 1, "ended", fact) for fact in ends_of(name, known)]
        steps += [(fact.time, 2, "withdrawn", fact) for fact in withdrawn]
        steps += [(fact.time, 3, "consented", fact) for fact in consents]
        steps += [(fact.time, 4, "erased", fact) for fact in known.erasures("recruitment", name)]
        for (at, _, what), same in groupby(sorted(steps, key=lambda step: step[:2]), key=lambda step: step[:3]):
            yield at, what, [fact for *_, fact in same if fact is not None]

    def _expire(self, at: datetime | None) -> None:
        """What REC-2 took over comes back no more once that has fallen due."""
        for kept in self.owed.values():
            taker = kept.taker
            if kept.open and taker is not None and taker.due_at is not None and (at is None or taker.due_at < at):
                kept.cancelled_at = taker.due_at

    def _anew(self, at: datetime, facts: list[Fact]) -> None:
        self._kept, self._leaving, self._consented, self._end = [], [], False, None

    def _ended(self, at: datetime, facts: list[Fact]) -> None:
        (end,) = facts
        hired = end.word == "hired"
        for kept in self._kept:  # the last end counts, if it came in time
            if kept.open and (kept.taker or kept).runs(at):
                kept.cancelled_at = at
        taker = None
        for leaving in self._leaving:
            if leaving.runs(at) and hired:
                leaving.cancelled_at = at
            elif leaving.runs(at):
                leaving.move(at, self._leaving_due(leaving.opener, end))
                taker = leaving
        self._end = end
        if hired or self._known.erased_before(end, "recruitment", self._application):
            return
        kept = Owed(end)
        self.owed[end.source, end.id] = kept
        self._kept.append(kept)
        reading = self._readings("REC-1", at)
        term = reading.retention_with_consent if self._consented else reading.retention
        kept.move(at, term.after(at))
        if taker is not None:
            kept.suspend(at, taker)

    def _leaving_due(self, withdrawal: Fact, end: Fact) -> datetime:
        at = withdrawal.time
        retained: datetime = self._readings("REC-1", at).retention.after(end.time)
        soonest: datetime = self._readings("REC-2", at).withdrawal_erasure.after(at)
        return max(retained, soonest)

    def _withdrawn(self, at: datetime, facts: list[Fact]) -> None:
        if not self._consented:
            return
        self._consented = False
        hired = self._end is not None and self._end.word == "hired"
        taker = None
        for withdrawal in facts:
            if hired or self._known.erased_before(withdrawal, "recruitment", self._application):
                continue
            taker = Owed(withdrawal)
            self.owed[withdrawal.source, withdrawal.id] = taker
            self._leaving.append(taker)
            if self._end is not None:
                taker.move(at, self._leaving_due(withdrawal, self._end))
        for kept in self._kept:
            if taker is not None and kept.taker is None and kept.runs(at):
                kept.suspend(at, taker)

    def _consents(self, at: datetime, facts: list[Fact]) -> None:
        self._consented = True
        back = [leaving for leaving in self._leaving if leaving.runs(at)]
        for leaving in back:
            leaving.cancelled_at = at
        for kept in self._kept:
            reading = self._readings("REC-1", kept.opener.time)
            if kept.open and kept.taker in back:
                kept.resume(at)
            elif not (kept.open and kept.taker is None and at <= reading.retention.after(kept.opener.time)):
                continue
            kept.move(at, reading.retention_with_consent.after(kept.opener.time))

    def _erased(self, at: datetime, facts: list[Fact]) -> None:
        for owed in self.owed.values():
            if owed.open and owed.taker is not None:
                owed.cancelled_at = at
            elif owed.open:
                owed.met_at = at
