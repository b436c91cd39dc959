"""The newsletter's consents, and what follows when somebody leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

CLAUSES = ("NEWS-1", "NEWS-2", "NEWS-3", "NEWS-4", "NEWS-5", "NEWS-6", "NEWS-7", "NEWS-8", "GEN-4")
WITHOUT = ("NEWS-3", "NEWS-4", "GEN-4")  # each reports a mail to somebody without standing consent, one alone
# By what a consent is proved, the strongest first; then what ends one.
GIVEN = ("confirmed", "unconfirmed", "untold", "consented")
ENDED = ("unsubscribed", "withdrew")
PRETICKED = "preticked"  # counts as none (CJEU C-673/17)
# How long after leaving the last mail came, at most.
SPANS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True)
class Leaving:
    """`lasts`: how many got a last mail within each of SPANS, later than all, and untold; `longest` of them."""

    lasts: tuple[int, ...]
    longest: timedelta | None
    deleted: int
    usual: timedelta | None  # half of the deletions took no longer
    slow: timedelta | None  # 95 of 100
    term: timedelta | None  # what is promised
    waiting: int
    overdue: int

    @property
    def mailed(self) -> int:
        """Who got mail after leaving."""
        return sum(self.lasts)


def by_evidence(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of the query `newsletter_consents` by GIVEN, ENDED and PRETICKED."""
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in (*GIVEN, *ENDED, PRETICKED)}
    for row in rows:
        found[row["evidence"] or row["kind"]].append(row)
    return found


def leaving(row: Mapping[str, Any]) -> Leaving:
    """What follows an unsubscription; `row`: of the query `newsletter_leaving`."""
    told = [timedelta(seconds=each) for each in row["lasts"] if each is not None]
    usual, slow, term = (
        None if row[name] is None else timedelta(seconds=row[name]) for name in ("took_p50", "took_p95", "term")
    )
    return Leaving(
        lasts=(*_within(told), len(row["lasts"]) - len(told)),
        longest=max(told, default=None),
        deleted=row["deleted"],
        usual=usual,
        slow=slow,
        term=term,
        waiting=row["waiting"],
        overdue=row["overdue"],
    )


def _within(told: Sequence[timedelta]) -> list[int]:
    upper = (*SPANS, timedelta.max)
    lower = (timedelta.min, *SPANS)
    return [sum(above < each <= most for each in told) for above, most in zip(lower, upper, strict=True)]
