"""Now: is every promise kept at this moment, what needs somebody, and can this page be trusted."""

from __future__ import annotations

import logging
from html import escape

import streamlit as st

from dashboards import surroundings
from dashboards.components.chip import chip
from dashboards.components.evidence import evidence
from dashboards.components.latest import latest
from dashboards.components.needs import needs_you
from dashboards.components.panel import guarded
from dashboards.components.sources import sources
from dashboards.components.status import head
from dashboards.components.tiles import tiles
from dashboards.components.wall import wall
from dashboards.figures import Clauses, State, now
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness, reader

REFRESH_EVERY = 2.0
HANGS_AFTER = 15.0  # seconds without an answer until the banner says so
PATIENCE = 4.0  # seconds at the start until "reading" becomes "does not answer"
SHOW = (*State, "evidence", "fresh")
_log = logging.getLogger("dashboards.now")


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address filters it (`show`, `promise`, `finding`)."""
    _live(say)


@st.fragment(run_every=REFRESH_EVERY)
def _live(say: Speech) -> None:
    source = reader()
    bundle, fresh = source.bundle, source.freshness
    clauses = surroundings.clauses()
    with st.container(key="cw_all"):
        if bundle.taken_at is None:
            _before_the_first_answer(bundle, fresh, say)
        elif bundle.pulse.get("recorded_at") is None:
            _banner(bundle, fresh, say)
            _head(_state_head("empty", say), bundle, fresh, say, say("tab.calm"))
            _state("empty", say)
        else:
            _draw(bundle, fresh, clauses, say)


def _draw(bundle: Bundle, fresh: Freshness, clauses: Clauses, say: Speech) -> None:
    figures = now(bundle, clauses, surroundings.silent(bundle))
    show, promise, finding = _chosen("show"), _chosen("promise"), _chosen("finding")
    show = show if show in SHOW else None
    promise = promise if promise in clauses else None
    keep = f"&lang={say.language}" if "lang" in st.query_params else ""
    standing, behind = figures.standing, int(bundle.pulse.get("behind") or 0)
    _banner(bundle, fresh, say)
    title = say("tab.open", n=standing) if standing else say("tab.calm")
    _head(
        guarded("head", say("menu.now"), say, lambda: head(figures, say, behind), _report),
        bundle,
        fresh,
        say,
        title,
    )
    st.html(guarded("tiles", say("menu.now"), say, lambda: tiles(figures, bundle, say, keep), _report))
    if finding:
        st.html(
            guarded(
                "evidence",
                say("finding.title"),
                say,
                lambda: evidence(bundle, finding, clauses, say, keep),
                _report,
            )
        )
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            st.html(guarded("promises", say("wall.title"), say, lambda: wall(figures, say, show, keep), _report))
            st.html(
                guarded(
                    "latest",
                    say("latest.title"),
                    say,
                    lambda: latest(figures, bundle, clauses, say, promise, keep),
                    _report,
                )
            )
        with st.container(key="cw_side"):
            st.html(
                guarded(
                    "needs",
                    say("needs.title"),
                    say,
                    lambda: needs_you(figures, bundle, clauses, say, promise, keep),
                    _report,
                )
            )
            st.html(guarded("sources", say("sources.title"), say, lambda: sources(figures, bundle, say), _report))


def _chosen(name: str) -> str | None:
    found: str | None = st.query_params.get(name)
    return found or None


def _head(words: str, bundle: Bundle, fresh: Freshness, say: Speech, title: str) -> None:
    with st.container(key="cw_head"):
        st.html(words)
        chip(bundle, fresh, say, title)


def _banner(bundle: Bundle, fresh: Freshness, say: Speech) -> None:
    """What the reader must know before the figures: the store hangs, a part is old, history is being revised."""
    assert bundle.taken_at is not None
    if fresh.age is not None and fresh.age > HANGS_AFTER:
        text = say("state.hangs", time=say.clock(bundle.taken_at))
        st.html(f'<div class="cw-banner cw-banner-alarm" role="alert" data-testid="banner-hangs">{escape(text)}</div>')
    elif bundle.failed:
        text = say("state.part", parts=", ".join(bundle.failed))
        st.html(f'<div class="cw-banner" role="alert" data-testid="banner-part">{escape(text)}</div>')
    revising = int(bundle.pulse.get("revising") or 0)
    if revising:
        text = say("state.revising", n=revising)
        st.html(f'<div class="cw-banner" role="status" data-testid="banner-revising">{escape(text)}</div>')


def _before_the_first_answer(bundle: Bundle, fresh: Freshness, say: Speech) -> None:
    """A skeleton after 300 ms; after some patience, that the store does not answer."""
    name = "waiting" if fresh.waiting_for < PATIENCE else "nothing"
    _head(_state_head(name, say), bundle, fresh, say, say("tab.calm"))
    if name == "waiting":
        st.html('<div class="cw-skeleton" data-testid="state-waiting" aria-hidden="true"><i></i><i></i><i></i></div>')
    else:
        _state(name, say)


def _state_head(name: str, say: Speech) -> str:
    return (
        f'<header class="cw-head"><h1 class="cw-h1" data-testid="headline">{escape(say(f"state.{name}"))}</h1></header>'
    )


def _state(name: str, say: Speech) -> None:
    parts = escape(say(f"state.{name}_note")).split("`")
    note = "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
    st.html(f'<div class="cw-state" data-testid="state-{name}"><p>{note}</p></div>')


def _report(reference: str, fault: Exception) -> None:
    """Kind and places only: a message may hold a value."""
    _log.error("panel failed, reference %s: %s", reference, type(fault).__qualname__)
