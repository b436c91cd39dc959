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
from dashboards.register import PROCESSING, TERMS, as_csv, register
from dashboards.sign_in import allowed, mine
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from infra.clock import WallClock

ROLES = frozenset({"officer", "management"})
USUAL = 30


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; `days` in the address says how far back is looked."""
    live(say, partial(_draw, say), moment())
    with st.container(key="cw_exports", horizontal=True):
        st.download_button(
            say("export.csv"),
            data=mine(partial(exported, _days(), moment())),
            file_name="register.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            help=say("export.help"),
        )


def _days() -> int:
    said = chosen("days", map(str, PERIODS))
    return int(said) if said else USUAL


def asked(days: int) -> tuple[Question, Question]:
    """The questions of this page: what was processed, and how long it was kept."""
    clauses = " ".join(clause for clause, *_ in TERMS.values())
    return (
        question("register_seen", days=days, types=" ".join(PROCESSING), every=60),
        question("register_kept", days=days, clauses=clauses, every=60),
    )


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    days = _days()
    seen, kept = desk().ask(*asked(days), at=bundle.moment)
    banner(bundle, fresh, say)
    aged(((say("register.title"), seen), (say("register.kept"), kept)), say)
    if seen.taken_at is None or kept.taken_at is None:
        failed = seen.failed or kept.failed
        words = headline(say("state.nothing" if failed else "state.waiting"))
        head(words, bundle, fresh, say, "register")
        state("nothing", say) if failed else skeleton()
        return
    at = seen.taken_at
    version = surroundings.policy().version_at(at)
    entries = register(seen.rows, version, kept.rows)
    wrong, dormant = sum(each.undeclared for each in entries), sum(each.dormant for each in entries)
    text = say("register.head", n=wrong) if wrong else say("register.well")
    below = say("register.below", version=version.version, n=len(version.activities), dormant=dormant)
    if beyond := sum(each.keeping.beyond for each in entries if each.keeping):
        below += f" · {say('register.beyond', n=beyond)}"
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if wrong else ""
    head(headline(text, below, mark), bundle, fresh, say, "register")
    drawn("periods", say("menu.register"), say, lambda: periods(days, say))
    drawn("register", say("register.title"), say, lambda: register_table(entries, days, at, say))


def exported(days: int, at: Moment = NOW) -> bytes:
    """The register as a file, noted first. Raises NotAllowedError: the role is looked up when somebody asks."""
    who = allowed(ROLES)
    words = " ".join(f"{name}={value}" for name, value in {"days": days, **at.address}.items())
    desk().note(who.name, "export", f"register csv: {words}")
    questions = [each.at(at) for each in asked(days)]
    seen, kept = (desk().now(each.name, dict(each.parameters)) for each in questions)
    return as_csv(register(seen, surroundings.policy().version_at(at.as_of or WallClock().now()), kept)).encode()
