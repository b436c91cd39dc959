"""Writes a report's dates, spans, promises and systems in one language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.speech import Speech
from expectations.words import clauses_in
from infra.quarter import Quarter

Figures = dict[str, Any]
YEAR = round(365.25 * 86400)  # seconds


class Writer:
    """Writes a report's words: dates, quarters, promises and systems in one language."""

    def __init__(self, told: Figures, say: Speech) -> None:
        self.told, self.say = told, say

    @cached_property
    def quarter(self) -> Quarter:
        """The quarter that it is about."""
        return Quarter.of(self.told["quarter"])

    def day(self, on: date | str, year: bool = True) -> str:
        """A date in words."""
        on = date.fromisoformat(on[:10]) if isinstance(on, str) else on
        months = self.say("report.months").split()
        told = self.say("report.date", day=on.day, month=months[on.month - 1], year=on.year)
        return told if year else told.removesuffix(f" {on.year}")

    def at(self, instant: str) -> str:
        """An instant by the clocks of the report's zone, the month in short."""
        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(self.told["zone"]))
        return f"{local.day} {self.say('months').split()[local.month - 1]} {local:%H:%M}"

    def full(self, instant: str) -> str:
        """As `at`, with the year."""
        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(self.told["zone"]))
        return f"{local.day} {self.say('months').split()[local.month - 1]} {local.year} {local:%H:%M}"

    def name(self, clause: str) -> str:
        """A promise in a few words."""
        known = clauses_in(self.say.language).get(clause)
        return self.say.short(known) if known else clause

    def remedy(self, clause: str) -> str:
        """What to do after a breach of it."""
        return clauses_in(self.say.language)[clause].remedy

    def footer(self, root: str) -> str:
        """The beginning of the findings' root, in fours."""
        return self.say("report.footer", root=" ".join(root[place : place + 4] for place in range(0, 16, 4)) + " …")

    def systems(self, names: Iterable[str]) -> str:
        return ", ".join(self.say.system(each) for each in names) or "–"

    def span(self, seconds: int | None) -> str:
        if seconds is not None and seconds >= 2 * YEAR:
            return self.say("report.years", n=round(seconds / YEAR))
        return "–" if seconds is None else self.say.span(timedelta(seconds=seconds))


def columns(titles: list[str], shapes: str) -> list[tuple[str, str, str]]:
    """Columns of a table from their titles and, for each, `width` or `width>` (aligned right)."""
    told = [(each.rstrip(">"), "right" if each.endswith(">") else "left") for each in shapes.split()]
    return [(title, width, align) for title, (width, align) in zip(titles, told, strict=True)]
