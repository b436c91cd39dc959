"""Breaches: all that stand, by filters in the address; one opens into its evidence; the list can be taken away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen, moment
from dashboards.as_of import Moment
from dashboards.breaches import Filter, of_address
from dashboards.components.breach_export import exports
from dashboards.components.breach_filters import breach_filters
from dashboards.components.breach_list import breach_list
from dashboards.components.breach_open import Opened, breach_open
from dashboards.components.frame import aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.figures import SEVERITIES
from dashboards.questions import Answer, desk, question
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness, Row


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; the address filters it, `finding` opens one."""
    at = moment()
    live(say, partial(_draw, say), at)
    asked = of_address(st.query_params.to_dict(), surroundings.clauses(say.language))
    (found,) = desk().ask(replace(asked, after=None).question(), wait=0, at=at)
    exports(asked, found.rows[0]["total"] if found.rows else 0, say, at)


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    clauses = surroundings.clauses(say.language)
    asked = of_address(st.query_params.to_dict(), clauses)
    mark = (bundle.pulse.get("breaches"), bundle.pulse.get("recorded_at") if asked.after is None else None)
    found, standing = desk().ask(asked.question(), Filter().question(), mark=mark, at=bundle.moment)
    banner(bundle, fresh, say)
    aged(((say("menu.breaches"), standing), (say("breaches.list"), found)), say)
    head(_answer(standing, say), bundle, fresh, say, "breaches")
    drawn("filters", say("menu.breaches"), say, lambda: breach_filters(asked, clauses, say))
    if found.taken_at is None:
        state("nothing", say) if found.failed else skeleton()
    else:
        at, every = found.taken_at, standing.rows[0]["total"] if standing.rows else 0
        drawn("list", say("menu.breaches"), say, lambda: breach_list(found.rows, asked, clauses, at, say, every))
    if finding := chosen("finding"):
        opened = _opened(finding, mark, bundle.moment)
        drawn("evidence", say("finding.title"), say, lambda: breach_open(opened, clauses, say, st.context.url or ""))


def _answer(standing: Answer, say: Speech) -> str:
    """How many wait, how bad, since when."""
    if standing.taken_at is None:
        return headline(say("state.nothing" if standing.failed else "state.waiting"))
    if not standing.rows:
        return headline(say("breaches.calm"))
    first = standing.rows[0]
    parts = [f"{number(first[each])} {say(f'severity.{each}').lower()}" for each in SEVERITIES if first.get(each)]
    parts.append(say("breaches.since", span=say.span(standing.taken_at - first["oldest"])))
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if first["critical"] else ""
    return headline(say("breaches.head", n=first["total"]), " · ".join(parts), mark)


def _opened(finding: str, mark: object, at: Moment) -> Opened | None:
    """All that the drawer tells of a finding; None: not answered yet."""
    asked = question("breach", finding=finding), question("history", finding=finding)
    first, history = desk().ask(*asked, mark=mark, at=at)
    if first.taken_at is None:
        return None
    if not first.rows:
        return Opened(None, at=first.taken_at, history=history.rows)
    row: Row = first.rows[0]
    known, related = desk().ask(
        question(
            "breach_known",
            entity=row["entity"],
            until=row["time"],
            agreement=row["agreement"],
            recipient=row["recipient"],
        ),
        question(
            "breach_related",
            finding=finding,
            source=row["source"],
            id=row["id"],
            subject=row["subject"],
            agreement=row["agreement"],
            time=row["time"],
        ),
        mark=mark,
        at=at,
    )
    return Opened(row, first.taken_at, history.rows, known.rows, related.rows)
