"""What the website does with visits: cookies, addresses, wishes not to be followed, forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CLAUSES = ("WEB-1", "WEB-2", "WEB-3", "WEB-4", "CLICK-1", "CLICK-2", "CLICK-3", "CLICK-4", "GEN-2")
TRACKING = ("preferences", "statistics", "marketing")  # kinds of cookies that ask for consent when they are personal
ADDRESSES = ("truncated", "none", "full", "untold")
LOOKS = (1440, 360, 60, 15)  # minutes that are looked at, the fewer the busier the website is
MOST = 200_000  # visits that are looked into, about


def look(minutes: Iterable[Mapping[str, Any]]) -> int:
    """How many minutes of visits are looked into: as long as MOST allows; `minutes`: events of the last half hour."""
    a_minute = sum(row["n"] for row in minutes if row["system"] == "website") / 30
    return next((each for each in LOOKS if each * a_minute <= MOST), LOOKS[-1])


def visits(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """By what was counted, each word's number; `rows`: of the query `website_visits`."""
    found: dict[str, dict[str, int]] = {"visits": {}, "address": {}, "asked": {}, "cookie": {}}
    for row in rows:
        found[row["what"]][row["word"] or ""] = row["n"]
    return found


def shortened(address: Mapping[str, int]) -> int | None:
    """Of 100 visits that are kept, those whose address was shortened or dropped, rounded down; None: none was kept."""
    kept = sum(address.values())
    return (address.get("truncated", 0) + address.get("none", 0)) * 100 // kept if kept else None
