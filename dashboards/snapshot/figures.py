"""The figures of a snapshot: pure functions from the aggregates to what is printed, as JSON (ids, counts, ISO dates).

State of a promise in a quarter, one of: broken (a breach fell in it, or
a deadline of before it is still unmet), kept (evidence and no breach), undecided (only
verdicts that cannot be told), running (its clocks run, nothing was decided), attested (a named person vouches), silent
(nothing was seen). `verify` works the same figures out of the bundle's aggregates again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dashboards.snapshot.figures_people import few, incidents, requests
from dashboards.snapshot.gather import BEFORE, Aggregates
from dashboards.store import Row
from infra.quarter import Quarter

FRESH = 7  # days before the end: evidence from then is fresh
SEVERITIES = ("critical", "high", "medium", "low")
STATES = ("kept", "attested", "running", "undecided", "silent", "broken")
Figures = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """What the figures depend on besides the aggregates; JSON-able.

    `clauses`: id, section, severity of every clause in force. `vouched`: clause → whose attestation stands at the end.
    """

    quarter: str
    since: str
    as_of: str
    final: bool
    zone: str
    controller: str
    policy_version: str
    rules: str
    clauses: tuple[Mapping[str, Any], ...]
    eea: tuple[str, ...]
    vouched: tuple[Mapping[str, str], ...]
    lapsed: tuple[Mapping[str, str], ...]
    changes: tuple[Mapping[str, Any], ...]

    @property
    def days(self) -> int:
        """Local days of the quarter up to the end of what is told."""
        quarter = Quarter.of(self.quarter)
        if self.final:
            return (quarter.last_day - quarter.first_day).days + 1
        return (date.fromisoformat(self.as_of[:10]) - quarter.first_day).days + 1


def figures(told: Aggregates, given: Parameters) -> Figures:
    """Everything that the report prints."""
    quarter, days = Quarter.of(given.quarter), given.days
    vouched = {each["clause"] for each in given.vouched if each.get("clause")}
    seen = {str(quarter.back(back)): _Seen.of(told, str(quarter.back(back))) for back in range(BEFORE, -1, -1)}
    mine = seen[str(quarter)]
    promises = [_promise(each, mine, seen, quarter, days, vouched) for each in given.clauses]
    return {
        "quarter": given.quarter, "first_day": quarter.first_day.isoformat(),
        "last_day": (quarter.first_day + timedelta(days=days - 1)).isoformat(), "days": days, "final": given.final,
        "as_of": given.as_of, "zone": given.zone, "controller": given.controller,
        "policy_version": given.policy_version, "rules": given.rules,
        "events": sum(row["n"] for row in told["sources"]), "sources": told["sources"],
        "before": [str(quarter.back(back)) for back in range(BEFORE, 0, -1)],
        "promises": promises, "states": dict(Counter(each["state"] for each in promises)),
        "states_before": dict(Counter(each["before"][-1] for each in promises if each["before"][-1])),
        "sections": _sections(promises), "weeks": _weeks(given, mine, quarter, days, vouched),
        "breaches": _breaches(told, quarter), "breach_weeks": _breach_weeks(mine, quarter),
        "obligations": _obligations(told, quarter, days), "outlook": _outlook(mine, days),
        "requests": requests(told["requests"]), "incidents": incidents(told["incidents"]),
        "transfers": [{**row, "eea": row["country"] in given.eea} for row in told["transfers"]],
        "agreements": _agreements(told["agreements"], given.since, given.as_of),
        "attestations": list(given.vouched), "lapsed": list(given.lapsed),
        "alerts": told["alerts"], "waivers": told["waivers"],
        "inputs": told["inputs"], "changes": list(given.changes), "restated": told["restated"],
    }  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """One quarter's aggregates by clause. `any`: whether anything at all was stored of it."""

    counts: Mapping[str, list[Row]]
    breaches: Mapping[str, list[Row]]
    obligations: Mapping[str, list[Row]]
    any: bool

    @classmethod
    def of(cls, told: Aggregates, quarter: str) -> _Seen:
        def by_clause(name: str) -> dict[str, list[Row]]:
            found = defaultdict(list)
            for row in told[name]:
                if row["quarter"] == quarter:
                    found[row["clause"]].append(row)
            return found

        counts = by_clause("counts")
        return cls(counts, by_clause("breaches"), by_clause("obligations"), bool(counts))

    def state(self, clause: str, vouched: Iterable[str]) -> str:
        counts, owed = self.counts.get(clause, ()), self.obligations.get(clause, ())
        if self.breaches.get(clause) or any(row["state"] == "overdue" for row in owed):
            return "broken"
        if any(row["outcome"] == "pass" for row in counts) or any(row["state"] == "met" for row in owed):
            return "kept"
        if any(row["outcome"] == "indeterminate" for row in (*counts, *owed)):
            return "undecided"
        if any(row["state"] in ("open", "suspended") for row in owed):
            return "running"
        return "attested" if clause in vouched else "silent"


