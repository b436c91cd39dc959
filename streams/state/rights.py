"""Objections, restrictions and requests as of each event: rare, so every pair of event and objection is looked at.

GDPR 21 and 18. An answer, a decision or a later consent ends an objection; a refusal ends none against direct
marketing. `…_some_since`: what may cover a processing whose purpose is unknown.
"""

from __future__ import annotations

import polars as pl

from streams.state.timelines import ALL, last, spread

INSTANT = pl.Datetime("us", "UTC")
MARKETING = "newsletter"
COLUMNS = (
    "subject.objected_since",
    "subject.objected_some_since",
    "subject.upheld_since",
    "subject.upheld_some_since",
    "subject.restricted_since",
    "subject.restricted_some_since",
)
RIGHTS = ("access", "erasure", "portability")
REQUEST = tuple(f"request.{right}" for right in RIGHTS)


def rights(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """For each event the earliest objection (undecided, or upheld) and restriction that covers it, else null."""
    keys = events.select("row", "subject", "time", "purpose", "system").drop_nulls("subject")
    pairs = _objections(keys, facts)
    undecided = _standing(pairs.filter(pl.col("upheld").is_null()), facts)
    decided = pairs.filter(pl.col("upheld").is_not_null()).with_columns(since="upheld")
    unknown = _unknown_upheld(keys, facts)
    upheld = pl.concat([_standing(decided, facts), _not_consented(unknown, facts)], how="diagonal")
    restricted = _restrictions(keys, facts)
    found = (("objected", undecided), ("upheld", upheld), ("restricted", restricted))
    parts = []
    for name, of in found:
        parts.append(_earliest(of.filter(~pl.col("doubtful")), f"subject.{name}_since"))
        parts.append(_earliest(of.filter("doubtful"), f"subject.{name}_some_since"))
    return spread(events, parts)


def request(events: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """For each event whether the request that it names is for one of `RIGHTS`; null: it does not say for which.

    Of several under one id each counts; a request that is not known at the event's time, or not named, is for none.
    """
    asked = _kind(facts, "requested").select("entity", "link", right="word", asked="time")
    named = (
        events.select("row", "subject", "request", "time")
        .join(asked, left_on=["subject", "request"], right_on=["entity", "link"])
        .filter(pl.col("asked") <= pl.col("time"))
        .group_by("row")
        .agg(_is(right).any(ignore_nulls=False).alias(f"request.{right}") for right in RIGHTS)
    )
    known = pl.col("row").is_in(named["row"].implode())
    return spread(events, [named]).select(
        "row", *(pl.when(known).then(column).otherwise(False).alias(column) for column in REQUEST)
    )


def _is(right: str) -> pl.Expr:
    return pl.col("right") == right


def _kind(facts: pl.DataFrame, kind: str) -> pl.DataFrame:
    return facts.filter(pl.col("kind") == kind)


def _earliest(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    return pairs.group_by("row").agg(pl.col("since").min().alias(name))


def _objections(keys: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Every objection before each event, with the last decision that upheld it and the first word against it."""
    objected = _kind(facts, "objected").select("entity", "link", covers="about", since="time")
    pairs = keys.join(objected, left_on="subject", right_on="entity").filter(pl.col("since") <= pl.col("time"))
    pairs = pairs.with_row_index("pair")
    words = facts.filter(pl.col("kind").is_in(["decided", "answered"])).select(
        "entity", "link", "kind", "word", "flag", said="time"
    )
    decides, answers = pl.col("kind") == "decided", pl.col("kind") == "answered"
    against = (decides & ~pl.col("flag")) | (answers & (pl.col("word") == "refused"))
    said = (
        pairs.join(words, left_on=["subject", "link"], right_on=["entity", "link"])
        .filter(pl.col("said") <= pl.col("time"))
        .group_by("pair")
        .agg(
            upheld=pl.col("said").filter(decides & pl.col("flag") & (pl.col("said") >= pl.col("since"))).max(),
            refused=pl.col("said").filter(against & (pl.col("said") > pl.col("since"))).min(),
        )
    )
    return pairs.join(said, on="pair", how="left").drop("pair")


def _standing(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Those that cover the event's purpose, or may (`doubtful`), and that neither a refusal nor a consent ended."""
    # For which purpose it would be covered: the event's own or, where that is unknown, that of the objection.
    unknown, refused = pl.col("purpose").is_null(), pl.col("upheld").is_null() & pl.col("refused").is_not_null()
    every = pl.col("covers") == ALL
    # An objection to direct marketing ends by no refusal (GDPR 21(3)): all that is left of a refused one.
    left = pl.when(refused & every).then(pl.lit(MARKETING)).otherwise("covers")
    held = pairs.with_columns(covers=left).filter(~refused | (pl.col("covers") == MARKETING))
    covers = pl.col("covers")
    held = held.filter((covers == ALL) | unknown | (covers == pl.col("purpose")))
    held = held.with_columns(doubtful=unknown & (covers != ALL))
    return _not_consented(held, facts)


def _unknown_upheld(keys: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Upheld decisions on requests that are named but unknown: they cover every purpose."""
    decided = _kind(facts, "decided").filter(pl.col("flag") & pl.col("link").is_not_null())
    decided = decided.select("entity", "link", since="time")
    known = _kind(facts, "requested").select("entity", "link", asked="time")
    named = decided.join(known, on=["entity", "link"]).filter(pl.col("asked") <= pl.col("since"))
    unknown = decided.join(named, on=["entity", "link", "since"], how="anti").select("entity", "since")
    pairs = keys.join(unknown, left_on="subject", right_on="entity").filter(pl.col("since") <= pl.col("time"))
    return pairs.with_columns(covers=pl.lit(ALL), doubtful=pl.lit(False))


def _not_consented(pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Without those after whose last word a consent for the purpose came (for `newsletter` also a sign-up)."""
    if pairs.is_empty():
        return pairs
    keys = pairs.select("subject", "time", meant=pl.coalesce("purpose", "covers")).with_row_index("row")
    given = facts.filter(pl.col("kind").is_in(["consented", "subscribed"])).with_columns(
        about=pl.when(pl.col("kind") == "subscribed").then(pl.lit(MARKETING)).otherwise("about")
    )
    lending = keys.filter(pl.col("meant") == "website_optimisation")
    # The latest of each, not each: a person may have given many, and used many times.
    latest = spread(
        keys,
        [
            last(keys, given, "own", on="meant"),
            last(keys, given.filter(pl.col("about") == ALL), "every"),
            last(lending, given.filter(pl.col("about") == "statistics"), "lent"),
        ],
    ).select(pl.max_horizontal("own", "every", "lent"))
    return pairs.filter(~(latest.to_series() > pairs["since"]).fill_null(False))


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
    narrowed = (
        pairs.join(narrow, left_on=["subject", "link"], right_on=["entity", "link"])
        .filter(pl.col("narrowed") <= pl.col("time"))
        .group_by("pair")
        .agg(
            every=(pl.col("covers") == ALL).any(),
            covered=(pl.col("covers") == pl.col("purpose")).any(ignore_nulls=False),
        )
    )
    told = pairs.join(narrowed, on="pair", how="left")
    whole = pl.col("every").fill_null(True)
    told = told.filter(whole | pl.col("covered").fill_null(True))
    return told.with_columns(doubtful=~whole & pl.col("covered").is_null())
