"""Reference lists with dates: the EEA, adequacy decisions, standard contractual clauses, authorities."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema

from expectations import lined
from expectations.calendars import start_of_day
from expectations.lined import Fault, FileError, Lined

FOLDER = Path(__file__).parent / "registers"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)  # of an entry that holds throughout
NAMES = ("eea", "adequacy", "scc", "authorities")


class Span(NamedTuple):
    """A country of a list in [since, until), UTC; `scope` (`dpf`) narrows it to certified recipients."""

    country: str
    since: datetime
    until: datetime | None
    scope: str | None


class ClauseSet(NamedTuple):
    """A set of standard contractual clauses: usable in [since, until) if signed before `signed_before`."""

    name: str
    since: datetime
    until: datetime | None
    signed_before: datetime | None


class Authority(NamedTuple):
    """The word of an authority, its region (a country or EEA) and its name."""

    word: str
    region: str
    name: str


@dataclass(frozen=True)
class References:
    """All lists. The tuples are what frames join; the methods ask for one country and instant."""

    eea_spans: tuple[Span, ...]
    adequate_spans: tuple[Span, ...]
    clause_sets: tuple[ClauseSet, ...]
    authorities: tuple[Authority, ...]

    def eea(self, country: str, t: datetime) -> bool:
        """Whether the country belongs to the EEA at that instant."""
        return _holds(self.eea_spans, country, t)

    def adequate(self, country: str, t: datetime, dpf: bool = False) -> bool:
        """Whether an adequacy decision covers the country then; `dpf`: the recipient is certified."""
        return _holds(self.adequate_spans, country, t, None if not dpf else "dpf")

    def authority_of(self, country: str, t: datetime) -> str | None:
        """The word of the authority of a country's people, if it is one that we know."""
        region = "EEA" if self.eea(country, t) else country
        return next((each.word for each in self.authorities if each.region == region), None)


def _holds(spans: Iterable[Span], country: str, t: datetime, scope: str | None = None) -> bool:
    return any(
        span.country == country
        and span.since <= t
        and (span.until is None or t < span.until)
        and span.scope in (None, scope)
        for span in spans
    )


@cache
def references() -> References:
    """The lists that come with clausewatch; read once."""
    return load(FOLDER)


def load(folder: Path) -> References:
    """Read the four lists of a folder; FileError with every fault found."""
    faults: list[Fault] = []
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name in NAMES:
        try:
            found[name] = _entries(lined.read(folder / f"{name}.yaml"))
        except FileError as error:
            faults += error.faults
    if faults:
        raise FileError(faults)
    return References(
        eea_spans=tuple(map(_span, found["eea"])),
        adequate_spans=tuple(map(_span, found["adequacy"])),
        clause_sets=tuple(
            ClauseSet(row["set"], _from(row), _day(row.get("to")), _day(row.get("signed_before")))
            for row in found["scc"]
        ),
        authorities=tuple(Authority(row["authority"], row["region"], row["name"]) for row in found["authorities"]),
    )


def _entries(file: Lined) -> list[Mapping[str, Any]]:
    faults = check_schema(file, FOLDER / "schema.json")
    if not faults:
        rows: list[Mapping[str, Any]] = file.data["entries"]
        for number, row in enumerate(rows):
            for field in ("from", "to", "signed_before"):
                try:
                    _day(row.get(field))
                except ValueError:
                    place = ("entries", number, field)
                    faults.append(file.fault(place, f'"{row[field]}" is no date', "write one: 2026-01-26"))
    if faults:
        raise FileError(faults)
    return rows


def check_schema(file: Lined, schema: Path) -> list[Fault]:
    """What a file has that its JSON Schema does not allow; the schema's `x-cure` says how to mend it."""
    rules = json.loads(schema.read_text(encoding="utf-8"))
    faults = []
    for error in jsonschema.Draft202012Validator(rules).iter_errors(file.data):
        place = tuple(error.absolute_path)
        told = error.message if len(error.message) < 160 else f"is not what the schema asks ({error.validator})"
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            known = error.schema.get("properties", {})
            place = (*place, next(key for key in error.instance if key not in known))
            told = "is not known here"
        cure = error.schema.get("x-cure", f"see {schema.parent.name}/{schema.name}")
        faults.append(file.fault(place, told, cure))
    return faults


def _day(text: str | None) -> datetime | None:
    return None if text is None else start_of_day(date.fromisoformat(text))


def _from(row: Mapping[str, Any]) -> datetime:
    return _day(row.get("from")) or BEGINNING


def _span(row: Mapping[str, Any]) -> Span:
    return Span(row["country"], _from(row), _day(row.get("to")), row.get("scope"))
