"""A warehouse in memory with a believable day, and a clock that stands: for the pages' tests and pictures."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from dashboards.store import Reader
from expectations.canaries import canaries
from expectations.vocabulary import finding_id
from infra.clock import FixedClock
from infra.warehouse.schema import CANARIES, EVENTS, FACTS, OBLIGATIONS, QUARANTINE, VERDICTS, Batch
from infra.warehouse.store import Store
from streams.alerts import config
from streams.alerts.process import Alerts

NOW = datetime(2026, 11, 26, 12, 45, 8, tzinfo=UTC)
VERSION = "2018-05-25"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

# system, type, clauses that pass, events a day, busy hours (UTC)
TRAFFIC = (
    ("crm", "crm.record_changed", "GEN-1 GEN-2 GEN-3 GEN-4", 7000, range(24)),
    ("crm", "crm.record_accessed", "GEN-3 SEC-1", 5200, range(24)),
    ("crm", "data.disclosed", "GEN-3 SHARE-1 XFER-1", 900, range(24)),
    ("website", "website.page_viewed", "CLICK-1 CLICK-4 GEN-3 WEB-2", 18000, range(24)),
    ("website", "website.form_submitted", "GEN-1 GEN-2 GEN-3 WEB-3", 700, range(5, 23)),
    ("newsletter", "newsletter.sent", "GEN-3 NEWS-2 NEWS-3 NEWS-4", 9000, range(24)),
    ("newsletter", "newsletter.subscribed", "GEN-3 NEWS-1", 500, range(24)),
    ("recruitment", "recruitment.application_assessed", "GEN-3 REC-4", 160, range(7, 17)),
    ("compliance", "data.processed", "GEN-3 RIGHT-3", 90, range(7, 17)),
)
# clause, type, severity, outcome, hours ago -> how many, evidence
TROUBLE: tuple[tuple[str, str, str, str, dict[int, int], dict[str, Any]], ...] = (
    ("NEWS-4", "newsletter.sent", "critical", "breach", {4: 3, 3: 10, 2: 12, 1: 8},
     {"subject.unsubscribed_at": "2026-11-24T17:02:11Z", "topic": "own_services", "campaign": "november"}),
    ("XFER-1", "data.disclosed", "critical", "breach", {8: 1, 6: 2, 5: 1, 3: 1, 2: 1},
     {"country": "IN", "safeguard": None, "recipient": "r-4471"}),
    ("GEN-3", "crm.record_changed", "critical", "breach", {1: 1}, {"field": "job", "kind": "email_address"}),
    ("WEB-2", "website.page_viewed", "high", "indeterminate", {7: 2}, {"cookie": "kind"}),
    ("CLICK-4", "website.page_viewed", "high", "breach", {90: 4}, {"dnt": True, "tracked": True}),
)  # fmt: skip


def pseudonym(chance: random.Random) -> str:
    """A made-up subject."""
    return f"p-{chance.getrandbits(48):012x}"


def disclosed(n: int, country: str = "") -> dict[str, Any]:
    """What a disclosure says; outside the EEA under standard clauses unless a country is named."""
    where = country or ("NL", "NL", "DE", "FR", "GB", "JP", "US", "ZA", "IN")[n % 9]
    told = {"recipient": f"r-{4400 + n % 9}", "recipient_country": where, "ground": "contract"}
    return told if country or where in ("NL", "DE", "FR", "GB", "JP") else {**told, "safeguards": ["scc"]}


def event(chance: random.Random, system: str, type: str, time: datetime, passed: str, n: int) -> dict[str, Any]:
    """One row of EVENTS."""
    id = f"{system[:3]}-{n:07d}"
    return {
        "source": f"/{system}", "id": id, "system": system, "type": type, "subject": pseudonym(chance), "time": time,
        "data": json.dumps(disclosed(n) if type == "data.disclosed" else {}),
        "digest": hashlib.sha256(f"{system}{id}".encode()).hexdigest(), "agreement": None,
        "recipient": None, "passed": passed, "policy_version": VERSION, "held": False, "topic": f"{system}.events",
        "partition": 0, "offset": n,
    }  # fmt: skip


def verdict(row: dict[str, Any], clause: str, severity: str, outcome: str, evidence: dict[str, Any]) -> dict[str, Any]:
    """One row of VERDICTS on that event."""
    return {
        **{name: row[name] for name in ("source", "id", "system", "type", "subject", "time", "policy_version")},
        "finding": finding_id(clause, row["source"], row["id"]), "clause": clause, "outcome": outcome,
        "severity": severity, "evidence": json.dumps(evidence), "missing": None,
    }  # fmt: skip


def obligation(
    chance: random.Random, clause: str, system: str, type: str, severity: str, n: int, opened: datetime,
    term: timedelta, *, met: datetime | None = None, paused: datetime | None = None, law: timedelta | None = None,
    evidence: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """One row of OBLIGATIONS with the policy's own clock."""
    id, subject = f"{system[:3]}-{n:07d}", pseudonym(chance)
    due = opened + term
    return {
        "finding": finding_id(clause, f"/{system}", id), "clause": clause, "source": f"/{system}", "id": id, "key": "",
        "severity": severity, "system": system, "type": type, "subject": subject, "entity": subject,
        "opened_at": opened, "policy_version": VERSION,
        "clocks": [{"clock": name, "since": opened, "due_at": opened + each}
                   for name, each in (("promise", term), ("gdpr", law)) if each], "met_at": met, "cancelled_at": None,
        "suspensions": [{"since": paused, "until": None}] if paused else [], "undecided": None,
        "outcome": "pass" if met is not None and met <= due else "breach", "evidence": json.dumps(evidence),
    }  # fmt: skip


