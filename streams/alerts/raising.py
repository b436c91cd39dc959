"""What alerts there are to be, from what is found: rows of the store in, rows of ALERTS out. Pure.

Alerts of findings have the finding's id; others an id made of what they are about and which time of it, so that raising
one again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from expectations.proof import HOLDS
from infra.warehouse.schema import ALERTS
from streams.alerts.config import Raising
from streams.alerts.life import Standing
from streams.alerts.unproved import Raise, unproved

Row = Mapping[str, Any]
SCHEMA = pl.Schema(
    {
        name: pl.Datetime("us", "UTC") if name.endswith("_at") or name == "until" else pl.String()
        for name in ALERTS.names
    }
    | {"backfill": pl.Boolean()}
)
UNSETTLED_AFTER = timedelta(minutes=5)
SILENT_AFTER = timedelta(days=1)  # of a system of which the file says nothing
CAUSES = {"unproved": "proved"}  # how what was silent ended; all else is heard again
REGULAR = 7  # days with evidence, one after the other, that make its want worth telling


def identity(*parts: object) -> str:
    """The id of an alert that is no finding's."""
    told = "\x1f".join(each.isoformat() if isinstance(each, datetime) else str(each) for each in parts)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def labels(**given: str | None) -> str:
    """Labels as they are stored: JSON by name, without those that are not there."""
    return json.dumps({name: value for name, value in sorted(given.items()) if value}, separators=(",", ":"))


def rows(made: Iterable[Row]) -> pl.DataFrame:
    """Alerts as a frame of ALERTS; what is not said is null."""
    whole = [{**dict.fromkeys(SCHEMA), "backfill": False, "state": "firing", **each} for each in made]
    return pl.DataFrame(whole, schema=SCHEMA, orient="row")


def of_findings(found: pl.DataFrame, raising: Raising, now: datetime) -> pl.DataFrame:
    """Alerts of settled findings (rows of `alert_breaches`). Of events that came long after their time: backfill."""
    if found.is_empty():
        return rows(())
    late = (pl.col("believed_from") - pl.col("time")) > raising.backfill_after
    severity = pl.when((pl.col("outcome") == "breach") | late).then("severity").otherwise(pl.lit("low"))
    told = found.with_columns(backfill=late, severity=severity.fill_null("low"))
    parts = ("outcome", "clause", "system", "severity", "backfill")
    known = {
        row: labels(kind=row[0], clause=row[1], system=row[2], severity=row[3], backfill="true" if row[4] else None)
        for row in told.select(parts).unique().iter_rows()
    }
    with_labels = pl.DataFrame(
        [(*row, text) for row, text in known.items()],
        schema={**{name: told.schema[name] for name in parts}, "labels": pl.String()},
        orient="row",
    )
    made = told.join(with_labels, on=parts, nulls_equal=True).with_columns(
        alert=pl.col("finding"),
        kind=pl.col("outcome"),
        starts_at=pl.col("time"),
        state=pl.lit("firing"),
        raised_at=pl.lit(now, SCHEMA["raised_at"]),
    )
    return _whole(made)


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in SCHEMA.items()
    )


def withdrawn(found: Sequence[Row], now: datetime) -> pl.DataFrame:
    """Alerts whose finding is believed no longer (rows of `alert_withdrawn`), ended, the cause named."""
    return rows(_ended(row, "withdrawn", row["why"] or row["outcome"] or "gone", now) for row in found)


def _ended(row: Row, state: str, cause: str, now: datetime) -> Row:
    kept = {name: row[name] for name in ALERTS.names}
    ends = {"state": state, "cause": cause, "ended_at": now, "turned_at": None}
    return {**kept, **ends, **({"standing": None} if row["standing"] == "reopened" else {})}


def acted(row: Row, found: Standing) -> Row | None:
    """An alert as the officer has it now; None: as it was. It turns when he resolves it, or has it fire again."""
    standing = found.standing
    if standing == "reopened" and not (row["ended_at"] and found.since and found.since > row["ended_at"]):
        standing = None  # it fires by evidence, or ended since
    after = {**row, "standing": standing, "until": found.until, "assignee": found.assignee}
    if after == row:
        return None
    decided = ("resolved", "reopened")
    if standing != row["standing"] and (standing in decided or row["standing"] in decided):
        after["turned_at"] = None
    if row["state"] == "firing":
        after["cause"] = "officer" if standing == "resolved" else None
    return {name: after[name] for name in ALERTS.names}


def crossing(opened_at: datetime, due_at: datetime, at: datetime, raising: Raising) -> str | None:
    """How near an open obligation has come to its due instant: the last threshold passed; `due` at the instant."""
    if at >= due_at:
        return "due"
    term = due_at - opened_at
    passed = [(due_at - term * share / 100, f"{share}%") for share in raising.nearing]
    passed += [(due_at - span, _span(span)) for span in raising.nearing_before if span < term]
    return max((each for each in passed if each[0] <= at), default=(None, None))[1]


def _span(span: timedelta) -> str:
    hours, rest = divmod(int(span.total_seconds()), 3600)
    if rest:
        return f"{int(span.total_seconds()) // 60}m"
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"


