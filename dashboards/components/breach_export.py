"""Taking the filtered list away: CSV, JSON Lines, OCSF; made for the session that asked, after a check, and noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import streamlit as st

from dashboards.as_of import NOW, Moment
from dashboards.breaches import Filter
from dashboards.questions import desk
from dashboards.sign_in import allowed, mine
from dashboards.speech import Speech, number
from expectations.formats import Finding, as_csv, as_json, as_ocsf, finding

MOST = 50_000  # rows of one export; more are refused, never cut off: a filter makes it smaller
ROLES = frozenset({"officer"})
FORMS: Mapping[str, tuple[Callable[[Iterable[Finding]], str], str, str]] = {
    "csv": (as_csv, "text/csv", "csv"),
    "json": (as_json, "application/x-ndjson", "jsonl"),
    "ocsf": (as_ocsf, "application/x-ndjson", "ocsf.jsonl"),
}


class TooManyError(ValueError):
    """More fits than one file holds."""


def exports(asked: Filter, total: int, say: Speech, at: Moment = NOW) -> None:
    """A button a form; none can be pressed where `total`, the findings that fit, is more than one file holds."""
    if total > MOST:
        st.caption(say("export.too_many", n=total, most=number(MOST)))
    with st.container(key="cw_exports", horizontal=True):
        for name, (_, kind, ending) in FORMS.items():
            st.download_button(
                say(f"export.{name}"),
                data=mine(partial(exported, name, asked, at)),
                file_name=f"breaches.{ending}",
                mime=kind,
                key=f"export-{name}",
                on_click="ignore",
                disabled=total > MOST,
                icon=":material/download:",
                help=say("export.help"),
            )


def exported(name: str, asked: Filter, at: Moment = NOW) -> bytes:
    """The file: every row that the filter lets through, in its order, first noted in the access log.

    Raises NotAllowedError: the role is looked up again when somebody asks, not when the button was drawn. Raises
    TooManyError: part of a list would pass for all of it.
    """
    who = allowed(ROLES)
    write, _, _ = FORMS[name]
    words = " ".join(f"{key}={value}" for key, value in sorted({**asked.parameters(), **at.address}.items()))
    desk().note(who.name, "export", f"breaches {name}: {words}")
    rows = desk().now("breaches", {**asked.parameters(), "sort": asked.sort, "rows": MOST, **at.parameters})
    if rows and rows[0]["total"] > len(rows):
        raise TooManyError(f"{rows[0]['total']} findings fit, one file holds {MOST}: filter them")
    return write(finding(row) for row in rows).encode()
