"""Now: is every promise kept at this moment, what needs somebody, and can this page be trusted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen, moment
from dashboards.components.frame import banner, drawn, head, live, report
from dashboards.components.latest import latest
from dashboards.components.needs import needs_you
from dashboards.components.panel import guarded
from dashboards.components.since import since_then
from dashboards.components.sources import sources
from dashboards.components.status import head as answer
from dashboards.components.tiles import tiles
from dashboards.components.wall import wall
from dashboards.figures import State, now
from dashboards.questions import desk
from dashboards.sign_in import viewer
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from dashboards.visits import changes, last_visit, visits

SHOW = (*State, "evidence", "fresh")


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address filters it (`show`, `promise`)."""
    who = viewer()
    live(say, partial(_draw, say, who.name if who else ""), moment(), figures=True)


def _draw(say: Speech, me: str, bundle: Bundle, fresh: Freshness) -> None:
    clauses = surroundings.clauses(say.language)
    figures = bundle.once(("now", say.language), lambda: now(bundle, clauses, surroundings.silent(bundle)))
    alike = (say, tuple(sorted(st.query_params.to_dict().items())))

    def part(name: str, title: str, make: Callable[[], str]) -> None:
        drawn(name, say(title), say, lambda: bundle.once((name, alike), make))

    show, promise = chosen("show", SHOW), chosen("promise", clauses)
    behind = int(bundle.pulse.get("behind") or 0)
    banner(bundle, fresh, say)
    words = guarded("head", say("menu.now"), say, lambda: answer(figures, say, behind), report)
    head(words, bundle, fresh, say, "now")
    part("tiles", "menu.now", lambda: tiles(figures, bundle, say))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            part("promises", "wall.title", lambda: wall(figures, say, show))
            part("latest", "latest.title", lambda: latest(figures, bundle, clauses, say, promise))
        with st.container(key="cw_side"):
            if bundle.moment.is_now:
                _since(me, bundle, say)
            part("needs", "needs.title", lambda: needs_you(figures, bundle, clauses, say, promise))
            if bundle.moment.is_now:
                part("sources", "sources.title", lambda: sources(figures, bundle, say))


def _since(me: str, bundle: Bundle, say: Speech) -> None:
    """What changed since this viewer was last here; nothing at the first visit."""
    if not me:
        return
    visits(me)
    if since := last_visit(me):
        asked = changes(since)
        answers = desk().ask(*asked.values(), mark=bundle.pulse.get("breaches"), wait=0)
        found = dict(zip(asked, answers, strict=True))
        drawn("since", say("since.title"), say, lambda: since_then(since, found, say))
