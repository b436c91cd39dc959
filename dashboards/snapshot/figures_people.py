"""Figures that count people: cells under five are merged, so that nobody is told of by a figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from expectations.contract.instants import instant_or_date

FEWEST = 5  # people a cell
Row = dict[str, Any]


def merged(cells: Mapping[str, Mapping[str, int]], size: str = "people") -> dict[str, dict[str, int]]:
    """The cells by name, those of fewer than five people put together as `other`, with the next smallest if need be.

    Cells have figures that add up; `size` is how many people. When all together are fewer than five, none is left.
    """
    kept = {name: dict(each) for name, each in cells.items() if each[size] >= FEWEST}
    other: dict[str, int] = {}
    small = [each for name, each in sorted(cells.items()) if name not in kept and each[size] > 0]
    for each in small:
        other = {key: other.get(key, 0) + n for key, n in each.items()}
    while other and other[size] < FEWEST and kept:
        least = min(kept, key=lambda name: (kept[name][size], name))
        gone = kept.pop(least)
        other = {key: other[key] + gone[key] for key in other}
    return kept | ({"other": other} if other and other[size] >= FEWEST else {})


def few(people: int | None) -> int | str | None:
    """A count of people as it is printed: 1 to 4 are told as `<5`."""
    return f"<{FEWEST}" if people is not None and 0 < people < FEWEST else people


def requests(rows: Iterable[Row]) -> Row:
    """Requests answered or overdue. `kinds`: by right, merged; `days`: in steps of four, merged from the slowest."""
    kinds: dict[str, dict[str, int]] = defaultdict(lambda: {"people": 0, "met": 0, "late": 0})
    steps: dict[int, int] = defaultdict(int)
    total = late = overdue = 0
    for row in rows:
        kind = kinds[row["right"] or "unknown"]
        kind["people"] += row["people"]
        kind["met" if row["state"] == "met" else "late"] += row["n"]
        total += row["n"]
        late += row["n"] if row["state"] == "met_late" else 0
        overdue += row["n"] if row["state"] == "overdue" else 0
        if row["days"] is not None:
            steps[row["days"] // 4] += row["n"]
    told = [{"right": name, **each} for name, each in merged(kinds).items()]
    return {
        "n": total, "late": late, "overdue": overdue,
        "kinds": sorted(told, key=lambda row: (row["right"] == "other", -row["met"] - row["late"], row["right"])),
        "days": _stepped(steps),
    }  # fmt: skip


def _stepped(steps: Mapping[int, int]) -> list[Row]:
    """Bars of four days from the first on; neighbours with fewer than five are one wider bar."""
    found: list[Row] = []
    for step in range(max(steps, default=-1) + 1):
        n = steps.get(step, 0)
        if found and 0 < found[-1]["n"] < FEWEST:
            found[-1] = {"from": found[-1]["from"], "to": 4 * step + 4, "n": found[-1]["n"] + n}
        else:
            found.append({"from": 4 * step, "to": 4 * step + 4, "n": n})
    while len(found) > 1 and 0 < found[-1]["n"] < FEWEST:
        last = found.pop()
        found[-1] = {"from": found[-1]["from"], "to": last["to"], "n": found[-1]["n"] + last["n"]}
    return [each for each in found if each["n"] >= FEWEST]


def incidents(rows: Iterable[Row]) -> list[Row]:
    """One row an incident of the quarter, oldest first. `hours`: from being known to the authority's being told."""
    found: dict[str, Row] = {}
    for row in rows:
        name = row["incident"] or row["id"]
        if row["type"] == "breach.detected":
            aware = row["aware_at"] or row["time"]
            found.setdefault(name, {
                "incident": name, "detected": row["time"], "aware": aware, "people": few(row["people"]),
                "risk": row["risk"], "authority": None, "hours": None, "subjects": None, "team": None,
            })  # fmt: skip
        elif name in found:
            told = {"breach.team_assigned": "team", "breach.authority_notified": "authority",
                    "breach.subjects_notified": "subjects"}.get(row["type"])  # fmt: skip
            if told and found[name][told] is None:
                found[name][told] = row["time"]
    for each in found.values():
        if each["authority"]:
            aware, told_at = instant_or_date(each["aware"]), datetime.fromisoformat(each["authority"])
            each["hours"] = None if aware is None else round(max((told_at - aware).total_seconds(), 0) / 3600, 1)
    return list(found.values())
