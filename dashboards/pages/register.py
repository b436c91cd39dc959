"""Register of processing (GDPR 30): what the policy declares beside what was observed; to take away and to print."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import chosen, moment
from dashboards.as_of import NOW, Moment
from dashboards.components.frame import aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.components.register_table import PERIODS, periods, register_table
from dashboards.questions import Question, desk, question
from dashboards.register import PROCESSING, as_csv, register
from dashboards.sign_in import allowed, mine
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from infra.clock import WallClock

ROLES = frozenset({"officer", "management"})
USUAL = 30


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; `days` in the address says how far back is looked."""
    live(say, partial(_draw, say), moment()[0])
    with st.container(key="cw_exports", horizontal=True):
        st.download_button(
            say("export.csv"),
            data=mine(partial(exported, _days(), moment()[0])),
            file_name="register.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            help=say("export.help"),
        )


def _days() -> int:
    said = chosen("days", map(str, PERIODS))
    return int(said) if said else USUAL


def asked(days: int) -> Question:
    """The question of this page."""
    return question("register_seen", days=days, types=" ".join(PROCESSING), every=60)


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    days = _days()
    (seen,) = desk().ask(asked(days), at=bundle.moment)
    banner(bundle, fresh, say)
    aged(((say("register.title"), seen),), say)
    if seen.taken_at is None:
        words = headline(say("state.nothing" if seen.failed else "state.waiting"))
        head(words, bundle, fresh, say, "register")
        state("nothing", say) if seen.failed else skeleton()
        return
    at = seen.taken_at
    version = surroundings.policy().version_at(at)
    entries = register(seen.rows, version)
    wrong, dormant = sum(each.undeclared for each in entries), sum(each.dormant for each in entries)
    text = say("register.head", n=wrong) if wrong else say("register.well")
    below = say("register.below", version=version.version, n=len(version.activities), dormant=dormant)
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if wrong else ""
    head(headline(text, below, mark), bundle, fresh, say, "register")
    drawn("periods", say("menu.register"), say, lambda: periods(days, say))
    drawn("register", say("register.title"), say, lambda: register_table(entries, days, at, say))


def exported(days: int, at: Moment = NOW) -> bytes:
    """The register as a file, noted first. Raises NotAllowedError: the role is looked up when somebody asks."""
    who = allowed(ROLES)
    words = " ".join(f"{name}={value}" for name, value in {"days": days, **at.address}.items())
    desk().note(who.name, "export", f"register csv: {words}")
    question_ = asked(days).at(at)
    rows = desk().now(question_.name, dict(question_.parameters))
    return as_csv(register(rows, surroundings.policy().version_at(at.as_of or WallClock().now()))).encode()
