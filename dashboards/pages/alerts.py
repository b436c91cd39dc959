"""Alerts: what waits for somebody, whose it is and for how long; one opens into its life, and is acted upon."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.acting import NotDoneError, actor
from dashboards.address import chosen
from dashboards.alerts import PAGE, Filter, course, days, of_address
from dashboards.components.alert_acts import act_on_all, acts
from dashboards.components.alert_filters import alert_filters
from dashboards.components.alert_list import alert_list, failing
from dashboards.components.alert_open import Opened, alert_open
from dashboards.components.alert_pace import keeping_up
from dashboards.components.frame import REFRESH_EVERY, aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.components.silences import silences
from dashboards.questions import Answer, desk, question
from dashboards.sign_in import viewer
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness

EVERY = 2.0  # seconds: alerts are raised by another part, and no bundle tells of them


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address filters it, `alert` opens one."""
    who = viewer()
    me = who.name if who else ""
    live(say, partial(_draw, say, me))
    _acting(say)
    silences(say)


@st.fragment(run_every=REFRESH_EVERY)
def _acting(say: Speech) -> None:
    """What may be done by who may act, with what became of it; what is being written stays."""
    try:
        me = actor()
    except NotDoneError:
        return
    if alert := chosen("alert"):
        if (opened := _opened(alert)) is not None:
            acts(opened, me, say)
        return
    (found,) = desk().ask(of_address(st.query_params.to_dict(), surroundings.clauses(say.language)).question(me))
    act_on_all(found.rows[:PAGE], me, say)


def _draw(say: Speech, me: str, bundle: Bundle, fresh: Freshness) -> None:
    clauses = surroundings.clauses(say.language)
    asked = of_address(st.query_params.to_dict(), clauses)
    mark = bundle.pulse.get("recorded_at")
    assert bundle.taken_at is not None
    shown = days(bundle.taken_at, say.tz)
    found, standing, figures, daily = desk().ask(
        asked.question(me),
        Filter().question(me),
        question("alert_figures"),
        question("alert_days", since=shown[0], zone=say.zone),
        mark=mark,
    )
    banner(bundle, fresh, say)
    titles = ("menu.alerts", "alerts.list", "alerts.figures", "alerts.keeping")
    aged(zip(map(say, titles), (standing, found, figures, daily), strict=True), say)
    if figures.rows and (figures.rows[0]["dead"] or figures.rows[0]["failing"]):
        drawn("failing", say("menu.alerts"), say, lambda: failing(figures.rows[0], say))
    head(_answer(standing, say), bundle, fresh, say, "alerts")
    drawn("filters", say("menu.alerts"), say, lambda: alert_filters(asked, clauses, say))
    if found.taken_at is None:
        state("nothing", say) if found.failed else skeleton()
    else:
        at = found.taken_at
        drawn("list", say("menu.alerts"), say, lambda: alert_list(found.rows, asked, clauses, at, say))
    if figures.rows and daily.taken_at is not None:
        told = course(daily.rows, shown)
        drawn("keeping", say("alerts.keeping"), say, lambda: keeping_up(figures.rows[0], told, say))
    if alert := chosen("alert"):
        opened = _opened(alert)
        drawn("alert", say("menu.alerts"), say, lambda: alert_open(opened, clauses, say))


def _answer(standing: Answer, say: Speech) -> str:
    """How many wait, how bad, since when, and whose they are not."""
    if standing.taken_at is None:
        return headline(say("state.nothing" if standing.failed else "state.waiting"))
    if not standing.rows:
        return headline(say("alerts.calm"))
    first = standing.rows[0]
    parts = [
        f"{number(first['critical'])} {say('severity.critical').lower()}" if first["critical"] else "",
        say("alerts.unassigned", n=first["unassigned"]) if first["unassigned"] else "",
        say("breaches.since", span=say.span(standing.taken_at - first["oldest"])),
    ]
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if first["critical"] else ""
    return headline(say("alerts.head", n=first["total"]), " · ".join(each for each in parts if each), mark)


def _opened(alert: str) -> Opened | None:
    """All that the drawer tells of an alert; None: not answered yet."""
    row, actions = desk().ask(
        question("alerts", alert=alert, every=EVERY),
        question("alert_actions", alerts=f'["{alert}"]' if alert.isalnum() else "[]", every=EVERY),
    )
    if row.taken_at is None:
        return None
    return Opened(row.rows[0] if row.rows else None, row.taken_at, actions.rows)
