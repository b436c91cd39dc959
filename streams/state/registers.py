"""Agreements in force as of each event (`expectations.agreements`), and the reference lists (EEA, adequacy)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from expectations.references import References

COMMITTING = ("processing", "confidentiality", "oath", "service")  # kinds that bind a recipient to secrecy

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
