"""The pages' words: catalogues in `words/<language>.yaml`, figures and spans as people read them.

The report's own words stand in `snapshot/words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from dashboards.figures import Words

LANGUAGES = ("en", "nl")
NARROW = "\u202f"  # between thousands


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """One language's words, flat: `tile.kept`. A word with `one` and `other` has both forms."""
    room = resources.files("dashboards")
    files = (room.joinpath(*folder, "words", f"{language}.yaml") for folder in ((), ("snapshot",)))
    return dict(pair for file in files for pair in _flat(yaml.safe_load(file.read_text("utf-8")), ""))


def _flat(tree: Mapping[str, Any], above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        name = f"{above}{key}"
        plain = not isinstance(value, dict) or set(value) == {"one", "other"}
        found += [(name, value)] if plain else _flat(value, f"{name}.")
    return found


@dataclass(frozen=True)
class Speech:
    """Says things in one language and one time zone."""

    language: str = "en"
    zone: str = "UTC"

    def __call__(self, word: str, **given: Any) -> str:
        """The catalogue's sentence; `n` chooses the form and is written as a figure."""
        found = catalogue(self.language)[word]
        n = given.get("n")
        if isinstance(found, dict):
            found = found["one" if n == 1 else "other"]
        if isinstance(n, int):
            given["n"] = number(n)
        return str(found).format(**given)

    def raw(self, word: str) -> str:
        """The catalogue's sentence with its places unfilled, for the browser to fill."""
        return str(catalogue(self.language)[word])

    def words(self, word: str) -> list[str]:
        """A list of the catalogue: headings of a table."""
        return [str(each) for each in catalogue(self.language)[word]]

    def short(self, clause: Words) -> str:
        """A promise in a few words; the clause's own sentence where the catalogue has none."""
        found = catalogue(self.language).get(f"clause.{clause.id}")
        return str(found) if found else clause.promise

    def system(self, name: str | None) -> str:
        """A system's name as people call it."""
        return str(catalogue(self.language).get(f"system.{name}", name or "–"))

    def activity(self, name: str) -> str:
        """An activity's name as people call it; the policy's own where the catalogue has none."""
        return str(catalogue(self.language).get(f"activity.{name}", name.replace("_", " ")))

    def clock(self, at: datetime, reference: datetime | None = None, seconds: bool = True) -> str:
        """A time of day in the viewer's zone; with the day in front when it is not that of `reference`."""
        local = at.astimezone(self._zone)
        text = local.strftime("%H:%M:%S" if seconds else "%H:%M")
        if reference is not None and local.date() != reference.astimezone(self._zone).date():
            month = catalogue(self.language)["months"].split()[local.month - 1]
            return f"{local.day} {month} {local:%H:%M}"
        return text

    def moment(self, at: datetime, reference: datetime | None = None) -> str:
        """A day and a time of day in the viewer's zone; with the year when it is not that of `reference`."""
        local = at.astimezone(self._zone)
        month = catalogue(self.language)["months"].split()[local.month - 1]
        other = reference is not None and local.year != reference.astimezone(self._zone).year
        return f"{local.day} {month} {local.year} {local:%H:%M}" if other else f"{local.day} {month} {local:%H:%M}"

    def day(self, at: datetime) -> str:
        """A day without its year, in the viewer's zone."""
        local = at.astimezone(self._zone)
        return f"{local.day} {catalogue(self.language)['months'].split()[local.month - 1]}"

    @property
    def tz(self) -> ZoneInfo:
        """The viewer's zone."""
        return self._zone

    def full(self, at: datetime) -> str:
        """A day with its year and a time of day to the second, in the viewer's zone."""
        local = at.astimezone(self._zone)
        return f"{local.day} {catalogue(self.language)['months'].split()[local.month - 1]} {local:%Y %H:%M:%S}"

    def span(self, length: timedelta) -> str:
        """A length in at most two units: `3 d 4 h`, `26 min`, `8 s`."""
        seconds = int(abs(length.total_seconds()))
        days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
        d, h, m, s = catalogue(self.language)["units"].split()
        if days:
            return f"{number(days)} {d} {hours} {h}" if hours and days < 30 else f"{number(days)} {d}"
        if hours:
            return f"{hours} {h} {minutes} {m}" if minutes and hours < 3 else f"{hours} {h}"
        return f"{minutes} {m}" if minutes else f"{seconds} {s}"

    @property
    def _zone(self) -> ZoneInfo:
        return _zone(self.zone)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def number(n: int) -> str:
    """Thousands by narrow spaces."""
    return f"{n:,}".replace(",", NARROW)


def utc(at: datetime) -> str:
    """An instant as UTC, for the hover."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
