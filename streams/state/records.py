"""Records of people as of each event: when they were erased, what began anew since, which relation is in force."""

from __future__ import annotations

import polars as pl

from streams.state.timelines import ALL, last, spread

RELATION = ("relation.any.started_at", "relation.any.since")
APPLICATION = (
    "application.erased_at",
    "application.applied_at",
    "application.some_gone_at",
    "application.some_back_at",
)


def erased(events: pl.DataFrame, facts: pl.DataFrame, system: str) -> pl.DataFrame:
    """The latest erasure of all that a system holds of the subject."""
    return spread(events, [last(events, _erasures(facts, system), f"erased.{system}.at")])


def relations(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The latest start of a relation, and of one that is in force; of whatever kind, unknown ones too.

    An end that names a kind ends that kind, one that names none all.
    """
    started = facts.filter(pl.col("kind") == "relation_started")
    known = facts.filter(pl.col("kind").is_in(["relation_started", "relation_ended"]))
    keys = events.select("row", "subject", "time").drop_nulls("subject")
    told = keys.join(known.select("entity", "kind", "about", at="time"), left_on="subject", right_on="entity").filter(
        pl.col("at") <= pl.col("time")
    )
    begun, ended = pl.col("kind") == "relation_started", pl.col("kind") == "relation_ended"
    whole = told.filter(ended & pl.col("about").is_null()).group_by("row").agg(all_ended=pl.col("at").max())
    since = (
        told.group_by("row", "about")
        .agg(since=pl.col("at").filter(begun).max(), ended=pl.col("at").filter(ended).max())
        .join(whole, on="row", how="left")
        .filter((pl.col("since") > pl.max_horizontal("ended", "all_ended")).fill_null(pl.col("since").is_not_null()))
        .group_by("row")
        .agg(pl.col("since").max().alias("relation.any.since"))
    )
    return spread(events, [last(events, started, "relation.any.started_at"), since])


def application(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Of the application that the event names: its latest erasure and reception.

    Where none is named: the latest erasure of everything; `some_gone_at` the latest erasure of an application that
    was not received again, `some_back_at` the latest reception of one that was not erased since.
    """
    of_one = facts.with_columns(about=pl.col("link"))
    whole = _erasures(facts, "recruitment").filter(pl.col("word") == "whole")
    own = of_one.filter((pl.col("kind") == "erased") & pl.col("link").is_not_null() & pl.col("word").is_null())
    applied = of_one.filter(pl.col("kind") == "applied")
    parts = [
        last(events, whole, "whole"),
        last(events, own, "own", on="application"),
        last(events, applied, "application.applied_at", on="application"),
        _some(events.filter(pl.col("application").is_null()), whole, own, applied),
    ]
    return spread(events, parts).select(
        "row",
        pl.max_horizontal("whole", "own").alias("application.erased_at"),
        "application.applied_at",
        "application.some_gone_at",
        "application.some_back_at",
    )


def _some(unnamed: pl.DataFrame, whole: pl.DataFrame, own: pl.DataFrame, applied: pl.DataFrame) -> pl.DataFrame:
    """Of the subjects of events that name no application: what became of theirs."""
    keys = unnamed.select("row", "subject", "time").drop_nulls("subject")
    told = (
        keys.join(
            pl.concat([own, applied]).select("entity", "kind", "link", at="time"),
            left_on="subject",
            right_on="entity",
        )
        .filter(pl.col("at") <= pl.col("time"))
        .group_by("row", "link")
        .agg(
            gone=pl.col("at").filter(pl.col("kind") == "erased").max(),
            back=pl.col("at").filter(pl.col("kind") == "applied").max(),
        )
        .join(last(unnamed, whole, "whole"), on="row", how="left")
    )
    here = (pl.col("back") > pl.max_horizontal("gone", "whole")).fill_null(pl.col("back").is_not_null())
    return told.group_by("row").agg(
        pl.col("gone").filter(~here).max().alias("application.some_gone_at"),
        pl.col("back").filter(here).max().alias("application.some_back_at"),
    )


def _erasures(facts: pl.DataFrame, system: str) -> pl.DataFrame:
    return facts.filter((pl.col("kind") == "erased") & pl.col("about").is_in([system, ALL]))