def _promise(
    clause: Mapping[str, Any], mine: _Seen, seen: Mapping[str, _Seen], quarter: Quarter, days: int, vouched: set[str]
) -> Row:
    id = clause["id"]
    counts, breaches, owed = mine.counts.get(id, []), mine.breaches.get(id, []), mine.obligations.get(id, [])
    decided = [row for row in counts if row["outcome"] in ("pass", "breach")]
    due = [row for row in owed if row["outcome"] in ("pass", "breach") and _within(row["day"], days)]
    active = {row["day"] for row in (*decided, *due)}
    before = [seen[str(quarter.back(back))] for back in range(BEFORE, 0, -1)]
    return {
        "id": id, "section": clause["section"], "severity": clause["severity"],
        "checked": sum(row["n"] for row in decided) + sum(row["n"] for row in due),
        "failed": sum(row["n"] for row in breaches),
        "undecided": sum(row["n"] for row in (*counts, *owed) if row["outcome"] == "indeterminate"),
        "seen_days": len(active), "state": mine.state(id, vouched),
        "fresh": any(day >= days - FRESH for day in active),
        "before": [each.state(id, ()) if each.any else None for each in before],
    }  # fmt: skip


def _within(day: int | None, days: int) -> bool:
    return day is not None and 0 <= day < days


def _sections(promises: Iterable[Row]) -> list[Row]:
    found: dict[str, list[Row]] = defaultdict(list)
    for each in promises:
        found[each["section"]].append(each)
    return [
        {
            "section": section, "promises": len(rows),
            **{state: sum(row["state"] == state for row in rows) for state in STATES},
            "evidence": sum(row["checked"] > 0 for row in rows), "fresh": sum(row["fresh"] for row in rows),
            "before": [
                None if all(row["before"][place] is None for row in rows)
                else sum(row["before"][place] == "kept" for row in rows) for place in range(BEFORE)
            ],
        }
        for section, rows in sorted(found.items(), key=lambda item: int(item[0]))
    ]  # fmt: skip


def _weeks(given: Parameters, mine: _Seen, quarter: Quarter, days: int, vouched: set[str]) -> list[Row]:
    """Promises by state, each week: broken counts one with a breach that fell in that week."""
    found: dict[int, Counter[str]] = {week: Counter() for week in quarter.weeks(days)}
    for clause in given.clauses:
        id, weeks = clause["id"], dict.fromkeys(found, "attested" if clause["id"] in vouched else "silent")
        met = [row for row in mine.obligations.get(id, ()) if row["state"] == "met"]
        passed = [row for row in mine.counts.get(id, ()) if row["outcome"] == "pass"]
        for row, state in [*((row, "kept") for row in (*met, *passed)),
                           *((row, "broken") for row in mine.breaches.get(id, ()))]:  # fmt: skip
            if _within(row["day"], days):
                weeks[quarter.week(row["day"])] = state
        for week, state in weeks.items():
            found[week][state] += 1
    return [{"week": week, **counted} for week, counted in found.items()]


