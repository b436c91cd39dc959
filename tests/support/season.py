"""Thirteen weeks before the seeded day: sign-ups and mail, applications, visits; some of it wrong."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from infra.warehouse.schema import EVENTS, FACTS, OBLIGATIONS, QUARANTINE, VERDICTS, Batch
from tests.support.seeded import DAY, HOUR, MINUTE, NOW, Seeded, event, obligation, verdict

WEEK = timedelta(weeks=1)


class Season:
    """Adds to a seeded store; everything lies between 12 weeks and a day before NOW, where no more is said."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded, self.chance = seeded, seeded.chance
        self.events: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self.owed: list[dict[str, Any]] = []

    def event(self, system: str, type: str, time: datetime, passed: str = "", **data: Any) -> dict[str, Any]:
        """One event."""
        row = event(self.chance, system, type, time, passed, self.seeded._next())
        row["data"] = json.dumps(data)
        self.events.append(row)
        return row

    def fact(self, of: dict[str, Any], kind: str, **given: Any) -> None:
        """A fact that an event states."""
        row = dict.fromkeys(FACTS.names)
        row.update(entity=of["subject"], kind=kind, time=of["time"], source=of["source"], id=of["id"], revises=True)
        self.facts.append({**row, **given})

    def breach(self, of: dict[str, Any], clause: str, severity: str, **evidence: Any) -> None:
        """A verdict on an event that is a breach."""
        self.verdicts.append(verdict(of, clause, severity, "breach", evidence))

    def times(self, n: int) -> list[datetime]:
        """`n` instants, more of them lately."""
        return [NOW - DAY - 12 * WEEK * self.chance.random() ** 1.2 for _ in range(n)]

    def newsletter(self) -> Season:
        """Sign-ups by evidence, people who leave, mail to some who should get none."""
        for time in self.times(620):
            kind = self.chance.choices(["confirmed", "unconfirmed", "untold", "ticked", "elsewhere"], [70, 14, 5, 2, 9])
            if kind == ["elsewhere"]:
                given = self.event("website", "website.consent_given", time, "GEN-3", purposes=["newsletter"])
                self.fact(given, "consented", about="newsletter")
                continue
            ticked = kind == ["ticked"]
            row = self.event("newsletter", "newsletter.subscribed", time, "GEN-3 NEWS-1", prechecked=ticked)
            if not ticked:
                self.fact(row, "subscribed", flag={"confirmed": True, "unconfirmed": False}.get(kind[0]))
        for n, time in enumerate(self.times(190)):
            row = self.event("newsletter", "newsletter.unsubscribed", time, "GEN-3")
            self.fact(row, "unsubscribed")
            self.owed.append(
                obligation(self.chance, "NEWS-5", "newsletter", "newsletter.unsubscribed", "high", self.seeded._next(),
                           time, DAY, met=time + self.chance.random() ** 3 * 23 * HOUR, evidence={})
            )  # fmt: skip
            if n % 21 == 0:
                lag = (9 * MINUTE, 7 * HOUR, 2 * DAY + 19 * HOUR)[n // 21 % 3]
                mail = self.event("newsletter", "newsletter.sent", min(time + lag, NOW - DAY))
                told = {"subject.unsubscribed_at": time.isoformat(), "jurisdiction": "NL"}
                self.breach(mail, "NEWS-4", "critical", **told)
        for time in self.times(55):
            self.fact(self.event("crm", "consent.withdrawn", time, "GEN-3"), "withdrew", about="*")
        for time in self.times(2400):
            self.event("newsletter", "newsletter.sent", time, "GEN-3 GEN-4 NEWS-2 NEWS-3 NEWS-4 NEWS-7 NEWS-8")
        for time in self.times(7):
            mail = self.event("newsletter", "newsletter.sent", time)
            self.breach(mail, "NEWS-3", "critical", topic="organisation", similar_services=False)
        return self

    def recruitment(self) -> Season:
        """Applications, most of them deleted in time; a pool by consent; some sensitive data."""
        held = "GEN-1 GEN-2 GEN-3 GEN-4 REC-4 REC-5 REC-6"
        usual = ["name", "email_address", "cv", "motivation_letter"]
        for n, time in enumerate(self.times(150)):
            more = {5: ["health"], 31: ["religion", "health"], 63: ["identity_number"], 80: ["health"]}.get(n, [])
            row = self.event(
                "recruitment", "recruitment.application_received", time, "GEN-3" if n == 63 else held,
                application=f"a-{n}", data_categories=[*usual, *more], other_categories=more if n != 63 else [],
            )  # fmt: skip
            if n == 63:
                self.breach(row, "GEN-1", "high", data_categories=[*usual, *more])
            assessed = self.event("recruitment", "recruitment.application_assessed", time, held, application=f"a-{n}")
            if n == 90:
                self.breach(assessed, "REC-4", "critical", decision="reject", automated=True)
        for n, opened in enumerate(NOW - DAY * days for days in range(29, 89)):
            self._ended(n, opened, pool=n % 4 == 0, deleted=n not in (3, 17, 30) and n % 4 != 0)
        for n in range(8):  # from more than a year ago: the year of their consent ends soon
            self._ended(100 + n, NOW - DAY * (370 - 11 * n), pool=True, deleted=n == 0)
        for n, (clause, days, term) in enumerate(
            [("REC-2", 3, 28), ("REC-2", 9, 28), ("REC-3", 30, 28), ("REC-3", 5, 28)]
        ):
            type = "recruitment.retention_consent_withdrawn" if clause == "REC-2" else "rights.request_received"
            self._owed(clause, type, f"w-{n}", NOW - DAY * days, DAY * term)
        return self

    def _ended(self, n: int, opened: datetime, *, pool: bool, deleted: bool) -> None:
        """A procedure that ended, and the clock of its application."""
        if pool and opened > NOW - 12 * WEEK:
            given = self.event("recruitment", "recruitment.retention_consent_given", opened + DAY, "GEN-3")
            self.fact(given, "retention_consented", link=f"e-{n}")
            if n % 16 == 0:
                gone = self.event("recruitment", "recruitment.retention_consent_withdrawn", opened + 9 * DAY, "GEN-3")
                self.fact(gone, "retention_withdrew", link=f"e-{n}")
        term = 365 * DAY if pool else 28 * DAY
        self._owed(
            "REC-1", "recruitment.procedure_ended", f"e-{n}", opened, term,
            met=opened + term - HOUR * (1 + 500 * self.chance.random()) if deleted else None,
        )  # fmt: skip

    def _owed(self, clause: str, type: str, key: str, opened: datetime, term: timedelta, **more: Any) -> None:
        system = "compliance" if type.startswith("rights.") else "recruitment"
        row = obligation(self.chance, clause, system, type, "high", self.seeded._next(), opened, term,
                         evidence={"application": key}, **more)  # fmt: skip
        self.owed.append({**row, "key": key})

    def website(self) -> Season:
        """Visits, some of which follow people unasked; forms; data for others."""
        kept = "CLICK-1 CLICK-2 CLICK-4 GEN-3 WEB-2"
        calm = {"kind": "statistics", "name": "count", "personal": False}
        for n, time in enumerate([*self.times(1800), *(NOW - DAY * self.chance.random() for _ in range(400))]):
            asked = n % 9 == 0
            session = {"kind": "necessary", "name": "session", "personal": True}
            self.event(
                "website", "website.page_viewed", time, kept, ip=("truncated", "none", "truncated")[n % 3],
                tracked=not asked, dnt=asked, gpc=False, identifiable=False, cookies=[session, calm],
            )  # fmt: skip
        wrong = (
            ("marketing", "campaign"),
            ("statistics", "heat_map"),
            ("marketing", "retarget"),
            ("preferences", "ab"),
        )
        for n, time in enumerate(self.times(26)):
            kind, name = wrong[n % 7 % 4]
            cookies = [calm, {"kind": kind, "name": name, "personal": True}]
            row = self.event("website", "website.page_viewed", time, "CLICK-1 CLICK-4 GEN-3", cookies=cookies)
            self.breach(row, "WEB-2", "high", cookies=cookies, jurisdiction="NL")
        for time in [*self.times(5), NOW - 3 * HOUR]:
            row = self.event("website", "website.page_viewed", time, "CLICK-4 WEB-2", ip="full", tracked=True)
            self.breach(row, "CLICK-1", "high", ip="full", tracked=True)
        for n, time in enumerate(self.times(160)):
            form, purpose = ("contact", "callback", "quotation")[n % 3], "request_handling"
            row = self.event(
                "website", "website.form_submitted", time, "GEN-1 GEN-2 GEN-3 WEB-3" if n not in (8, 50) else "GEN-3",
                form=form, purpose="price_setting" if n == 8 else purpose, legal_basis="legitimate_interest",
                transport="http" if n == 50 else "https", request=f"f-{n}",
            )  # fmt: skip
            if n == 8:
                self.breach(row, "GEN-2", "high", purpose="price_setting", activity="contact")
            if n == 50:
                self.breach(row, "WEB-3", "high", transport="http")
            done = None if n in (20, 21) else time + 9 * HOUR
            self.owed.append(
                obligation(self.chance, "WEB-1", "website", "website.request_fulfilled", "high", self.seeded._next(),
                           time, DAY, met=done, evidence={})
            )  # fmt: skip
        for n, time in enumerate(self.times(90)):
            recipient, country = (("metrics", "IE"), ("adnet", "US"), ("hosting", "NL"))[n % 7 % 3]
            bound = n not in (22, 43)
            row = self.event(
                "website", "data.disclosed", time, "SHARE-1 SHARE-3 XFER-1" if bound else "SHARE-1 XFER-1",
                recipient=recipient, recipient_country=country, ground="contract", safeguards=["dpf"],
            )  # fmt: skip
            row["recipient"] = recipient
            if not bound:
                self.breach(row, "SHARE-3", "high", recipient=recipient)
        return self

    def store(self) -> Seeded:
        """Apply it all."""
        table = pa.Table.from_pylist
        self.seeded.clock.at = NOW - DAY
        self.seeded.store.apply(
            Batch(
                partition=0,
                epoch=self.seeded.epoch,
                registers=0,
                events=table(sorted(self.events, key=lambda row: row["time"]), EVENTS),
                facts=table(self.facts, FACTS),
                verdicts=table(self.verdicts, VERDICTS),
                obligations=table(self.owed, OBLIGATIONS),
                entities=tuple(row["entity"] for row in self.owed),
                quarantine=table([], QUARANTINE),
            )
        )
        return self.seeded


def season(seeded: Seeded) -> Seeded:
    """All of it, before or after the seeded day."""
    return Season(seeded).newsletter().recruitment().website().store()
