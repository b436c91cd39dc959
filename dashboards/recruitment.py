"""Applications that are kept, and the sensitive categories that were seen in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expectations.vocabulary import SPECIAL_CATEGORIES

CLAUSES = ("REC-1", "REC-2", "REC-3", "REC-4", "REC-5", "REC-6", "GEN-1", "GEN-4")
TERMS = ("REC-1", "REC-2", "REC-3")  # whose clocks say until when an application may be kept
SPECIAL = " ".join(sorted(SPECIAL_CATEGORIES))


@dataclass(frozen=True)
class Kept:
    """Applications by the promise whose clock runs; `pool`: by consent, `ending`: within 30 days."""

    clause: str
    running: int = 0
    pool: int = 0
    ending: int = 0
    overdue: int = 0
    next_due: datetime | None = None
    oldest_due: datetime | None = None


def kept(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Kept], int]:
    """By clause of TERMS, and how many applications are past any term; `rows`: of the query `recruitment_kept`."""
    found = {clause: Kept(clause) for clause in TERMS}
    passed = 0
    for row in rows:
        passed = row["passed"]
        found[row["clause"]] = Kept(**{name: value for name, value in row.items() if name != "passed"})
    return found, passed


def within(retention: Any, at: datetime) -> int:
    """Days that hold the term without consent, whatever summer time does to it; `retention`: of REC-1's readings."""
    return int((retention.after(at) - at).days) + 2
