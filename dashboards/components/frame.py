"""What every live page has around its panels: headline and chip, banners, and the states before there are figures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape

import streamlit as st

from dashboards import past, surroundings
from dashboards.as_of import NOW, Moment
from dashboards.components.chip import chip
from dashboards.components.panel import esc, guarded, panel
from dashboards.figures import standing
from dashboards.questions import Answer
from dashboards.roles import reachable
from dashboards.sign_in import viewer
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness, reader

REFRESH_EVERY = 2.0  # seconds between looks of a tab at what the reader has
HANGS_AFTER = 15.0  # seconds without an answer until the banner says so
PATIENCE = 4.0  # seconds at the start until "reading" becomes "does not answer"
_log = logging.getLogger("dashboards")


def live(
    say: Speech,
    draw: Callable[[Bundle, Freshness], None],
    at: Moment = NOW,
    *,
    figures: bool = False,
    without_events: bool = False,
) -> None:
    """Draw the page by `draw` and keep it fresh; while there is nothing to draw, say why.

    `at`: the moment, of a page that can show another than now; `figures`: the bundle's figures are of that moment too;
    `without_events`: the page has something to show before any event came.
    """
    _live(say, draw, at, figures, without_events)


@st.fragment(run_every=REFRESH_EVERY)
def _live(
    say: Speech, draw: Callable[[Bundle, Freshness], None], at: Moment, figures: bool, without_events: bool
) -> None:
    if viewer() is None:
        st.rerun()  # no longer signed in: the whole page says so
    source = reader()
    bundle, fresh = source.bundle, source.freshness
    with st.container(key="cw_all"):
        if bundle.taken_at is None:
            _before_the_first_answer(bundle, fresh, say)
        elif bundle.pulse.get("recorded_at") is None and not without_events:
            banner(bundle, fresh, say)
            head(_state_head("empty", say), bundle, fresh, say)
            state("empty", say)
        elif at.is_now:
            draw(bundle, fresh)
        else:
            then, failed = past.bundle(bundle, at, figures=figures)
            if then is not None:
                draw(then, fresh)
            else:
                name = "nothing" if failed else "waiting"
                banner(bundle, fresh, say)
                head(_state_head(name, say), replace(bundle, moment=at), fresh, say)
                state(name, say) if failed else skeleton()


def head(words: str, bundle: Bundle, fresh: Freshness, say: Speech, page: str = "now") -> None:
    """Headline (HTML) and chip; the tab's title carries how many breaches stand."""
    name = say(f"menu.{page}")
    n = bundle.once("standing", lambda: standing(bundle, surroundings.clauses())) if bundle.moment.is_now else 0
    title = say("tab.open", n=n, page=name) if n else say("tab.calm", page=name)
    with st.container(key="cw_head"):
        st.html(words)
        chip(bundle, fresh, say, title)


def headline(text: str, below: str = "", mark: str = "") -> str:
    """The answer as a heading, the line below it, and a symbol (HTML) before it."""
    line = f'<p class="cw-below" data-testid="below">{escape(below)}</p>' if below else ""
    return f'<header class="cw-head"><h1 class="cw-h1" data-testid="headline">{mark}{escape(text)}</h1>{line}</header>'


def drawn(name: str, title: str, say: Speech, draw: Callable[[], str], answer: Answer | None = None) -> None:
    """One panel on the page; one that fails says so in its place, and one whose `answer` is still to come, too.

    Its links lead only to where the viewer may go.

    Without that, a question that nobody answered would look like an answer without rows.
    """
    if answer is None or answer.taken_at is not None:
        who = viewer()
        st.html(reachable(guarded(name, title, say, draw, report), who.role if who else ""))
    else:
        words = esc(say("state.nothing" if answer.failed else "state.waiting"))
        st.html(panel(name, title, "", f'<p class="cw-none" data-testid="unanswered">{words}</p>'))


def aged(answers: Iterable[tuple[str, Answer]], say: Speech) -> None:
    """A banner that names the parts (title, answer) that are shown as they were, for the last try gave no answer."""
    parts = dict.fromkeys(title for title, answer in answers if answer.failed and answer.taken_at is not None)
    if parts:
        text = say("state.part", parts=", ".join(parts))
        st.html(f'<div class="cw-banner" role="alert" data-testid="banner-aged">{esc(text)}</div>')


def banner(bundle: Bundle, fresh: Freshness, say: Speech) -> None:
    """What the reader must know first: the store hangs, a part is old, the log has holes, history is being revised."""
    assert bundle.taken_at is not None
    if fresh.age is not None and fresh.age > HANGS_AFTER:
        text = say("state.hangs", time=say.clock(bundle.asked_at or bundle.taken_at))
        st.html(f'<div class="cw-banner cw-banner-alarm" role="alert" data-testid="banner-hangs">{escape(text)}</div>')
    elif bundle.failed:
        text = say("state.part", parts=", ".join(bundle.failed))
        st.html(f'<div class="cw-banner" role="alert" data-testid="banner-part">{escape(text)}</div>')
    if holes := int(bundle.pulse.get("holes") or 0):
        text = say("state.holes", n=holes)
        st.html(f'<div class="cw-banner cw-banner-alarm" role="alert" data-testid="banner-holes">{escape(text)}</div>')
    revising = int(bundle.pulse.get("revising") or 0)
    if revising:
        text = say("state.revising", n=revising)
        st.html(f'<div class="cw-banner" role="status" data-testid="banner-revising">{escape(text)}</div>')


def _before_the_first_answer(bundle: Bundle, fresh: Freshness, say: Speech) -> None:
    """A skeleton after 300 ms; after some patience, that the store does not answer."""
    name = "waiting" if fresh.waiting_for < PATIENCE else "nothing"
    head(_state_head(name, say), bundle, fresh, say)
    if name == "waiting":
        skeleton()
    else:
        state(name, say)


def skeleton() -> None:
    """Grey boxes where something is being read; they show after 300 ms."""
    st.html('<div class="cw-skeleton" data-testid="state-waiting" aria-hidden="true"><i></i><i></i><i></i></div>')


def _state_head(name: str, say: Speech) -> str:
    return headline(say(f"state.{name}"))


def state(name: str, say: Speech) -> None:
    """A state of the whole page, with what to do."""
    parts = escape(say(f"state.{name}_note")).split("`")
    note = "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
    st.html(f'<div class="cw-state" data-testid="state-{name}"><p>{note}</p></div>')


def report(reference: str, fault: Exception) -> None:
    """Kind and places only: a message may hold a value."""
    _log.error("panel failed, reference %s: %s", reference, type(fault).__qualname__)
