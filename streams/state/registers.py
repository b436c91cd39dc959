"""Agreements in force as of each event, and the reference lists (EEA, adequacy).

An agreement's record is in force at t when it was signed at or before t, valid from ≤ t < to, and not ended at or
before t. A record that corrects another takes its place and its signing time.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import polars as pl

from expectations.contract.instants import instant_or_date
from expectations.references import References

INSTANT = pl.Datetime("us", "UTC")
RECORDS: dict[str, Any] = {
    "agreement": pl.String,
    "party": pl.String,
    "kind": pl.String,
    "since": INSTANT,
    "until": INSTANT,
}


def agreements(registers: pl.DataFrame, *, backdating: bool = False) -> pl.DataFrame:
    """Spans in which records of agreements are in force, [since, until); columns `RECORDS`.

    `registers`: the warehouse's rows (source, id, type, time, data). `backdating`: valid from before the signing.
    """
    signed: dict[tuple[str, str], dict[str, Any]] = {}
    ended: dict[str, list[datetime]] = {}
    for row in registers.sort("time", "source", "id").iter_rows(named=True):
        data = json.loads(row["data"])
        if row["type"] == "agreement.signed":
            signed[row["source"], row["id"]] = {**data, "time": row["time"]}
        elif row["type"] == "agreement.ended" and data.get("agreement") is not None:
            ended.setdefault(data["agreement"], []).append(row["time"])
    corrected = {
        (source, each["corrects"]) for (source, _), each in signed.items() if (source, each.get("corrects")) in signed
    }
    rows = []
    for (source, name), each in signed.items():
        if (source, name) in corrected:
            continue
        at = _signing_time(signed, source, name)
        valid_from, valid_to = _instant(each.get("valid_from")), _instant(each.get("valid_to"))
        since = (valid_from or at) if backdating else max(at, valid_from or at)
        ends = [end for end in ended.get(each.get("agreement") or "", ()) if at <= end]
        until = min([*ends, *([valid_to] if valid_to else [])], default=None)
        rows.append((each.get("agreement"), each.get("party"), each.get("kind"), since, until))
    return pl.DataFrame(rows, schema=RECORDS, orient="row")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_or_date(text)


def _signing_time(signed: dict[tuple[str, str], dict[str, Any]], source: str, name: str) -> datetime:
    """Of the record at the start of its chain of corrections."""
    seen: set[str] = set()
    at: datetime = signed[source, name]["time"]
    while name not in seen:
        seen.add(name)
        before = signed[source, name].get("corrects")
        if before is None or (source, before) not in signed:
            break
        name = before
        at = signed[source, name]["time"]
    return at


def in_force(events: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """For each event (`row`, `time`, `agreement`, `recipient`): what binds the transfer at its time."""
    named = _any(events, records, "agreement", "agreement")
    bound = _any(events, records, "recipient", "party")
    scc = _any(events, records.filter(pl.col("kind") == "scc"), "recipient", "party")
    unknown = pl.col("recipient").is_null()
    return events.select(
        "row",
        pl.col("row").is_in(named.implode()).alias("register.agreement_in_force"),
        pl.when(unknown).then(None).otherwise(pl.col("row").is_in(bound.implode())).alias("register.recipient_bound"),
        pl.when(unknown).then(None).otherwise(pl.col("row").is_in(scc.implode())).alias("register.recipient_scc"),
    )


def _any(events: pl.DataFrame, records: pl.DataFrame, left: str, right: str) -> pl.Series:
    spans = records.select(pl.col(right).alias("_key"), "since", "until")
    pairs = events.select("row", "time", left).join(spans, left_on=left, right_on="_key")
    valid = (pl.col("since") <= pl.col("time")) & (pl.col("until").is_null() | (pl.col("time") < pl.col("until")))
    return pairs.filter(valid)["row"].unique()


def countries(events: pl.DataFrame, references: References) -> pl.DataFrame:
    """For each event: whether its recipient's (and exporter's) country was in the EEA, or adequate, at its time."""
    pairs = events.select("row", "time", "recipient_country", "exporter_country")
    wanted = pairs.unique(["recipient_country", "exporter_country", "time"])
    answers: dict[tuple[str | None, datetime], tuple[bool | None, bool | None, bool | None]] = {}
    columns: dict[str, list[bool | None]] = {"eea": [], "adequate": [], "dpf": [], "exporter": []}
    for row in wanted.iter_rows(named=True):
        country, at = row["recipient_country"], row["time"]
        key = (country, at)
        if key not in answers:
            answers[key] = (
                (None, None, None)
                if country is None
                else (
                    references.eea(country, at),
                    references.adequate(country, at, dpf=False),
                    references.adequate(country, at, dpf=True),
                )
            )
        eea, adequate, dpf = answers[key]
        columns["eea"].append(eea)
        columns["adequate"].append(adequate)
        columns["dpf"].append(dpf)
        columns["exporter"].append(references.eea(row["exporter_country"] or "NL", at))
    told = wanted.select("recipient_country", "exporter_country", "time").with_columns(
        pl.Series(name, values, dtype=pl.Boolean) for name, values in columns.items()
    )
    joined = pairs.join(
        told,
        on=["recipient_country", "exporter_country", "time"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return joined.select(
        "row",
        pl.col("eea").alias("register.recipient_in_eea"),
        pl.col("adequate").alias("register.recipient_adequate"),
        pl.col("dpf").alias("register.recipient_adequate_dpf"),
        pl.col("exporter").alias("register.exporter_in_eea"),
    )