def batch(
    epoch: int,
    events: list[dict[str, Any]],
    verdicts: list[dict[str, Any]] | None = None,
    obligations: list[dict[str, Any]] | None = None,
    quarantine: list[dict[str, Any]] | None = None,
) -> Batch:
    """An offline batch of partition 0."""
    owed = obligations or []
    return Batch(
        partition=0,
        epoch=epoch,
        registers=0,
        events=pa.Table.from_pylist(events, EVENTS),
        facts=pa.Table.from_pylist([], FACTS),
        verdicts=pa.Table.from_pylist(verdicts or [], VERDICTS),
        obligations=pa.Table.from_pylist(owed, OBLIGATIONS),
        entities=tuple(row["entity"] for row in owed),
        quarantine=pa.Table.from_pylist(quarantine or [], QUARANTINE),
    )


class Seeded:
    """The store, its clock, and a reader of it. `share` makes the day smaller."""

    def __init__(self, *, share: float = 1.0, seed: int = 7) -> None:
        self.clock = FixedClock(NOW)
        self.store = Store(":memory:", clock=self.clock.now)
        self.epoch = self.store.claim([0], "seed").epochs[0]
        self.chance = random.Random(seed)
        self.share = share
        self.n = 4_900_000
        self.reader = Reader(lambda: self.store, clock=self.clock)

    def day(self) -> Seeded:
        """A day of life with trouble; recruitment fell silent 26 minutes ago."""
        by_system: dict[str, list[dict[str, Any]]] = {}
        for system, type, passed, a_day, hours in TRAFFIC:
            quiet = timedelta(minutes=26) if system == "recruitment" else MINUTE
            rows = by_system.setdefault(system, [])
            rows.append(event(self.chance, system, type, NOW - quiet, passed, self._next()))
            rows.extend(event(self.chance, system, type, time, passed, self._next())
                        for time in self._times(round(a_day * self.share), hours) if time <= NOW - quiet)  # fmt: skip
        verdicts = []
        for clause, type, severity, outcome, course, evidence in TROUBLE:
            system = "crm" if type == "data.disclosed" else type.split(".")[0]
            for ago, times in course.items():
                start = NOW.replace(minute=0, second=0) - ago * HOUR
                for _ in range(times):
                    time = start + self.chance.random() * HOUR
                    row = event(self.chance, system, type, time, "", self._next())
                    if clause == "XFER-1":
                        row["data"] = json.dumps(disclosed(self.n, "IN"))
                    by_system[system].append(row)
                    verdicts.append(verdict(row, clause, severity, outcome, evidence))
        for rows in sorted(by_system.values(), key=lambda each: max(row["time"] for row in each)):
            last = max(row["time"] for row in rows)
            self.clock.at = min(last, NOW - MINUTE)
            ids = {(row["source"], row["id"]) for row in rows}
            mine = [each for each in verdicts if (each["source"], each["id"]) in ids]
            self.store.apply(batch(self.epoch, rows, mine))
        self.clock.at = NOW
        self.store.apply(batch(self.epoch, [], obligations=list(self._obligations()), quarantine=[self._bad()]))
        return self.canaries(dict.fromkeys(canaries(), (24 * MINUTE, 24 * MINUTE)))

    def canaries(self, ago: dict[str, tuple[timedelta, timedelta | None]]) -> Seeded:
        """Of each clause how long ago the last canary was sent, and the last that it found."""
        told = [{"clause": clause, "sent_at": NOW - each, "fired": True} for clause, (_, each) in ago.items() if each]
        told += [{"clause": clause, "sent_at": NOW - each, "fired": each == found}
                 for clause, (each, found) in ago.items()]  # fmt: skip
        self.store.apply(replace(batch(self.epoch, []), canaries=pa.Table.from_pylist(told, CANARIES)))
        return self

    def live(self, looks: int = 24) -> Seeded:
        """The reader looks every two seconds at events that come in meanwhile, up to NOW."""
        for look in range(looks, 0, -1):
            self.clock.at = NOW - (look - 1) * timedelta(seconds=2)
            rows = []
            for system in ("crm", "newsletter", "website"):
                lag = timedelta(seconds=0.25 + self.chance.random() * 0.5)
                rows.append(event(self.chance, system, TRAFFIC[3][1], self.clock.at - lag, "GEN-3", self._next()))
            if look > 6:  # the compliance desk spoke a little earlier
                rows.append(event(self.chance, "compliance", "data.processed", self.clock.at, "GEN-3", self._next()))
            self.store.apply(batch(self.epoch, rows))
            self.store.beat("worker-1", 12, 0)
            self.reader.poll()
        return self

    def alerts(self) -> Seeded:
        """What is broken or nearly due by now is raised, and two of the alerts were taken by somebody."""
        telling = Alerts(self.store, config.load(), self.clock, "seeded")
        telling.turn()
        worst = self.store.query("alert_list", {"rows": 2}).to_pylist()
        rows = []
        for place, (row, what) in enumerate(zip(worst, ("acknowledged", "assigned"), strict=True)):
            done = event(self.chance, "compliance", f"alert.{what}", NOW - (9 - place) * MINUTE, "GEN-3", self._next())
            fields = {"alert": row["alert"], "actor": "s.jansen", "assignee": "s.jansen", "reason": "looking into it"}
            rows.append({**done, "subject": None, "data": json.dumps(fields)})
        self.store.apply(batch(self.epoch, rows))
        telling.turn()
        return self

    def resolve(self, *findings: str) -> Seeded:
        """The alerts of these findings are resolved by somebody, with a note; a second passes."""
        rows = []
        for row in self.store.query("alerts", {"rows": 10_000}).to_pylist():
            if row["finding"] in findings:
                done = event(self.chance, "compliance", "alert.resolved", NOW - MINUTE, "GEN-3", self._next())
                fields = {"alert": row["alert"], "actor": "s.jansen", "reason": "put right"}
                rows.append({**done, "subject": None, "data": json.dumps(fields)})
        self.store.apply(batch(self.epoch, rows))
        Alerts(self.store, config.load(), self.clock, "seeded").turn()
        self.clock.at += timedelta(seconds=1)
        self.reader._bundle = replace(self.reader.bundle, wall_at=None)  # the wall's turn has come
        return self

    def breach(self, clause: str = "NEWS-4", type: str = "newsletter.sent") -> str:
        """One more breach, now; returns its finding id."""
        system = type.split(".")[0]
        row = event(self.chance, system, type, self.clock.now(), "", self._next())
        found = verdict(row, clause, "critical", "breach", {"campaign": "test"})
        self.store.apply(batch(self.epoch, [row], [found]))
        return str(found["finding"])

    def _obligations(self) -> Iterator[dict[str, Any]]:
        chance = self.chance
        for place in range(60):  # unsubscribed, erased within the day
            opened = NOW - 26 * HOUR + place * 20 * MINUTE
            yield obligation(chance, "NEWS-5", "newsletter", "newsletter.unsubscribed", "high", self._next(), opened,
                             DAY, met=opened + 5 * HOUR, evidence={"erased": "24h"})  # fmt: skip
        for opened in (NOW - DAY - 9 * HOUR, NOW - DAY - 3 * HOUR):  # never erased
            yield obligation(chance, "NEWS-5", "newsletter", "newsletter.unsubscribed", "high", self._next(), opened,
                             DAY, evidence={"term": "24h", "erased_at": None})  # fmt: skip
        for place in range(9):
            opened = NOW - 5 * HOUR + place * 30 * MINUTE
            yield obligation(chance, "NEWS-5", "newsletter", "newsletter.unsubscribed", "high", self._next(), opened,
                             DAY, evidence={})  # fmt: skip
        for place in range(38):
            opened = NOW - 27 * DAY + place * 16 * HOUR + 16 * HOUR
            yield obligation(chance, "REC-1", "recruitment", "recruitment.procedure_ended", "high", self._next(),
                             opened, 28 * DAY, paused=opened + DAY if place == 3 else None,
                             met=NOW - 3 * HOUR if place == 0 else None, evidence={})  # fmt: skip
        for days in (26, 23, 12, 4):
            opened = NOW - timedelta(days=days, hours=5)
            yield obligation(chance, "RIGHT-1", "compliance", "rights.request_received", "critical", self._next(),
                             opened, 28 * DAY, law=30 * DAY, evidence={"right": "access"})  # fmt: skip

    def _times(self, n: int, hours: range) -> list[datetime]:
        """`n` instants of the 24 hours before NOW: more by day than by night."""
        found: list[datetime] = []
        while len(found) < n:
            time = NOW - self.chance.random() * DAY
            weight = 1.0 if 7 <= time.hour < 17 else 0.35
            if time.hour in hours and self.chance.random() < weight:
                found.append(time)
        return sorted(found)

    def _bad(self) -> dict[str, Any]:
        return {"reason": "invalid_json", "detail": None, "digest": "0" * 64, "system": "crm", "topic": "crm.events",
                "partition": 0, "offset": 1}  # fmt: skip

    def _next(self) -> int:
        self.n += 1
        return self.n
