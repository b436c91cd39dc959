"""Agreements: when each record of one is in force.

A record is in force at t when it was signed at or before t, valid from ≤ t < to, and not ended at or before t. One that
corrects another takes its place and its time, be it a signing or an end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl

from expectations.contract.instants import instant_or_date

INSTANT = pl.Datetime("us", "UTC")
RECORDS: dict[str, Any] = {
    "agreement": pl.String,
    "party": pl.String,
    "kind": pl.String,
    "scc_version": pl.String,
    "signed_at": INSTANT,
    "since": INSTANT,
    "until": INSTANT,
}


def agreements(registers: pl.DataFrame, *, backdating: bool = False) -> pl.DataFrame:
    """Spans in which records of agreements are in force, [since, until); columns `RECORDS`.

    `registers`: the warehouse's rows (source, id, type, time, data). `backdating`: valid from before the signing.
    """
    said: dict[str, dict[tuple[str, str], dict[str, Any]]] = {"agreement.signed": {}, "agreement.ended": {}}
    for row in registers.sort("time", "source", "id").iter_rows(named=True):
        if row["type"] in said:
            said[row["type"]][row["source"], row["id"]] = {**json.loads(row["data"]), "time": row["time"]}
    ended: dict[str, list[datetime]] = {}
    for each, at in _standing(said["agreement.ended"]):
        if each.get("agreement") is not None:
            ended.setdefault(each["agreement"], []).append(at)
    rows = []
    for each, at in _standing(said["agreement.signed"]):
        valid_from, valid_to = _instant(each.get("valid_from")), _instant(each.get("valid_to"))
        since = (valid_from or at) if backdating else max(at, valid_from or at)
        ends = [end for end in ended.get(each.get("agreement") or "", ()) if at <= end]
        until = min([*ends, *([valid_to] if valid_to else [])], default=None)
        told = (each.get(field) for field in ("agreement", "party", "kind", "scc_version"))
        rows.append((*told, at, since, until))
    return pl.DataFrame(rows, schema=RECORDS, orient="row")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_or_date(text)


def _standing(said: dict[tuple[str, str], dict[str, Any]]) -> Iterator[tuple[dict[str, Any], datetime]]:
    """The records of a type that no other corrects, each with the time of the one that its chain began with."""
    corrected = {(source, each["corrects"]) for (source, _), each in said.items() if "corrects" in each}
    for (source, name), each in said.items():
        if (source, name) not in corrected:
            yield each, _first_time(said, source, name)


def _first_time(said: dict[tuple[str, str], dict[str, Any]], source: str, name: str) -> datetime:
    """Of the record at the start of its chain of corrections."""
    seen: set[str] = set()
    at: datetime = said[source, name]["time"]
    while name not in seen:
        seen.add(name)
        before = said[source, name].get("corrects")
        if before is None or (source, before) not in said:
            break
        name = before
        at = said[source, name]["time"]
    return at
