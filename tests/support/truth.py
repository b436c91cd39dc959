"""Compares what the audit finds with what the simulator knows it broke."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from expectations.model import registry
from streams.simulate.calendar import DAY, instant
from streams.simulate.deliveries import make_world, write
from streams.simulate.readings import DEFAULT
from streams.simulate.truth import Truth

CLAUSES = frozenset(registry()) - {"POPIA-1"}  # which annotates and is never broken
START = datetime(2026, 10, 5, tzinfo=UTC)

Broken = tuple[str, str, str, str, str]  # outcome, clause, source, event id, obligation


def simulated(
    seed: int, subjects: int | range, days: float, per_day: float = 5.0
) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The lines of a small world and its truth; of a larger one with a range of its people."""
    truth, lines = io.BytesIO(), list[bytes]()
    people = range(subjects) if isinstance(subjects, int) else subjects
    world = make_world(
        seed=seed,
        start=instant(START),
        subjects=people.stop,
        days=days,
        truth=Truth(lambda line: truth.write(line + b"\n")),
        per_day=per_day,
    )
    write(world, people, lines.append)
    return lines, [json.loads(line) for line in truth.getvalue().splitlines()]


def expected(truth: Iterable[dict[str, Any]], as_of: datetime, side: str = DEFAULT) -> set[Broken]:
    """What must be found at `as_of` under one side's readings: a promise is broken only after its due instant."""
    return {
        (line["outcome"], line["clause"], line["source"], line["event_id"], line["obligation"] or "")
        for line in truth
        if line["clause"] in CLAUSES
        and line["under"] in (None, side)
        and (line["due_at"] is None or datetime.fromisoformat(line["due_at"]) < as_of)
    }


def found(findings: Iterable[dict[str, Any]]) -> set[Broken]:
    """Breaches and indeterminate verdicts."""
    return {
        (row["outcome"], row["clause"], row["source"], row["event_id"], row["obligation"] or "")
        for row in findings
        if row["clause"] in CLAUSES and row["outcome"] in ("breach", "indeterminate")
    }


def after(days: float) -> datetime:
    """An instant so many days after the first."""
    return datetime.fromtimestamp((instant(START) + round(days * DAY)) / 1000, UTC)
