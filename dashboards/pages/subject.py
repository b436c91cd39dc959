"""Subject: all that the audit knows of one person, by pseudonym only; each look says why, and is noted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen
from dashboards.components.frame import banner, drawn, head, headline, live
from dashboards.components.panel import esc
from dashboards.components.story import facts, looks, summary, timeline
from dashboards.questions import desk
from dashboards.sign_in import NotAllowedError, allowed
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from dashboards.subjects import PURPOSES, Found, known, refused, story

ROLES = frozenset({"officer"})
FORGOTTEN = 15 * 60.0  # seconds after which a session shows nobody any more
_KEY = "subject_seen"


@dataclass(frozen=True)
class Seen:
    """Whom this session looks at, what was found, when (the clock's, and the monotonic clock's)."""

    name: str
    found: Found
    at: datetime
    since: float


def page(say: Speech) -> None:
    """The form, and below it whom this session looked up; `subject` in the address fills the form in."""
    live(say, partial(_head, say))
    _form(say)
    seen: Seen | None = st.session_state.get(_KEY)
    if seen is None:
        return
    if time.monotonic() - seen.since > FORGOTTEN or not _may():
        del st.session_state[_KEY]
        return
    told = story(seen.found, seen.at)
    drawn("subject", say("menu.subject"), say, lambda: summary(seen.name, told, seen.found, say))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            drawn("story", say("subject.story"), say, lambda: timeline(told, seen.at, surroundings.clauses(), say))
        with st.container(key="cw_side"):
            drawn("known", say("subject.known"), say, lambda: facts(known(seen.found), seen.at, say))
            drawn("looks", say("subject.looks"), say, lambda: looks(seen.found["looks"], seen.at, say))


def _head(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    banner(bundle, fresh, say)
    head(headline(say("subject.head"), say("subject.below")), bundle, fresh, say, "subject")


def _form(say: Speech) -> None:
    given = chosen("subject") or ""
    with st.form("subject", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            say("subject.name"), value=given if refused(given) is None else "", max_chars=128, autocomplete="off"
        ).strip()
        purpose = st.selectbox(
            say("subject.purpose"),
            PURPOSES,
            index=None,
            format_func=lambda each: say(f"subject.purposes.{each}"),
            placeholder=say("subject.choose"),
        )
        asked = st.form_submit_button(say("subject.look"), type="primary")
    if asked:
        st.session_state.pop(_KEY, None)
        fault = _look(name, purpose, say)
        if fault:
            st.html(f'<p class="cw-failed" role="alert" data-testid="subject-refused">{esc(fault)}</p>')


def _may() -> bool:
    try:
        allowed(ROLES)
    except NotAllowedError:
        return False
    return True


def _look(name: str, purpose: str | None, say: Speech) -> str:
    """Look somebody up, noted first; or why not."""
    try:
        who = allowed(ROLES)
    except NotAllowedError:
        return say("state.refused")
    if (wrong := refused(name)) is not None:
        return say(f"subject.refused.{wrong}")
    if purpose is None:
        return say("subject.refused.purpose")
    try:
        found, at = desk().subject(name, who.name, purpose)
    except Exception:  # whatever failed: nothing was shown
        return say("state.nothing")
    if not any(rows for table, rows in found.items() if table != "looks"):
        return say("subject.refused.unknown")
    st.session_state[_KEY] = Seen(name, found, at, time.monotonic())
    return ""
