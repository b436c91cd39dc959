"""Agreements in force as of each event, and the reference lists (EEA, adequacy).

An agreement's record is in force at t when it was signed at or before t, valid from ≤ t < to, and not ended at or
before t. A record that corrects another takes its place and its time, be it a signing or an end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
    "scc_version": pl.String,
    "signed_at": INSTANT,
    "since": INSTANT,
    "until": INSTANT,
}
COMMITTING = ("processing", "confidentiality", "oath", "service")  # kinds that bind a recipient to secrecy


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


COLUMNS = tuple(
    f"register.{name}"
    for name in (
        "agreement_in_force", "customer_bound", "recipient_bound", "recipient_processing", "recipient_committed",
        "recipient_scc", "recipient_scc_recent",
    )
)  # fmt: skip

COUNTRIES = tuple(
    f"register.{name}"
    for name in ("recipient_in_eea", "recipient_adequate", "recipient_adequate_dpf", "exporter_in_eea")
)
# Column -> the field whose absence leaves it unknown; the set of clauses is a field of the agreement.
HINGES = {
    **{name: "recipient" for name in COLUMNS if name.startswith("register.recipient_")},
    **{name: "recipient_country" for name in COUNTRIES if name.startswith("register.recipient_")},
    "register.recipient_scc_recent": "scc_version",
}


def in_force(events: pl.DataFrame, records: pl.DataFrame, references: References) -> pl.DataFrame:
    """For each event (`row`, `time`, `agreement`, `controller`, `recipient`): what binds it at its time; `COLUMNS`."""
    named = _valid(events, records, "agreement", "agreement")
    theirs = _valid(events, records, "recipient", "party")
    customer = pl.col("controller").is_null() | (pl.col("controller") == pl.col("party")).fill_null(False)
    kind, scc = pl.col("kind"), theirs.filter(pl.col("kind") == "scc")
    recent = scc.group_by("row").agg(_recent(references).alias("register.recipient_scc_recent"))

    def some(pairs: pl.DataFrame) -> pl.Expr:
        return pl.col("row").is_in(pairs["row"].unique().implode())

    def binds(pairs: pl.DataFrame) -> pl.Expr:
        return pl.when(pl.col("recipient").is_not_null()).then(some(pairs))

    told = {
        "agreement_in_force": some(named),
        "customer_bound": some(named.filter((kind == "processing") & customer)),
        "recipient_bound": binds(theirs),
        "recipient_processing": binds(theirs.filter(kind == "processing")),
        "recipient_committed": binds(theirs.filter(kind.is_in(COMMITTING))),
        "recipient_scc": binds(scc),
    }
    found = events.select("row", **{f"register.{name}": column for name, column in told.items()})
    return found.join(recent, on="row", how="left", maintain_order="left")


def _recent(references: References) -> pl.Expr:
    """Whether any of the sets may be used at the event's time: the best agreement counts (2021/914, art. 4)."""
    usable: Any = pl.when(pl.col("scc_version").is_null()).then(None)
    for each in references.clause_sets:
        ends = pl.lit(True) if each.until is None else pl.col("time") < each.until
        signed = pl.lit(True) if each.signed_before is None else pl.col("signed_at") < each.signed_before
        usable = usable.when(pl.col("scc_version") == each.name).then(ends & signed)
    found: pl.Expr = usable.otherwise(False).any(ignore_nulls=False)
    return found


def _valid(events: pl.DataFrame, records: pl.DataFrame, left: str, right: str) -> pl.DataFrame:
    """Pairs of an event and a record in force at its time, by an event's column and a record's."""
    pairs = events.select("row", "time", "controller", _key=left).join(
        records.with_columns(_key=right), on="_key", how="inner"
    )
    valid = (pl.col("since") <= pl.col("time")) & (pl.col("until").is_null() | (pl.col("time") < pl.col("until")))
    return pairs.filter(valid)


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
    return joined.select("row", *(pl.col(name).alias(column) for name, column in zip(columns, COUNTRIES, strict=True)))


def complaints(events: pl.DataFrame, references: References, others: Sequence[str]) -> pl.DataFrame:
    """For each event the words of the authorities to which its person may complain; null: of a country unknown to us.

    `others`: what the policy names besides, for people of the EEA.
    """
    asked = events.select("row", "time", country=pl.col("jurisdiction").fill_null("NL"))
    found: list[list[str] | None] = []
    for _, at, country in asked.iter_rows():
        own = references.authority_of(country, at)
        besides = others if references.eea(country, at) else ()
        found.append(sorted({own, *besides}) if own else None)
    return asked.select("row", pl.Series("register.complaints_to", found, dtype=pl.List(pl.String)))
