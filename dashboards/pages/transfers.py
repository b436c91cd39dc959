"""Third parties: who gets data, in which country under which safeguard, and what holds each agreement up."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen, moment
from dashboards.components.frame import aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.components.register_table import PERIODS, periods
from dashboards.components.third_parties import agreement_list, country_list, country_map, ground_list, narrowing
from dashboards.questions import desk, question
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from dashboards.transfers import ENDS_SOON, Safeguard, by_ground, countries, in_force, narrowed

USUAL = 30
NARROWS = ("country", "recipient", "agreement")


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address says how far back is looked (`days`) and may narrow what is shown to
    a `country`, a `recipient` or an `agreement`; the headline tells of all.
    """
    live(say, partial(_draw, say), moment())


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    said = chosen("days", map(str, PERIODS))
    days = int(said) if said else USUAL
    given, told = desk().ask(
        question("transfers", days=days),
        question("agreements"),
        mark=bundle.pulse.get("breaches"),
        at=bundle.moment,
    )
    banner(bundle, fresh, say)
    aged(((say("transfers.map"), given), (say("transfers.agreements"), told)), say)
    if given.taken_at is None or told.taken_at is None:
        words = headline(say("state.nothing" if given.failed or told.failed else "state.waiting"))
        head(words, bundle, fresh, say, "transfers")
        state("nothing", say) if given.failed or told.failed else skeleton()
        return
    at, policy = given.taken_at, surroundings.policy()
    places = countries(given.rows, policy.references, at)
    held = in_force(told.rows, given.rows, at, backdating=policy.version_at(at).backdating)
    weak = sum(each.safeguard is Safeguard.NONE for each in places)
    ending = sum(each.until is not None and each.until - at < ENDS_SOON for each in held)
    text = say("transfers.head", n=weak) if weak else say("transfers.well" if places else "transfers.nowhere")
    below = say(
        "transfers.below",
        countries=len(places),
        recipients=len({row["recipient"] for row in given.rows} - {None}),
        agreements=len(held),
        ending=ending,
    )
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if weak else ""
    head(headline(text, below, mark), bundle, fresh, say, "transfers")
    picked = {name: chosen(name) for name in NARROWS}
    shown = narrowed(given.rows, held, picked)
    shown_places = countries(shown, policy.references, at)
    drawn("periods", say("menu.transfers"), say, lambda: periods(days, say) + narrowing(picked, say))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            drawn("map", say("transfers.map"), say, lambda: country_map(shown_places, say))
            drawn("agreements", say("transfers.agreements"), say, lambda: agreement_list(held, at, days, say))
        with st.container(key="cw_side"):
            drawn("countries", say("transfers.countries"), say, lambda: country_list(shown_places, days, picked, say))
            drawn("grounds", say("transfers.grounds"), say, lambda: ground_list(by_ground(shown), days, picked, say))
