"""The parameters of a snapshot, from the policy and its clauses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dashboards.snapshot.figures import Parameters
from expectations.attestations import Attestation, lapsed, standing
from expectations.model import registry
from expectations.policy import Policy
from expectations.rules import rules_digest
from expectations.versions import difference, headline
from infra.quarter import Quarter


def parameters(policy: Policy, quarter: Quarter, as_of: datetime, attested: Iterable[Any]) -> Parameters:
    """Of the quarter up to `as_of`. `attested`: rows of the query `attestations`, their times instants."""
    zone, since, until = policy.zone, quarter.since(policy.zone), quarter.until(policy.zone)
    events = list(attested)
    eea = sorted({span.country for span in policy.references.eea_spans if policy.references.eea(span.country, as_of)})
    return Parameters(
        quarter=str(quarter),
        since=since.isoformat(),
        as_of=as_of.isoformat(),
        final=as_of >= until,
        zone=zone,
        controller=policy.controller,
        policy_version=policy.version_at(as_of).version,
        rules=rules_digest(),
        clauses=tuple(
            {"id": each.id, "section": each.section.split(",")[0], "severity": each.severity.value}
            for each in registry().values()
        ),
        eea=tuple(eea),
        vouched=_vouched(policy, standing(events, as_of, zone)),
        lapsed=_vouched(policy, lapsed(events, as_of, zone)),
        changes=tuple(
            {"headline": headline(old, new, zone), "words": difference(old, new, zone)}
            for old, new in zip(policy.versions, policy.versions[1:], strict=False)
            if since <= new.valid_from < as_of
        ),
    )


def _vouched(policy: Policy, given: dict[str, Attestation]) -> tuple[dict[str, str], ...]:
    """By what is vouched for; `clause` where it is one, or the only one of its sentence."""
    clauses = {each.id: each.clauses for each in policy.sentences}
    found = []
    for about, each in sorted(given.items()):
        own = (about,) if about in registry() else clauses.get(about, ())
        found.append({
            "about": about, "actor": each.actor, "evidence": each.evidence, "since": each.since.isoformat(),
            "until": each.until.isoformat(), "clause": own[0] if len(own) == 1 else "",
        })  # fmt: skip
    return tuple(found)
