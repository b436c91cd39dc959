"""Who gets data, where, on what ground and under which safeguard; and what each agreement holds up."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import polars as pl

from expectations.agreements import agreements
from expectations.references import References

ENDS_SOON = timedelta(days=60)


class Safeguard(StrEnum):
    """What protects data in a country (GDPR 44-49), the weakest last."""

    EEA = "eea"
    ADEQUATE = "adequate"
    COMMITTED = "committed"  # standard clauses, binding rules, the privacy framework
    DEROGATION = "derogation"
    NONE = "none"


_WEAKEST = tuple(Safeguard)
_SAID = {"scc": Safeguard.COMMITTED, "bcr": Safeguard.COMMITTED, "dpf": Safeguard.COMMITTED}


@dataclass(frozen=True)
class Country:
    """Disclosures into one country; `safeguard`: the weakest that any of them named."""

    code: str
    safeguard: Safeguard
    recipients: tuple[str, ...]
    events: int
    breaches: int


@dataclass(frozen=True)
class Agreement:
    """One in force. `resting`: disclosures of the period that name it, or go to its party with no other in force."""

    name: str
    party: str
    kind: str
    since: datetime
    until: datetime | None
    resting: tuple[Mapping[str, Any], ...]  # rows of the query `transfers`

    @property
    def rests(self) -> int:
        return sum(row["n"] for row in self.resting)


def safeguard(country: str, said: str | None, references: References, at: datetime) -> Safeguard:
    """What protects a disclosure there; `said`: the safeguards that the event named (JSON)."""
    if references.eea(country, at):
        return Safeguard.EEA
    if references.adequate(country, at):
        return Safeguard.ADEQUATE
    named = {_SAID.get(each, Safeguard.DEROGATION) for each in _list(said) if each in (*_SAID, "derogation")}
    return min(named, key=_WEAKEST.index) if named else Safeguard.NONE


def countries(rows: Sequence[Mapping[str, Any]], references: References, at: datetime) -> list[Country]:
    """By country, the one with the weakest safeguard first, then the busiest. `rows`: of the query `transfers`."""
    by: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["country"]:
            by[row["country"]].append(row)
    found = [
        Country(
            code,
            max((safeguard(code, row["safeguards"], references, at) for row in some), key=_WEAKEST.index),
            tuple(sorted({row["recipient"] for row in some if row["recipient"]})),
            sum(row["n"] for row in some),
            sum(row["breaches"] for row in some),
        )
        for code, some in by.items()
    ]
    return sorted(found, key=lambda each: (-_WEAKEST.index(each.safeguard), -each.events, each.code))


def in_force(
    told: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], at: datetime, *, backdating: bool
) -> list[Agreement]:
    """The agreements in force at an instant, the one that ends first on top, with what would break without each."""
    if not told:
        return []
    spans = [
        each
        for each in agreements(pl.DataFrame(told), backdating=backdating).iter_rows(named=True)
        if each["agreement"] and each["since"] <= at and (each["until"] is None or at < each["until"])
    ]
    names: dict[str, set[str]] = defaultdict(set)
    for each in spans:
        names[each["party"] or ""].add(each["agreement"])
    found = {
        each["agreement"]: Agreement(
            each["agreement"],
            each["party"] or "–",
            each["kind"] or "–",
            each["since"],
            each["until"],
            tuple(row for row in rows if _rests(row, each, names)),
        )
        for each in spans
    }
    return sorted(found.values(), key=lambda each: (each.until is None, each.until or at, each.name))


def _rests(row: Mapping[str, Any], agreement: Mapping[str, Any], names: Mapping[str, set[str]]) -> bool:
    if row["agreement"] is not None:
        return bool(row["agreement"] == agreement["agreement"])
    party = agreement["party"]
    return party is not None and row["recipient"] == party and names[party] == {agreement["agreement"]}


def narrowed(
    rows: Sequence[Mapping[str, Any]], held: Sequence[Agreement], chosen: Mapping[str, str | None]
) -> Sequence[Mapping[str, Any]]:
    """The rows that `chosen` leaves: of a `country`, a `recipient` (`-`: none named), resting on an `agreement`."""
    if agreement := chosen.get("agreement"):
        rows = next((each.resting for each in held if each.name == agreement), ())
    for name in ("country", "recipient"):
        if wanted := chosen.get(name):
            rows = [row for row in rows if (row[name] or "-") == wanted]
    return rows


def by_ground(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int, int]]:
    """Recipient, ground, events, breaches; the busiest first."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        found = sums[row["recipient"] or "–", row["ground"] or "–"]
        found[0] += row["n"]
        found[1] += row["breaches"]
    told = [(recipient, ground, n, breaches) for (recipient, ground), (n, breaches) in sums.items()]
    return sorted(told, key=lambda each: (-each[3], -each[2], each[0], each[1]))


def _list(text: str | None) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
