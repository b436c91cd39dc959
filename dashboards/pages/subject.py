"""Subject: all that the audit knows of one person, by pseudonym only; each look says why, and is noted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen
from dashboards.components.forget import forget
from dashboards.components.frame import banner, drawn, head, headline, live
from dashboards.components.panel import esc
from dashboards.components.story import facts, looks, summary, timeline
from dashboards.questions import desk
from dashboards.sign_in import NotAllowedError, allowed
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from dashboards.subjects import PURPOSES, Found, Told, key_of, known, refused, story

ROLES = frozenset({"officer"})
FORGOTTEN = 15 * 60.0  # seconds after which a session shows nobody any more
_KEY, _NAME, _GIVEN = "subject_seen", "subject_name", "subject_given"


@dataclass(frozen=True)
class Seen:
    """Whom this session looks at, what was found, when (the clock's, and the monotonic clock's)."""

    name: str
    found: Found
    at: datetime
    since: float


def page(say: Speech) -> None:
    """The form, and below it whom this session looked up; `subject` in the address fills the form in and leaves it.

    `after` in the address says from which line on the story is told.
    """
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
            drawn("story", say("subject.story"), say, partial(_timeline, told, seen, say))
        with st.container(key="cw_side"):
            drawn("known", say("subject.known"), say, lambda: facts(known(seen.found), seen.at, say))
            drawn("looks", say("subject.looks"), say, lambda: looks(seen.found["looks"], seen.at, say))


def _head(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    banner(bundle, fresh, say)
    head(headline(say("subject.head"), say("subject.below")), bundle, fresh, say, "subject")


def _timeline(told: list[Told], seen: Seen, say: Speech) -> str:
    return timeline(told, seen.at, surroundings.clauses(say.language), say, key_of(chosen("after")))


def _given() -> None:
    """Fill in what the address named, where it may be a pseudonym; whatever it was, the address keeps it no longer."""
    given = chosen("subject")
    if given is None:
        return
    forget("subject")
    if refused(given) is None and st.session_state.get(_GIVEN) != given:
        st.session_state[_GIVEN] = st.session_state[_NAME] = given


def _form(say: Speech) -> None:
    _given()
    with st.form("subject", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(say("subject.name"), key=_NAME, max_chars=128, autocomplete="off").strip()
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
        st.query_params.pop("after", None)
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
