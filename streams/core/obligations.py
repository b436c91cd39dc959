"""Obligations of an entity, worked out whole from all its facts, whichever came first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import polars as pl

from expectations.entities import is_subject
from expectations.facts import Fact, Facts
from expectations.judge import BREACH, CANNOT_TELL, PASS, Judge
from expectations.model import Clause, Course, ReadingOf, registry
from expectations.policy import Policy
from expectations.vocabulary import finding_id
from streams.core.findings import plain, regime

WORDS = {BREACH: "breach", PASS: "pass", CANNOT_TELL: "indeterminate", None: "not_applicable"}
OPENERS = frozenset(kind for clause in registry().values() for kind in clause.opens)

# Kinds of fact that bear on some obligation: openers, and what meets, moves or ends one.
BEARING = OPENERS | frozenset(
    (
        "erased", "subscribed", "answered", "extended", "retention_consented", "retention_withdrew",
        "team_assigned", "authority_notified", "subjects_notified", "controller_notified", "recordings_erased",
        "told", "told_audience", "applied", "enquiry_erased", "relation_started", "hold_placed", "hold_lifted",
        "rectified", "copies_provided", "withdrew", "forwarded", "clauses_provided", "enquired", "enquiry_fulfilled",
    )
)  # fmt: skip
# What the word of an opening fact is, in the evidence.
_WORDS = {
    "requested": "right",
    "requested_of_processor": "right",
    "incident": "risk",
    "incident_of_customer": "risk",
    "control_reported": "state",
    "policy_amended": "affected",
}
_FIELDS = tuple(each.name for each in fields(Fact))


def entities(new: pl.DataFrame, known: pl.DataFrame) -> tuple[str, ...]:
    """The entities whose obligations the `new` facts may change; processing, the most of them, only of who is owed."""
    owed = known.filter(pl.col("kind").is_in(sorted(OPENERS)))["entity"].unique()
    bears = pl.col("kind").is_in(sorted(BEARING))
    owing = (pl.col("kind") == "processed") & pl.col("entity").is_in(owed.implode())
    return tuple(sorted(new.filter(bears | owing)["entity"].unique()))


def askers(events: pl.DataFrame, facts: pl.DataFrame) -> list[str]:
    """The subjects among the events who asked to be erased and got it (or may have): what is held of them counts.

    `facts`: what is stored of them.
    """

    def whose(kind: str, fact: str, field: str, word: str) -> set[str]:
        told = events.filter((pl.col("type") == kind) & (pl.col(field).is_null() | (pl.col(field) == word)))
        known = facts.filter((pl.col("kind") == fact) & (pl.col("word").is_null() | (pl.col("word") == word)))
        return {*told["subject"].drop_nulls(), *known["entity"]}

    asked = whose("rights.request_received", "requested", "right", "erasure")
    return sorted(asked & whose("rights.request_answered", "answered", "outcome", "granted"))


def obligations(facts: pl.DataFrame, whose: Iterable[str], policy: Policy, judge: Judge) -> list[dict[str, Any]]:
    """Rows of the schema OBLIGATIONS of those entities; `facts` holds all that is known of them."""
    wanted = facts.filter(pl.col("entity").is_in(list(whose)))
    owing = wanted.filter(pl.col("kind").is_in(sorted(OPENERS)))["entity"].unique()
    known: dict[str, list[Fact]] = {}
    for entity, *told in wanted.filter(pl.col("entity").is_in(owing.implode())).select("entity", *_FIELDS).iter_rows():
        known.setdefault(entity, []).append(Fact(*told))
    rows: list[dict[str, Any]] = []
    courses: list[tuple[str, Clause, Course]] = []
    readings = _readings(policy)
    for entity, found in sorted(known.items()):
        facts_of_entity = Facts(found)
        for name, openers in _following(OPENERS.intersection(fact.kind for fact in found)):
            clause = registry()[name]
            for opener in facts_of_entity.of(*openers):
                version = policy.version_at(opener.time)
                for course in clause.courses(opener, facts_of_entity, readings):
                    rows.append(_row(clause, entity, opener, _settled(course), version.version))
                    courses.append((version.version, clause, _settled(course)))
    for number, word in _judged(courses, judge).items():
        rows[number]["outcome"] = word
    return rows


@cache
def _following(kinds: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The ids of clauses that facts of these kinds open something of, in the policy's order, with those kinds."""
    return tuple(
        (name, tuple(sorted(clause.opens & kinds))) for name, clause in registry().items() if clause.opens & kinds
    )