def of_clocks(
    found: Sequence[Row], firing: Mapping[str, Row], raising: Raising, settled: datetime, now: datetime
) -> pl.DataFrame:
    """Alerts of obligations (rows of `alert_clocks`) raised and ended. `firing`: the rows of those that fire, by id.

    Each crossing is one alert, once per obligation and due instant; the next one takes the place of the one before.
    """
    made: list[Row] = []
    for row in found:
        here = _reached(row, raising, settled)
        fresh = here is not None and here not in row["crossings"]
        if here is not None and fresh:
            made.append(_of_clock(row, here, raising, now))
        for each in row["firing"]:
            alert = firing.get(each["alert"])
            if alert is None or (each["crossing"] == here and each["due_at"] == row["due_at"]):
                continue
            state, cause = _over(row, each, here)
            if state is not None:
                made.append(_ended(alert, state, cause, now))
    return rows(made)


def _reached(row: Row, raising: Raising, settled: datetime) -> str | None:
    match row["state"]:
        case "open" if row["due_at"] is not None:
            return crossing(row["opened_at"], row["due_at"], settled, raising)
        case "overdue" if row["outcome"] == "breach":
            return "overdue"
        case "met_late" if row["outcome"] == "breach" and "overdue" not in row["crossings"]:
            return "late"
    return None


def _over(row: Row, fired: Row, here: str | None) -> tuple[str | None, str]:
    """How an alert of an obligation ended; None: it has not."""
    if fired["due_at"] != row["due_at"] and row["due_at"] is not None:
        return "withdrawn", "moved"
    was_late = fired["crossing"] in ("overdue", "late")
    match row["state"]:
        case "met_late":
            return ("resolved", "met_late") if fired["crossing"] != "late" else (None, "")
        case "met":
            return ("withdrawn" if was_late else "resolved"), "met"
        case "open" | "overdue":
            return ("superseded", here) if here is not None else ("withdrawn" if was_late else None, "open")
    return "withdrawn", str(row["state"])  # cancelled, suspended, indeterminate, gone


def _of_clock(row: Row, here: str, raising: Raising, now: datetime) -> Row:
    kind = here if here in ("due", "overdue", "late") else "nearing"
    known_late = row["believed_from"] - row["due_at"] > raising.backfill_after
    severity = row["severity"] or "low"
    told = labels(
        kind=kind,
        clause=row["clause"],
        system=row["system"],
        severity=severity,
        crossing=here if kind == "nearing" else None,
        backfill="true" if known_late else None,
    )
    return {
        "alert": identity(row["finding"], here, row["due_at"]),
        "kind": kind,
        "crossing": here,
        "severity": severity,
        "labels": told,
        "backfill": known_late,
        **{name: row[name] for name in ("finding", "clause", "system", "type", "due_at")},
        "starts_at": row["due_at"] if kind in ("overdue", "late") else now,
        "raised_at": now,
    }


def of_surroundings(
    sources: Sequence[Row],
    evidence: Sequence[Row],
    canaries: Sequence[Row],
    settled: datetime,
    firing: Sequence[Row],
    raising: Raising,
    began: datetime,
    now: datetime,
) -> pl.DataFrame:
    """Alerts of what is silent, raised and ended: systems, clauses that had evidence each day or do not prove that they
    can fire, and verdicts at large.

    `sources`: rows of `now_sources`; `evidence`: of `alert_evidence`; `canaries`: of `canaries`; `firing`: those of
    `alert_surroundings`. `began`: since when somebody looks.
    """
    wanted: dict[str, Row] = {}
    for row in sources:
        if now - row["recorded_at"] > raising.silent_after.get(row["system"], SILENT_AFTER):
            wanted[identity("silent", row["system"], row["recorded_at"])] = {
                "kind": "silent",
                "system": row["system"],
                "severity": "high",
                "starts_at": row["recorded_at"],
            }
    for row in evidence:
        if row["days"] >= REGULAR and now - row["last_at"] > timedelta(hours=25):  # `last_at` is the hour's beginning
            wanted[identity("no_evidence", row["clause"], row["system"], row["last_at"])] = {
                "kind": "no_evidence",
                "clause": row["clause"],
                "system": row["system"],
                "severity": "medium",
                "starts_at": row["last_at"],
            }
    held = {row["alert"] for row in firing}
    for each in unproved(canaries, now):
        name = identity(*each.name)
        in_time = each.when is Raise.IN_TIME and now - began > HOLDS
        if each.when is Raise.AT_ONCE or in_time or name in held:
            wanted[name] = each.alert
    stuck = [row for row in firing if row["kind"] == "unsettled"]
    if now - settled > UNSETTLED_AFTER:
        name = stuck[0]["alert"] if stuck else identity("unsettled", now)
        wanted[name] = {"kind": "unsettled", "severity": "critical", "starts_at": settled}
    made = [
        {
            **row,
            "alert": name,
            "raised_at": now,
            "labels": labels(**{part: row.get(part) for part in ("kind", "clause", "system", "severity")}),
        }
        for name, row in wanted.items()
        if name not in held
    ]
    over = [row for row in firing if row["alert"] not in wanted]
    return rows([*made, *(_ended(row, "resolved", CAUSES.get(row["kind"], "heard"), now) for row in over)])
