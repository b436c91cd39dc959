"""The file of one matter for a regulator: everything about a finding, a request or an incident, as a bundle."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from dashboards.snapshot.blocks import Report
from dashboards.snapshot.bundle import Edition, lines_of
from dashboards.snapshot.dossier_report import written
from dashboards.snapshot.figures import Figures
from dashboards.snapshot.gather import Aggregates, plain
from dashboards.snapshot.merkle import root
from dashboards.speech import Speech
from dashboards.store import Row, Warehouse
from expectations.policy import Policy
from expectations.rules import rules_digest
from infra.errors import UserError

_FINDING = re.compile(r"[0-9a-f]{32}")
NOTIFY_WITHIN = timedelta(hours=72)  # GDPR 33(1)
ABOUT = {"breach.": "incident", "rights.": "request"}


@dataclass(frozen=True)
class Matter:
    """What the file is about, and up to when. `kind`: finding, request or incident."""

    kind: str
    name: str
    as_of: str
    zone: str
    controller: str
    policy_version: str
    rules: str


@dataclass(frozen=True)
class Dossier:
    """All of a file before it is packed; see `bundle.Snapshot`, whose form it has."""

    parameters: Matter
    aggregates: Aggregates
    lines: tuple[bytes, ...]
    edition: Edition = field(default_factory=Edition)
    kind: ClassVar[str] = "dossier"

    @cached_property
    def figures(self) -> Figures:
        return figures(self.aggregates, self.parameters)

    @cached_property
    def root(self) -> str:
        return root(self.lines).hex()

    @property
    def name(self) -> str:
        """The bundle's file name."""
        return f"dossier-{re.sub(r'[^A-Za-z0-9_.-]', '_', self.parameters.name)[:64]}.zip"

    def report(self, say: Speech) -> Report:
        """The file in that language."""
        return written(self.figures, say, root=self.root, bundle=self.name)

    def counted(self) -> list[str]:
        """Where findings and aggregates do not agree, in words."""
        told = sorted(row["finding"] for row in self.aggregates["findings"])
        found = sorted(json.loads(line)["finding_info"]["uid"] for line in self.lines)
        return [] if told == found else ["the findings are not those of the aggregates"]


def collected(warehouse: Warehouse, name: str, as_of: datetime, policy: Policy) -> Dossier:
    """Everything that is stored about the matter up to an instant. Raises UserError when nothing is."""
    finding = name if _FINDING.fullmatch(name) else None
    one: Row = {}
    if finding:
        rows = warehouse.query("breach", {"finding": finding, "now": as_of}).to_pylist()
        one = rows[0] if rows else {}
    own = {"source": one.get("source"), "id": one.get("id")}
    events = warehouse.query("dossier_events", {"now": as_of, "name": name, **own}).to_pylist()
    if not events:
        raise UserError(
            f"nothing is stored about {name}",
            "give the id of a finding, or the token of a request or incident as the events name it",
        )
    findings = warehouse.query("dossier_findings", {"now": as_of, "name": name, "finding": finding}).to_pylist()
    known = {"entity": one.get("entity"), "until": one.get("time", as_of)}
    facts = warehouse.query("dossier_facts", {"now": as_of, "name": name, **known}).to_pylist()
    ids = [row["finding"] for row in findings]
    history = [
        {"finding": each, **row}
        for each in ids
        for row in warehouse.query("history", {"finding": each, "now": as_of}).to_pylist()
    ]
    alerts = warehouse.query("dossier_alerts", {"now": as_of, "findings": json.dumps(ids)}).to_pylist()
    kind = "finding" if finding else _kind(events)
    told = {"events": events, "findings": findings, "facts": facts, "history": history, "alerts": alerts}
    matter = Matter(
        kind, name, as_of.isoformat(), policy.zone, policy.controller, policy.version_at(as_of).version, rules_digest()
    )
    return Dossier(matter, {key: [plain(row) for row in rows] for key, rows in told.items()}, lines_of(findings))


def _kind(events: list[Row]) -> str:
    return next(
        (kind for start, kind in ABOUT.items() if any(row["type"].startswith(start) for row in events)), "request"
    )


def figures(told: Aggregates, given: Matter) -> Figures:
    """Everything that the file prints."""
    events = [{**row, "data": json.loads(row["data"] or "{}")} for row in told["events"]]
    findings = [{**row, "evidence": json.loads(row["evidence"] or "{}")} for row in told["findings"]]
    return {
        "kind": given.kind, "name": given.name, "as_of": given.as_of, "zone": given.zone,
        "controller": given.controller, "policy_version": given.policy_version, "rules": given.rules,
        "events": events, "facts": told["facts"], "findings": findings, "history": told["history"],
        "alerts": told["alerts"], "breaches": sum(row["outcome"] == "breach" for row in findings),
        "notification": notification(events) if given.kind == "incident" else None,
    }  # fmt: skip


def notification(events: list[Row]) -> Figures:
    """What GDPR 33(3) asks of the notification to the authority: what is known (null: missing), from the events."""
    from expectations.contract.instants import instant_or_date

    said: dict[str, Any] = {}
    at: dict[str, str] = {}
    for row in events:
        said |= {key: value for key, value in row["data"].items() if value not in (None, [], "")}
        at.setdefault(row["type"], row["time"])
    detected = at.get("breach.detected")
    aware = instant_or_date(said["aware_at"]) if said.get("aware_at") else None
    aware = aware or (datetime.fromisoformat(detected) if detected else None)
    told = at.get("breach.authority_notified")
    limit = aware + NOTIFY_WITHIN if aware else None
    return {
        "aware": aware.isoformat() if aware else None, "limit": limit.isoformat() if limit else None,
        "detected": detected, "told": told, "late": bool(told and limit and datetime.fromisoformat(told) > limit),
        "people": said.get("subjects_affected"), "risk": said.get("risk"),
        "categories": said.get("data_categories"), "jurisdictions": said.get("jurisdictions"),
        "team": at.get("breach.team_assigned"), "subjects": at.get("breach.subjects_notified"),
        "controllers": at.get("breach.controller_notified"),
    }  # fmt: skip