def _readings(policy: Policy) -> ReadingOf:
    """The policy's readings at any instant, each made once."""
    made: dict[tuple[str, str], Any] = {}

    def reading(clause: str, at: datetime) -> Any:
        version = policy.version_at(at)
        key = (clause, version.version)
        if key not in made:
            made[key] = registry()[clause].reading(version.readings.get(clause, {}))
        return made[key]

    return reading


def _settled(course: Course) -> Course:
    """What ends first, ends it: a fulfilment in time leaves nothing to cancel."""
    if course.met_at is None or course.cancelled_at is None or course.cancelled_at < course.met_at:
        return course
    return replace(course, cancelled_at=None)


def _row(clause: Clause, entity: str, opener: Fact, course: Course, version: str) -> dict[str, Any]:
    subject = entity if is_subject(entity) else None
    return {
        "finding": finding_id(clause.id, opener.source, opener.id, course.key),
        "clause": clause.id,
        "source": opener.source,
        "id": opener.id,
        "key": course.key,
        "severity": clause.severity.value,
        "system": opener.system,
        "type": _opened_by(clause.id, opener.system),
        "subject": subject,
        "entity": entity,
        "opened_at": opener.time,
        "policy_version": version,
        "clocks": [{"clock": each.clock, "since": each.since, "due_at": each.due_at} for each in course.clocks],
        "met_at": course.met_at,
        "cancelled_at": course.cancelled_at,
        "suspensions": [{"since": since, "until": until} for since, until in course.suspensions],
        "undecided": " ".join(course.undecided) or None,
        "outcome": None,
        "evidence": _evidence(clause.id, opener.kind, opener.word, subject is not None, opener.jurisdiction),
    }


@cache
def _opened_by(clause: str, system: str) -> str:
    """The type of event that opens the clause's obligations in that system."""
    types = sorted(registry()[clause].opened_by)
    return next((each for each in types if each.startswith(f"{system}.")), types[0])


@lru_cache(maxsize=4096)
def _evidence(clause: str, kind: str, word: str | None, personal: bool, jurisdiction: str | None) -> str:
    """JSON object: what the opening fact says, and whose law counts where it is about a person. Few differ."""
    told: dict[str, Any] = {}
    if word is not None:
        told[_WORDS.get(kind, "outcome")] = plain(word)
    if personal:
        told |= regime(registry()[clause], jurisdiction)
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _judged(courses: list[tuple[str, Clause, Course]], judge: Judge) -> dict[int, str]:
    """What the suites say of each, once its instants have passed."""
    instant = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        {
            "row": range(len(courses)),
            "version": [version for version, _, _ in courses],
            "clause": [clause.id for _, clause, _ in courses],
            "due_at": [_due(course) for _, _, course in courses],
            "met_at": [course.met_at for _, _, course in courses],
            "cancelled_at": [course.cancelled_at for _, _, course in courses],
            "undecided": [bool(course.undecided) for _, _, course in courses],
            "misstep": [course.misstep for _, _, course in courses],
        },
        schema={
            "row": pl.UInt32,
            "version": pl.String,
            "clause": pl.String,
            "due_at": instant,
            "met_at": instant,
            "cancelled_at": instant,
            "undecided": pl.Boolean,
            "misstep": pl.Boolean,
        },
    )
    said = dict.fromkeys(range(len(courses)), WORDS[None])
    for (version,), part in frame.partition_by("version", as_dict=True, include_key=False).items():
        for row, _, outcome in judge.obligations(part, str(version)).iter_rows():
            said[row] = WORDS[outcome]
    return said


def _due(course: Course) -> Any:
    promised = [each for each in course.clocks if each.clock == "promise"]
    return max(promised, key=lambda each: (each.since, each.due_at)).due_at if promised else None
