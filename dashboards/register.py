"""The register of processing (GDPR 30(1)): what the policy declares of each activity beside what was observed."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from expectations.calendars import Duration
from expectations.formats import cell
from expectations.model import registry
from expectations.policy import ANY, PolicyVersion
from expectations.vocabulary import TYPES

PROCESSING = tuple(sorted(name for name, kind in TYPES.items() if "P" in kind.kinds))
KEEPING = (
    "retention_clause",
    "retention_term",
    "erased",
    "held",
    "kept_days_half",
    "kept_days_longest",
    "beyond_term",
)
UNKNOWN = ""  # the activity of what no activity of the policy has
SIDES = ("categories", "purposes", "bases")
# The promise that ends an activity's keeping, and the readings that say after how long, from where its term begins: the
# answer to a request, the end of a relation, an unsubscription, the end of a procedure, a recording.
TERMS = {
    "contact": ("WEB-1", "contact_erasure"),
    "relations": ("CRM-1", "retention_years"),
    "newsletter": ("NEWS-5", "unsubscribe_erasure"),
    "recruitment": ("REC-1", "retention", "retention_with_consent"),
    "camera": ("CCTV-2", "recording_retention"),
}
EVERY = tuple(ANY.values())  # what a policy file means by `any`


@dataclass(frozen=True)
class Side:
    """Words of one kind: `both` declared and seen, `undeclared` seen only, `dormant` declared only.

    `any`: the policy allows every word.
    """

    both: tuple[str, ...]
    undeclared: tuple[str, ...]
    dormant: tuple[str, ...]
    any: bool = False


@dataclass(frozen=True)
class Keeping:
    """How long an activity's data are kept. `terms`: as declared; lengths are of what was erased in the days asked for
    (`erased`; half of it within `usual`) and of what is still held; `beyond`: how many longer than their own term."""

    clause: str
    terms: tuple[Duration, ...]
    erased: int = 0
    usual: timedelta | None = None
    longest: timedelta | None = None
    held: int = 0
    oldest: timedelta | None = None
    paused: int = 0
    beyond: int = 0

    @property
    def most(self) -> timedelta | None:
        """The longest that anything was kept, erased or not."""
        return max((each for each in (self.longest, self.oldest) if each is not None), default=None)


@dataclass(frozen=True)
class Entry:
    """One activity. `events` and `people` (about) within the days asked for; `last_at` None: nothing was seen."""

    name: str
    section: str
    declared: bool
    sides: Mapping[str, Side]
    events: int
    people: int
    recipients: tuple[str, ...]
    countries: tuple[str, ...]
    last_at: datetime | None
    keeping: Keeping | None = None  # None: the policy sets no term

    @property
    def undeclared(self) -> int:
        """Words that were seen and are not declared."""
        return sum(len(each.undeclared) for each in self.sides.values())

    @property
    def dormant(self) -> bool:
        """Declared, and nothing was seen."""
        return self.declared and not self.events


def register(
    seen: Sequence[Mapping[str, Any]], version: PolicyVersion, kept: Iterable[Mapping[str, Any]] = ()
) -> list[Entry]:
    """Every activity of the policy in its order, then what belongs to none.

    `seen`: rows of `register_seen`; `kept`: of `register_kept`.
    """
    keeping = {each.clause: each for each in keepings(kept, version)}
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in seen:
        rows[version.activity_for(row["type"], row["system"], row["purpose"]) or UNKNOWN].append(row)
    entries = [
        _entry(
            each.name,
            each.section,
            rows.pop(each.name, []),
            {"categories": each.categories, "purposes": each.purposes, "bases": each.bases},
            keeping.get(TERMS.get(each.name, ("",))[0]),
        )
        for each in version.activities
    ]
    return entries + [_entry(name, "", found, None) for name, found in sorted(rows.items())]


def keepings(rows: Iterable[Mapping[str, Any]], version: PolicyVersion) -> list[Keeping]:
    """Of each promise of TERMS its declared terms, and what was seen. `rows`: of `register_kept`."""
    told = {row["clause"]: row for row in rows}
    found = []
    for clause, *names in TERMS.values():
        reading = registry()[clause].reading(version.readings.get(clause, {}))
        values = (getattr(reading, name) for name in names)
        terms = tuple(each if isinstance(each, Duration) else Duration(each, "years") for each in values)
        row = dict(told.get(clause, {"clause": clause}))
        for name in ("usual", "longest", "oldest"):
            row[name] = timedelta(seconds=row[name]) if row.get(name) is not None else None
        found.append(Keeping(terms=terms, **row))
    return found


def _entry(
    name: str,
    section: str,
    rows: Sequence[Mapping[str, Any]],
    declared: Mapping[str, frozenset[str]] | None,
    keeping: Keeping | None = None,
) -> Entry:
    found = {
        "categories": {word for row in rows for text in row["category_sets"] for word in _words(text)},
        "purposes": {row["purpose"] for row in rows if row["purpose"]},
        "bases": {word for row in rows for word in row["bases"]},
    }
    return Entry(
        name,
        section,
        declared is not None,
        {side: _side(found[side], (declared or {}).get(side, frozenset())) for side in SIDES},
        sum(row["n"] for row in rows),
        sum(min(row["people"], row["n"]) for row in rows),  # the count is an estimate
        tuple(sorted({each for row in rows for each in row["recipients"]})),
        tuple(sorted({each for row in rows for each in row["countries"]})),
        max((row["last_at"] for row in rows), default=None),
        keeping,
    )


def _side(seen: set[str], declared: frozenset[str]) -> Side:
    if declared in EVERY:  # the policy says `any`: nothing that it allows is dormant
        return Side(tuple(sorted(seen & declared)), tuple(sorted(seen - declared)), (), any=True)
    both, undeclared, dormant = (tuple(sorted(each)) for each in (seen & declared, seen - declared, declared - seen))
    return Side(both, undeclared, dormant)


def _words(text: str) -> Iterable[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def as_csv(entries: Iterable[Entry]) -> str:
    """RFC 4180 with a heading, a line an activity; safe against formula injection."""
    text = io.StringIO()
    writer = csv.writer(text)
    kinds = ("both", "undeclared", "dormant")
    sides = [f"{side}_{kind}" for side in SIDES for kind in kinds]
    seen = ["events", "people_about", "recipients", "countries", "last_seen"]
    writer.writerow(["activity", "section", *sides, *seen, *KEEPING])
    for each in entries:
        words = [" ".join(getattr(each.sides[side], kind)) for side in SIDES for kind in kinds]
        last = each.last_at.isoformat() if each.last_at else ""
        line: list[str | int] = [each.name or "(none)", each.section, *words, each.events, each.people]
        line += [" ".join(each.recipients), " ".join(each.countries), last, *_kept(each.keeping)]
        writer.writerow([cell(value) for value in line])
    return text.getvalue()


def _kept(keeping: Keeping | None) -> list[str | int]:
    """The columns KEEPING: the term as policy files write it, days with two decimals."""
    if keeping is None:
        return [""] * len(KEEPING)
    days = [f"{each / timedelta(days=1):.2f}" if each is not None else "" for each in (keeping.usual, keeping.most)]
    terms = " or ".join(map(str, keeping.terms))
    return [keeping.clause, terms, keeping.erased, keeping.held, *days, keeping.beyond]
