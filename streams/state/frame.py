"""The frame of a batch: each event with the facts as of its time that the clauses read, and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from expectations.policy import PolicyVersion
from expectations.references import References
from streams.state import records, rights, timelines
from streams.state import registers as registered

COOKIES = ("preferences", "statistics", "marketing")
PAIRS = 2_000_000  # of an event and a fact of its subject that are looked at together: what bounds memory
NAMED = ("newsletter", "service_communication", "third_party_marketing")  # purposes that clauses ask for by name


@dataclass(frozen=True)
class Sources:
    """What facts are worked out from: facts of the subjects, spans of agreements, lists, the policy in force."""

    facts: pl.DataFrame
    agreements: pl.DataFrame
    references: References
    version: PolicyVersion


Work = Callable[[pl.DataFrame, Sources], pl.DataFrame]


def _consent_columns(name: str) -> tuple[str, ...]:
    return (f"consent.{name}.given_at", f"consent.{name}.withdrawn_at")


def _named(purpose: str) -> Work:
    return lambda events, given: timelines.consent(events, given.facts, purpose)


def activities(events: pl.DataFrame, version: PolicyVersion) -> pl.DataFrame:
    """The activity of each event, with what the policy allows it."""
    allowed = pl.DataFrame(
        {
            "activity.name": [each.name for each in version.activities],
            "activity.categories": [sorted(each.categories) for each in version.activities],
            "activity.bases": [sorted(each.bases) for each in version.activities],
            "activity.purposes": [sorted(each.purposes) for each in version.activities],
        }
    )
    keys = events.select("type", "system", "purpose").unique()
    names = [version.activity_for(kind, system, purpose) for kind, system, purpose in keys.iter_rows()]
    told = keys.with_columns(pl.Series("activity.name", names, dtype=pl.String)).join(
        allowed, on="activity.name", how="left"
    )
    joined = events.select("row", "type", "system", "purpose").join(
        told, on=["type", "system", "purpose"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.drop("type", "system", "purpose")


GROUPS: Mapping[tuple[str, ...], Work] = {
    ("activity.name", "activity.categories", "activity.bases", "activity.purposes"): (
        lambda events, given: activities(events, given.version)
    ),
    (*_consent_columns("own"), *_consent_columns("any"), *_consent_columns("lent")): (
        lambda events, given: timelines.own_consent(events, given.facts)
    ),
    **{_consent_columns(kind): _named(kind) for kind in (*COOKIES, *NAMED)},
    ("subject.subscribed_at", "subject.confirmed_at", "subject.doubtful_at", "subject.unsubscribed_at"): (
        lambda events, given: timelines.subscription(events, given.facts)
    ),
    ("relation.customer.started_at", "relation.customer.ended_at"): (
        lambda events, given: timelines.relation(events, given.facts, "customer")
    ),
    records.RELATION: lambda events, given: records.relations(events, given.facts),
    ("erased.crm.at",): lambda events, given: records.erased(events, given.facts, "crm"),
    ("erased.newsletter.at",): lambda events, given: records.erased(events, given.facts, "newsletter"),
    records.APPLICATION: lambda events, given: records.application(events, given.facts),
    rights.COLUMNS: lambda events, given: rights.rights(events, given.facts),
    rights.REQUEST: lambda events, given: rights.request(events, given.facts),
    ("register.complaints_to",): lambda events, given: registered.complaints(
        events, given.references, given.version.authorities
    ),
    registered.COLUMNS: lambda events, given: registered.in_force(events, given.agreements, given.references),
    registered.COUNTRIES: lambda events, given: registered.countries(events, given.references),
}

STATE = frozenset(column for columns in GROUPS for column in columns)
# Column of state -> the field whose absence leaves it unknown, where the field is not read as itself.
HINGES = {**registered.HINGES, **dict.fromkeys(rights.REQUEST, "right")}
# Column of state -> the field that the fact whose instant it holds does not say.
DOUBTS = {"subject.doubtful_at": "double_opt_in"}


def build(events: pl.DataFrame, given: Sources, wanted: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """The events (with `row`) and the wanted columns of state.

    `wanted`: column -> the types of the clauses that read it; for other types it is null. A wanted column that
    neither the contract nor a group offers is a fault of the clause (KeyError).
    """
    unknown = wanted.keys() - STATE - set(events.columns)
    if unknown:
        raise KeyError(f"no such columns: {', '.join(sorted(unknown))}")
    return pl.concat([_built(some, given, wanted) for some in _slices(events, given.facts)])


def _built(events: pl.DataFrame, given: Sources, wanted: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    rows, parts = events.select("row"), [events]
    for columns, work in GROUPS.items():
        types = frozenset().union(*(wanted.get(column, frozenset()) for column in columns))
        if not types:
            continue
        concerned = events.filter(pl.col("type").is_in(sorted(types)))
        made = work(concerned, given)
        parts.append(rows.join(made, on="row", how="left", maintain_order="left").drop("row"))
    return pl.concat(parts, how="horizontal")  # one join of everything to each would copy all columns each time


def _slices(events: pl.DataFrame, facts: pl.DataFrame) -> list[pl.DataFrame]:
    """The events in slices of at most `PAIRS` pairs of an event and a fact of its subject, or of one event."""
    told = facts.group_by(subject="entity").agg(told=pl.len())
    pairs = events.select("subject").join(told, on="subject", how="left", maintain_order="left")["told"]
    if pairs.sum() <= PAIRS:
        return [events]
    ends, held = list[int](), 0
    for place, some in enumerate(pairs.fill_null(0)):
        if held and held + some > PAIRS:
            ends.append(place)
            held = 0
        held += some
    return [events[low:high] for low, high in pairwise([0, *ends, events.height])]
