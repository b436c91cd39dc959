"""Facts as of each event, by columns: the latest instant at or before the event's time, per subject and kind.

Every function takes the events (with a column `row`) and the facts (`expectations.facts.COLUMNS`) of their
subjects, and returns `row` with new columns. Instants are UTC; null: nothing of the kind was known at that time.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

ALL = "*"


def last(events: pl.DataFrame, facts: pl.DataFrame, name: str, on: str | None = None) -> pl.DataFrame:
    """The latest fact at or before each event's time, as `name`. `on`: an event column that `about` must equal."""
    by_left, by_right = (["subject"], ["entity"]) if on is None else (["subject", on], ["entity", "about"])
    right = facts.select(*by_right, "time", found=pl.col("time")).sort("time")
    left = events.select("row", "time", *by_left).drop_nulls(by_left).sort("time")
    joined = left.join_asof(
        right, on="time", by_left=by_left, by_right=by_right, strategy="backward", check_sortedness=False
    )
    return joined.select("row", pl.col("found").alias(name))


def spread(events: pl.DataFrame, columns: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Those columns, one row an event, in the events' order."""
    frame = events.select("row")
    for found in columns:
        frame = frame.join(found, on="row", how="left", maintain_order="left")
    return frame


def _of(facts: pl.DataFrame, kinds: Iterable[str], abouts: Iterable[str] | None = None) -> pl.DataFrame:
    found = facts.filter(pl.col("kind").is_in(list(kinds)))
    return found if abouts is None else found.filter(pl.col("about").is_in(list(abouts)))


def consent(events: pl.DataFrame, facts: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Consent and withdrawal for one named purpose; `*` covers it. An unsubscription withdraws `newsletter`'s."""
    given = _of(facts, ["consented"], [purpose, ALL])
    withdrawn = _of(facts, ["withdrew"], [purpose, ALL])
    return spread(
        events,
        [
            last(events, given, f"consent.{purpose}.given_at"),
            last(events, withdrawn, f"consent.{purpose}.withdrawn_at"),
        ],
    )


def own_consent(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Consent for each event's own purpose.

    For `newsletter` a sign-up is consent and an unsubscription its withdrawal; for `website_optimisation` consent
    for `statistics` is lent, until either of the two is withdrawn.
    """
    about = facts.with_columns(
        about=pl.when(pl.col("kind").is_in(["subscribed", "unsubscribed"]))
        .then(pl.lit("newsletter"))
        .otherwise(pl.col("about"))
    )
    given = _of(about, ["consented", "subscribed"])
    withdrawn = _of(about, ["withdrew", "unsubscribed"])
    lending = events.filter(pl.col("purpose") == "website_optimisation")
    parts = [
        last(events, given, "given_own", on="purpose"),
        last(events, _of(given, ["consented"], [ALL]), "given_all"),
        last(events, withdrawn, "withdrawn_own", on="purpose"),
        last(events, _of(withdrawn, ["withdrew"], [ALL]), "withdrawn_all"),
        last(events, given, "consent.any.given_at"),
        last(events, withdrawn, "consent.any.withdrawn_at"),
        last(lending, _of(facts, ["consented"], ["statistics", ALL]), "consent.lent.given_at"),
        last(
            lending,
            _of(facts, ["withdrew"], ["statistics", "website_optimisation", ALL]),
            "consent.lent.withdrawn_at",
        ),
    ]
    return spread(events, parts).select(
        "row",
        pl.max_horizontal("given_own", "given_all").alias("consent.own.given_at"),
        pl.max_horizontal("withdrawn_own", "withdrawn_all").alias("consent.own.withdrawn_at"),
        "consent.any.given_at",
        "consent.any.withdrawn_at",
        "consent.lent.given_at",
        "consent.lent.withdrawn_at",
    )


def subscription(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Sign-ups (pre-ticked ones are none) and unsubscriptions."""
    signed = _of(facts, ["subscribed"])
    return spread(
        events,
        [
            last(events, signed, "subject.subscribed_at"),
            last(events, signed.filter(pl.col("flag")), "subject.confirmed_at"),
            last(events, signed.filter(pl.col("flag").is_null()), "subject.doubtful_at"),
            last(events, _of(facts, ["unsubscribed"]), "subject.unsubscribed_at"),
        ],
    )


def relation(events: pl.DataFrame, facts: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Relations of one kind; an end that names none ends all."""
    ended = _of(facts, ["relation_ended"]).filter(pl.col("about").is_null() | (pl.col("about") == kind))
    return spread(
        events,
        [
            last(events, _of(facts, ["relation_started"], [kind]), f"relation.{kind}.started_at"),
            last(events, ended, f"relation.{kind}.ended_at"),
        ],
    )
