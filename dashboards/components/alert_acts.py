"""What an officer may do with the alert that is open, or with all that are shown. Each button publishes events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal

import streamlit as st

from dashboards.acting import NotDoneError, act
from dashboards.components.acted import acted
from dashboards.components.alert_open import Opened, waiver_asked
from dashboards.speech import Speech
from dashboards.store import Row

SENT = "alert_acts_sent"
OVER = ("resolved", "withdrawn", "superseded")
NOTED = ("resolved", "waived")  # what nobody does without saying why
Kind = Literal["primary", "secondary"]


def acts(opened: Opened, me: str, say: Speech) -> None:
    """The buttons of one alert, and what became of the last one pressed."""
    row = opened.row
    if row is None:
        return
    alert = str(row["alert"])
    with st.container(key="cw_acts"):
        sent = st.session_state.get(SENT)
        if sent is not None and alert in sent["alerts"]:
            acted("alerts", sent["fault"], set(sent["ids"]), {each["id"] for each in opened.actions}, say)
        st.text_input(say("alerts.note"), key=f"note-{alert}", max_chars=300, help=say("alerts.note_help"))
        with st.container(horizontal=True):
            if row["stands"] in OVER:
                _button("reopened", say, alert)
            else:
                _button("acknowledged", say, alert, kind="primary" if row["stands"] == "firing" else "secondary")
                _button("assigned", say, alert, assignee=me)
                _button("resolved", say, alert)
        if row["stands"] not in OVER:
            _waiver(opened, me, alert, say)


def _waiver(opened: Opened, me: str, alert: str, say: Speech) -> None:
    """Asked for by one and approved by another, for the same end."""
    asked = waiver_asked(opened.actions, opened.at)
    if asked is not None:
        st.caption(say("alerts.waiver_asked", who=asked["actor"] or "–", until=say.moment(asked["until"])))
        if asked["actor"] != me:
            _button("waived", say, alert, word="approve", until=asked["until"].isoformat())
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fortnight = (opened.at + timedelta(days=14)).date()
        end = st.date_input(say("alerts.waive_until"), value=fortnight, key=f"end-{alert}")
        until = datetime.combine(end, time(), tzinfo=opened.at.tzinfo).isoformat()
        _button("waived", say, alert, until=until)


def _button(what: str, say: Speech, alert: str, *, word: str = "", kind: Kind = "secondary", **data: Any) -> None:
    word = word or what
    st.button(say(f"alerts.acts.{word}"), key=f"{word}-{alert}", type=kind, on_click=_doing(what, [alert], data))


def _doing(what: str, alerts: Sequence[str], data: dict[str, Any]) -> Callable[[], None]:
    """What a button does; the note is the one that stands there when it is pressed."""

    def done() -> None:
        note = str(st.session_state.get(f"note-{alerts[0]}", "")).strip() if len(alerts) == 1 else ""
        sent: dict[str, Any] = {"alerts": list(alerts), "fault": "", "ids": []}
        try:
            if what in NOTED and not note:
                raise NotDoneError("note")
            sent["ids"] = act(what, alerts, reason=note, **data)
        except NotDoneError as fault:
            sent["fault"] = str(fault)
        st.session_state[SENT] = sent

    return done


def act_on_all(rows: Sequence[Row], me: str, say: Speech) -> None:
    """Take or be given all that are shown and wait for somebody, at once."""
    waiting = [str(row["alert"]) for row in rows if row["stands"] == "firing"]
    if not waiting:
        return
    with st.container(key="cw_many", horizontal=True):
        st.button(
            say("alerts.all_acknowledged", n=len(waiting)), key="all-ack", on_click=_doing("acknowledged", waiting, {})
        )
        st.button(
            say("alerts.all_assigned", n=len(waiting)),
            key="all-mine",
            on_click=_doing("assigned", waiting, {"assignee": me}),
        )
        sent = st.session_state.get(SENT)
        if sent and len(sent["alerts"]) > 1:
            words = f"alerts.not_done.{sent['fault']}" if sent["fault"] else "alerts.pending"
            st.caption(say(words))