def _breaches(told: Aggregates, quarter: Quarter) -> list[Row]:
    """By clause and severity, most severe first. `before`: how many in the quarter before."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    earlier: Counter[tuple[str, str]] = Counter()
    for row in told["breaches"]:
        key = (row["clause"], row["severity"])
        if row["quarter"] == str(quarter):
            groups[key].append(row)
        elif row["quarter"] == str(quarter.back()):
            earlier[key] += row["n"]
    found = [
        {
            "clause": clause, "severity": severity, "n": sum(row["n"] for row in rows),
            "people": few(rows[0]["people"]),
            "seen_p50": rows[0]["seen_p50"], "systems": sorted({row["system"] for row in rows if row["system"]}),
            "before": earlier[clause, severity],
        }
        for (clause, severity), rows in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (SEVERITIES.index(row["severity"]), -row["n"], row["clause"]))


def _breach_weeks(mine: _Seen, quarter: Quarter) -> list[Row]:
    found: Counter[tuple[int, str]] = Counter()
    for rows in mine.breaches.values():
        for row in rows:
            found[quarter.week(row["day"]), row["severity"]] += row["n"]
    return [{"week": week, "severity": severity, "n": n} for (week, severity), n in sorted(found.items())]


def _obligations(told: Aggregates, quarter: Quarter, days: int) -> list[Row]:
    """By clause: what was met or fell due in the quarter and how it went; what runs at its end."""
    terms = {row["clause"]: row for row in told["terms"]}
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for row in told["obligations"]:
        if row["quarter"] != str(quarter):
            continue
        state, counted = row["state"], groups[row["clause"]]
        if state in ("open", "suspended"):
            counted["running" if state == "open" else "paused"] += row["n"]
        elif state == "indeterminate":
            counted["undecided"] += row["n"]
        elif _within(row["day"], days):
            counted["due"] += row["n"]
            counted[{"met": "met", "met_late": "late", "overdue": "overdue"}[state]] += row["n"]
        elif state == "overdue":
            counted["overdue_before"] += row["n"]
    return [
        {"clause": clause, **{each: counted[each] for each in
         ("due", "met", "late", "overdue", "overdue_before", "running", "paused", "undecided")},
         **{each: terms.get(clause, {}).get(each) for each in ("took_p50", "took_max", "term")}}
        for clause, counted in groups.items()
    ]  # fmt: skip


def _outlook(mine: _Seen, days: int) -> list[Row]:
    """Obligations running at the end, by the thirty days in which they fall due: 0 the first, 2 all up to ninety."""
    found: Counter[tuple[str, int]] = Counter()
    for clause, rows in mine.obligations.items():
        for row in rows:
            if row["state"] == "open" and row["day"] is not None and days <= row["day"] < days + 90:
                found[clause, (row["day"] - days) // 30] += row["n"]
    clauses = sorted({clause for clause, _ in found}, key=lambda id: (-sum(found[id, m] for m in range(3)), id))
    return [{"clause": id, "months": [found[id, month] for month in range(3)]} for id in clauses]


def _agreements(rows: Iterable[Row], since: str, as_of: str) -> list[Row]:
    """The last word on each agreement; `state`: signed or ended (in the quarter), ending (within 90 days), in force."""
    last: dict[str, Row] = {}
    for row in rows:
        name = row["agreement"] or row["id"]
        last[name] = {**last.get(name, {}), **{key: each for key, each in row.items() if each is not None}}
    found = []
    for name, row in last.items():
        ended, until = row["type"] == "agreement.ended", row.get("valid_to")
        if ended and row["time"] < since:
            continue
        state = "ended" if ended else "signed" if row["time"] >= since else "in_force"
        if not ended and until and date.fromisoformat(until[:10]) < datetime.fromisoformat(as_of).date():
            state = "run_out"
        told = {key: row.get(key) for key in ("party", "kind", "country", "scc_version", "valid_to")}
        found.append({"agreement": name, "state": state, "on": row["time"][:10], **told})
    return sorted(found, key=lambda row: (row["kind"] or "", row["agreement"]))
