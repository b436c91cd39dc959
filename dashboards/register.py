"""The register of processing (GDPR 30(1)): what the policy declares of each activity beside what was observed."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expectations.formats import cell
from expectations.policy import ANY, PolicyVersion
from expectations.vocabulary import TYPES

PROCESSING = tuple(sorted(name for name, kind in TYPES.items() if "P" in kind.kinds))
UNKNOWN = ""  # the activity of what no activity of the policy has
SIDES = ("categories", "purposes", "bases")
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

    @property
    def undeclared(self) -> int:
        """Words that were seen and are not declared."""
        return sum(len(each.undeclared) for each in self.sides.values())

    @property
    def dormant(self) -> bool:
        """Declared, and nothing was seen."""
        return self.declared and not self.events


def register(seen: Sequence[Mapping[str, Any]], version: PolicyVersion) -> list[Entry]:
    """Every activity of the policy in its order, then what belongs to none. `seen`: rows of `register_seen`."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in seen:
        rows[version.activity_for(row["type"], row["system"], row["purpose"]) or UNKNOWN].append(row)
    entries = [
        _entry(
            each.name,
            each.section,
            rows.pop(each.name, []),
            {"categories": each.categories, "purposes": each.purposes, "bases": each.bases},
        )
        for each in version.activities
    ]
    return entries + [_entry(name, "", found, None) for name, found in sorted(rows.items())]


def _entry(
    name: str, section: str, rows: Sequence[Mapping[str, Any]], declared: Mapping[str, frozenset[str]] | None
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
    writer.writerow(["activity", "section", *sides, "events", "people_about", "recipients", "countries", "last_seen"])
    for each in entries:
        words = [" ".join(getattr(each.sides[side], kind)) for side in SIDES for kind in kinds]
        last = each.last_at.isoformat() if each.last_at else ""
        line = [each.name or "(none)", each.section, *words, each.events, each.people]
        writer.writerow([cell(value) for value in [*line, " ".join(each.recipients), " ".join(each.countries), last]])
    return text.getvalue()
