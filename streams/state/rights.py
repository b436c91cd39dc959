"""Objections and restrictions as of each event: rare, so every pair of event and objection is looked at.

GDPR 21 and 18. An answer, a decision or a later consent ends them; a refusal ends none against direct marketing.
"""

from __future__ import annotations

import polars as pl

from streams.state.timelines import ALL, spread

INSTANT = pl.Datetime("us", "UTC")
COLUMNS = (
    "subject.objected_since",
    "subject.objected_some_since",
    "subject.upheld_since",
    "subject.restricted_since",
)


def rights(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """For each event the earliest objection (undecided, or upheld) and restriction that covers it, else null."""
    keys = events.select("row", "subject", "time", "purpose", "system").drop_nulls("subject")
    covered, partly, upheld = _objections(keys, facts)
    return spread(
        events,
        [
            covered.rename({"since": "subject.objected_since"}),
            partly.rename({"since": "subject.objected_some_since"}),
            upheld.rename({"since": "subject.upheld_since"}),
            _restrictions(keys, facts).rename({"since": "subject.restricted_since"}),
        ],
    )


def _kind(facts: pl.DataFrame, kind: str) -> pl.DataFrame:
    return facts.filter(pl.col("kind") == kind)


def _earliest(pairs: pl.DataFrame, since: str) -> pl.DataFrame:
    return pairs.group_by("row").agg(since=pl.col(since).min())


def _objections(keys: pl.DataFrame, facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    objected = _kind(facts, "objected").select("entity", "link", "source", "id", covers="about", since="time")
    pairs = keys.join(objected, left_on="subject", right_on="entity").filter(pl.col("since") <= pl.col("time"))
    unknown = _unknown_upheld(keys, facts)
    if pairs.is_empty():
        none = pl.DataFrame(schema={"row": keys.schema["row"], "since": INSTANT})
        return none, none, _earliest(_not_consented(unknown, facts, "decided"), "decided")
    pairs = pairs.with_row_index("pair")
    words = facts.filter(pl.col("kind").is_in(["decided", "answered"])).select(
        "entity", "link", "kind", "word", "flag", said="time"
    )
    said = (
        pairs.join(words, left_on=["subject", "link"], right_on=["entity", "link"])
        .filter(pl.col("said") <= pl.col("time"))
        .group_by("pair")
        .agg(
            upheld=pl.col("said")
            .filter((pl.col("kind") == "decided") & pl.col("flag") & (pl.col("said") >= pl.col("since")))
            .max(),
            refused=pl.col("said")
            .filter(
                (
                    ((pl.col("kind") == "decided") & ~pl.col("flag"))
                    | ((pl.col("kind") == "answered") & (pl.col("word") == "refused"))
                )
                & (pl.col("said") > pl.col("since"))
            )
            .min(),
        )
    )
    pairs = pairs.join(said, on="pair", how="left")
    # An objection to direct marketing ends by no refusal (GDPR 21(3)).
    marketing = (pl.col("purpose") == "newsletter") & pl.col("covers").is_in(["newsletter", ALL])
    covers = (pl.col("covers") == ALL) | (pl.col("covers") == pl.col("purpose"))
    open_ = pl.col("upheld").is_null() & (pl.col("refused").is_null() | marketing.fill_null(False))
    standing = pairs.filter(open_)
    covered = _not_consented(standing.filter(covers), facts, "since")
    partly = standing.filter(pl.col("purpose").is_null() & (pl.col("covers") != ALL))
    decided = pairs.filter(pl.col("upheld").is_not_null() & (covers | pl.col("purpose").is_null()))
    decided = decided.select(*keys.columns, decided="upheld")
    upheld = _not_consented(pl.concat([decided, unknown]), facts, "decided")
    return _earliest(covered, "since"), _earliest(partly, "since"), _earliest(upheld, "decided")


def _unknown_upheld(keys: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Upheld decisions on requests that are named but unknown: they cover every purpose."""
    decided = _kind(facts, "decided").filter(pl.col("flag") & pl.col("link").is_not_null())
    decided = decided.select("entity", "link", decided="time")
    known = _kind(facts, "requested").select("entity", "link", asked="time")
    named = decided.join(known, on=["entity", "link"]).filter(pl.col("asked") <= pl.col("decided"))
    unknown = decided.join(named, on=["entity", "link", "decided"], how="anti").select("entity", "decided")
    pairs = keys.join(unknown, left_on="subject", right_on="entity")
    return pairs.filter(pl.col("decided") <= pl.col("time")).select(*keys.columns, "decided")


def _not_consented(pairs: pl.DataFrame, facts: pl.DataFrame, since: str) -> pl.DataFrame:
    """Without those after whose last word a consent for the purpose came (for `newsletter` also a sign-up)."""
    if pairs.is_empty():
        return pairs
    pairs = pairs.with_row_index("pair_of_consent")
    given = facts.filter(pl.col("kind").is_in(["consented", "subscribed"])).select(
        "entity",
        gives=pl.when(pl.col("kind") == "subscribed").then(pl.lit("newsletter")).otherwise(pl.col("about")),
        given="time",
    )
    lent = (pl.col("purpose") == "website_optimisation") & (pl.col("gives") == "statistics")
    fits = (pl.col("gives") == ALL) | (pl.col("gives") == pl.col("purpose")) | lent
    healed = (
        pairs.join(given, left_on="subject", right_on="entity")
        .filter((pl.col("given") > pl.col(since)) & (pl.col("given") <= pl.col("time")) & fits)
        .select("pair_of_consent")
        .unique()
    )
    return pairs.join(healed, on="pair_of_consent", how="anti").drop("pair_of_consent")


def _restrictions(keys: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Restrictions by `data.restricted`, or by the granting answer to a request for one (then every system)."""
    asked = _kind(facts, "requested").filter(pl.col("word") == "restriction").select("entity", "link", asked="time")
    granted = _kind(facts, "answered").filter(pl.col("word") == "granted").select("entity", "link", since="time")
    by_answer = granted.join(asked, on=["entity", "link"]).filter(pl.col("asked") <= pl.col("since"))
    imposed = pl.concat(
        [
            _kind(facts, "restricted").select("entity", "link", scope="about", since="time"),
            by_answer.select("entity", "link", pl.lit(ALL).alias("scope"), "since"),
        ]
    )
    pairs = keys.join(imposed, left_on="subject", right_on="entity").filter(
        (pl.col("since") <= pl.col("time")) & ((pl.col("scope") == ALL) | (pl.col("scope") == pl.col("system")))
    )
    none = pl.DataFrame(schema={"row": keys.schema["row"], "since": INSTANT})
    if pairs.is_empty():
        return none
    pairs = pairs.with_row_index("pair")
    lifted = _kind(facts, "unrestricted").select("entity", frees="about", freed="time")
    free = (
        pairs.join(lifted, left_on="subject", right_on="entity")
        .filter(
            (pl.col("freed") > pl.col("since"))
            & (pl.col("freed") <= pl.col("time"))
            & ((pl.col("frees") == ALL) | (pl.col("frees") == pl.col("system")))
        )
        .select("pair")
        .unique()
    )
    pairs = pairs.join(free, on="pair", how="anti")
    # The purposes of the request narrow it, from the request's instant on.
    narrow = _kind(facts, "restriction_asked").select("entity", "link", covers="about", narrowed="time")
    narrowed = pairs.join(narrow, left_on=["subject", "link"], right_on=["entity", "link"]).filter(
        pl.col("narrowed") <= pl.col("time")
    )
    spared = (
        narrowed.group_by("pair")
        .agg(covered=((pl.col("covers") == ALL) | (pl.col("covers") == pl.col("purpose"))).fill_null(True).any())
        .filter(~pl.col("covered"))
    )
    return _earliest(pairs.join(spared, on="pair", how="anti"), "since")
