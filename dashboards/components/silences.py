"""Silences: what is told to nobody for a while, set and ended by an officer. It is raised, kept and counted as ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboards import surroundings
from dashboards.acting import NotDoneError, actor
from dashboards.address import chosen
from dashboards.components.frame import REFRESH_EVERY
from dashboards.figures import SEVERITIES
from dashboards.questions import desk, question
from dashboards.speech import Speech
from dashboards.store import Row
from expectations.contract.personal import kinds_in
from expectations.vocabulary import SYSTEMS
from infra.warehouse.schema import SILENCES, new_silence

SENT = "silence_sent"
SPANS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "8h": timedelta(hours=8),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
}
MOST = 200  # characters of a reason


def silence(author: str, labels: Mapping[str, str | None], reason: str, span: timedelta, now: datetime) -> Row:
    """A row of SILENCES that mutes alerts with these labels from now on."""
    told = ", ".join(f'{name}="{value}"' for name, value in labels.items() if value)
    return new_silence(told, author, reason, now, now + span)


def fault(labels: Mapping[str, str | None], reason: str) -> str | None:
    """What is wrong with what was written, as a word of `silences.not_done`; None: nothing."""
    if not any(labels.values()):
        return "labels"
    return "reason" if not reason or kinds_in(reason) else None


@st.fragment(run_every=REFRESH_EVERY)
def silences(say: Speech) -> None:
    """Those that run, each with how to end it, and the form of another one; for who may, while no alert is open."""
    try:
        actor()
    except NotDoneError:
        return
    if chosen("alert"):
        return
    (answer,) = desk().ask(question("silences", every=REFRESH_EVERY))
    with st.expander(say("silences.title", n=len(answer.rows)), key="cw_silences"):
        for row in answer.rows:
            with st.container(horizontal=True, vertical_alignment="center"):
                until = say("opened.until", when=say.moment(row["ends_at"]))
                st.text(f"{row['matchers']} · {until} · {row['author']}: {row['reason']}")
                st.button(say("silences.end"), key=f"end-{row['silence']}", on_click=_ended, args=(row,))
        if not answer.rows:
            st.caption(say("silences.none"))
        _form(say)
        if (sent := st.session_state.get(SENT)) is not None:
            (st.error if sent else st.success)(say(f"silences.not_done.{sent}") if sent else say("silences.done"))


def _form(say: Speech) -> None:
    with st.form("silence", border=False):
        with st.container(horizontal=True):
            known = surroundings.clauses(say.language)
            given: dict[str, str | None] = {
                "clause": st.selectbox(say("filters.clause"), list(known), index=None),
                "system": st.selectbox(say("filters.system"), SYSTEMS, index=None, format_func=say.system),
                "severity": st.selectbox(
                    say("filters.severity"), SEVERITIES, index=None, format_func=lambda each: say(f"severity.{each}")
                ),
            }
            span = st.selectbox(
                say("silences.span"), list(SPANS), format_func=lambda each: say(f"silences.spans.{each}")
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            reason = st.text_input(say("silences.reason"), max_chars=MOST).strip()
            asked = st.form_submit_button(say("silences.set"))
    if asked:
        st.session_state[SENT] = fault(given, reason) or _kept(
            lambda who, now: silence(who, given, reason, SPANS[span], now)
        )


def _ended(row: Row) -> None:
    st.session_state[SENT] = _kept(lambda who, now: {**row, "ends_at": now})


def _kept(make: Any) -> str:
    """Store what is made of who and when; a word of what went wrong, or nothing."""
    try:
        who = actor()
    except NotDoneError:
        return "role"
    try:
        desk().silence(lambda now: pa.Table.from_pylist([make(who, now)], schema=SILENCES))
    except Exception:  # whatever failed: nothing was kept
        return "store"
    return ""
