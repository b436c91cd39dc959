"""What events are about when they are about nobody: an incident, a control, a camera, a version of the policy.

Facts and obligations belong to an *entity*: a data subject, or one of these. An entity's events share their key in
the log (`contract.routing`), so one worker sees them all; but for a notice of the policy to one person, whose key is
that person. Subjects hold neither a colon nor a slash (`contract.personal.is_token`), these names always do.
"""

from __future__ import annotations

import polars as pl


def about() -> pl.Expr:
    """`incident:<id>`, `control:<system>:<control>`, `camera:<id>`, `policy:<version>`; else null.

    Without the id it is the source, as in the key. Over the frame of decoded events (`contract.decode`).
    """
    area = pl.col("type").str.split(".").list.first()
    control = pl.format("control:{}:{}", pl.col("control_system").fill_null(""), pl.col("control").replace("", None))
    return (
        pl.when(pl.col("personal_envelope"))
        .then(None)
        .when(area == "breach")
        .then(pl.coalesce(pl.format("incident:{}", pl.col("incident").replace("", None)), "source"))
        .when(area == "cctv")
        .then(pl.coalesce(pl.format("camera:{}", pl.col("camera").replace("", None)), "source"))
        .when(area == "security")
        .then(pl.coalesce(control, "source"))
        .when(area == "policy")
        .then(pl.format("policy:{}", pl.col("version").fill_null("")))
        .otherwise(None)
    )


def is_subject(entity: str) -> bool:
    """Whether an entity is a data subject."""
    return ":" not in entity and "/" not in entity
