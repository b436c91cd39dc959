"""Obligations: which clocks run, what is late, what falls due when, and how many will be late at this pace."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import moment
from dashboards.breaches import TOKEN
from dashboards.components.clocks import clock_list
from dashboards.components.due_days import calendar
from dashboards.components.filters import Choice, form, let_go, search, segments, select
from dashboards.components.frame import aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.components.paces import paces
from dashboards.figures import Clauses
from dashboards.forecast import Forecast, forecast
from dashboards.obligations import LAWS, STATES, WEEKS, Filter, of_address
from dashboards.questions import Answer, desk, question
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness, Rows
from expectations.vocabulary import SYSTEMS

PACE_EVERY = 60.0  # seconds; the pace of half a year does not change with each event


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address filters it."""
    live(say, partial(_draw, say), moment())


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    clauses = surroundings.clauses(say.language)
    asked = of_address(st.query_params.to_dict(), clauses)
    today = (bundle.moment.as_of or bundle.taken_at).astimezone(say.tz).date()
    until = datetime.combine(today + timedelta(days=7 * WEEKS), datetime.min.time(), say.tz)
    found, waiting, days = desk().ask(
        asked.question(say.tz),
        Filter().question(say.tz),
        question("clocks_days", zone=say.zone, until=until),
        mark=bundle.pulse.get("recorded_at"),
        at=bundle.moment,
    )
    (pace,) = desk().ask(question("clocks_pace", every=PACE_EVERY), at=bundle.moment)
    banner(bundle, fresh, say)
    titles = ("menu.obligations", "obligations.title", "obligations.calendar", "obligations.forecast")
    aged(zip(map(say, titles), (waiting, found, days, pace), strict=True), say)
    head(_answer(waiting, say), bundle, fresh, say, "obligations")
    drawn("filters", say("menu.obligations"), say, lambda: filters(asked, clauses, say))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            if found.taken_at is None:
                state("nothing", say) if found.failed else skeleton()
            else:
                at = found.taken_at
                drawn("clocks", say("obligations.title"), say, lambda: clock_list(found.rows, asked, clauses, at, say))
        with st.container(key="cw_side"):
            due = {row["day"]: row["n"] for row in days.rows}
            drawn("days", say("obligations.calendar"), say, lambda: calendar(due, today, asked.day, say), days)
            drawn("paces", say("obligations.forecast"), say, lambda: paces(foretold(pace), clauses, say), pace)


def filters(asked: Filter, clauses: Clauses, say: Speech) -> str:
    """Links and a form; each changes the address."""
    states = [Choice(None if each == "waiting" else each, say(f"obligations.states.{each}")) for each in STATES]
    owing = [(id, words) for id, words in clauses.items() if words.is_obligation]
    fields = (
        select(
            "clause",
            say("filters.clause"),
            (Choice(id, f"{id} {say.short(words)}") for id, words in owing),
            asked.clause,
        ),
        select("system", say("filters.system"), (Choice(each, say.system(each)) for each in SYSTEMS), asked.system),
        select("law", say("obligations.law"), (Choice(each, each.upper()) for each in LAWS), asked.law),
        search("q", say("filters.q"), asked.q, TOKEN.pattern, say),
    )
    day = ""
    if asked.day:
        day = let_go(asked.day.isoformat(), "day", say, day=None)
    return (
        '<div class="cw-filters" data-testid="filters">'
        f"{segments('state', say('filters.state'), states, None if asked.state == 'waiting' else asked.state)}"
        f"{form(fields, ('clause', 'system', 'law', 'q'))}{day}</div>"
    )


def _answer(waiting: Answer, say: Speech) -> str:
    """What is late and what is next, as a sentence."""
    if waiting.taken_at is None:
        return headline(say("state.nothing" if waiting.failed else "state.waiting"))
    if not waiting.rows:
        return headline(say("obligations.calm"))
    first, at = waiting.rows[0], waiting.taken_at
    late, soon = first["overdue"], first["soon"]
    text = say("head.overdue", n=late) if late else say("head.calm")
    if soon:
        text = say("obligations.head", late=text, n=soon)
    parts = [say("obligations.running_n", n=first["open"])]
    if first["suspended"]:
        parts.append(say("wall.paused", n=first["suspended"]))
    if first["next_due"]:
        parts.append(say("wall.due", span=say.span(first["next_due"] - at)))
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if late else ""
    return headline(text, " · ".join(parts), mark)


MOMENTS = 8  # whose forecasts are kept
_kept: deque[tuple[Rows, list[tuple[str, int, Forecast | None]]]] = deque(maxlen=MOMENTS)


def foretold(pace: Answer) -> list[tuple[str, int, Forecast | None]]:
    """By clause how many are open and what is foretold; worked out once an answer, for all viewers."""
    for rows, known in tuple(_kept):
        if rows is pace.rows:
            return known
    found = []
    for seed, row in enumerate(pace.rows):  # each with draws of its own
        ages, terms = ([each[name] for each in row["running"]] for name in ("age", "term"))
        found.append((row["clause"], row["open"], forecast(row["took"], row["overdue"], ages, terms, seed)))
    _kept.append((pace.rows, found))
    return found
