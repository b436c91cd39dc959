"""What if: which outcomes a draft of the policy would flip, tried on all that is stored; nothing is changed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import surroundings
from dashboards.address import link
from dashboards.components.frame import banner, head, headline, live, report
from dashboards.components.panel import esc, guarded, panel, table
from dashboards.questions import desk
from dashboards.sign_in import NotAllowedError, allowed
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness
from dashboards.trial import Trial, busy, checked
from expectations.lined import Fault

ROLES = frozenset({"officer"})
LARGEST = 1 << 20  # bytes of a draft
_KEY = "what_if_trial"


def page(say: Speech) -> None:
    """A draft to choose; below it what is wrong in it, how far its trial is, or what it flips. Kept for the session."""
    live(say, partial(_head, say))
    _choose(say)
    trial: Trial | None = st.session_state.get(_KEY)
    if trial is None:
        return
    if trial.state == "running":
        _running(trial, say)
    else:
        _ended(trial, say)


def _head(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    trial: Trial | None = st.session_state.get(_KEY)
    title = say("what_if.head")
    if trial is not None and trial.state == "done":
        n = sum(flip["outcomes"] for flip in trial.flips)
        title = say("what_if.flips", n=n, name=trial.name) if n else say("what_if.none", name=trial.name)
    banner(bundle, fresh, say)
    head(headline(title, say("what_if.below")), bundle, fresh, say, "what-if")


def _choose(say: Speech) -> None:
    given = st.file_uploader(say("what_if.file"), type=["yaml", "yml"], key="what_if_file")
    pressed = st.button(say("what_if.try"), type="primary", disabled=given is None, key="what_if_try")
    if not pressed or given is None:
        return
    content = given.getvalue()
    if fault := _refused(given.name, len(content), say):
        st.html(f'<p class="cw-failed" role="alert" data-testid="what-if-refused">{esc(fault)}</p>')
    elif faults := checked(given.name, content):
        st.html(fault_list(faults, say))
    else:
        st.session_state[_KEY] = Trial(given.name).start(content, surroundings.settings().data_dir)
        st.rerun()


def _refused(name: str, size: int, say: Speech) -> str:
    """Why this is not tried: whose role it is is looked up when somebody asks, and noted."""
    try:
        who = allowed(ROLES)
    except NotAllowedError:
        return say("what_if.role")
    if busy():
        return say("what_if.busy")
    if size > LARGEST:
        return say("what_if.large")
    try:
        desk().note(who.name, "what-if", f"draft {name[:80]}")
    except Exception:
        return say("what_if.not_noted")
    return ""


@st.fragment(run_every=1.0)
def _running(trial: Trial, say: Speech) -> None:
    """How far it is, anew each second until it ends."""
    if trial.state != "running":
        st.rerun()  # the whole page: nothing is asked each second any more
    st.html(
        f'<div class="cw-banner" role="status" data-testid="what-if-running">'
        f"{esc(say('what_if.running', name=trial.name, n=trial.judged))}</div>"
    )
    if st.button(say("what_if.cancel"), key="what_if_cancel"):
        trial.cancel()
        st.rerun()


def _ended(trial: Trial, say: Speech) -> None:
    """What it came to."""
    if trial.state == "done":
        st.html(guarded("flips", say("what_if.title"), say, lambda: flip_list(trial, say), report))
    elif trial.state == "failed":
        text = say("what_if.failed", why=trial.failed or "–")
        st.html(f'<div class="cw-banner cw-banner-alarm" role="alert" data-testid="what-if-failed">{esc(text)}</div>')
    else:
        st.html(f'<div class="cw-banner" data-testid="what-if-cancelled">{esc(say("what_if.cancelled"))}</div>')


def fault_list(faults: list[Fault], say: Speech) -> str:
    """What is wrong in a draft: file and line, field, fault, cure."""
    heads = (say(f"what_if.heads.{name}") for name in ("place", "field", "fault", "cure"))
    lines = [
        (
            f"<code>{esc(each.file)}:{each.line}</code>",
            f"<code>{esc(each.field)}</code>",
            esc(each.fault),
            esc(each.cure),
        )
        for each in faults
    ]
    return panel("faults", say("what_if.faults", n=len(faults)), esc(say("what_if.faults_note")), table(heads, lines))


def flip_list(trial: Trial, say: Speech) -> str:
    """Clause, from and to, how many, and events for example; each opens into its findings."""
    note = esc(say("what_if.judged", n=trial.judged))
    if not trial.flips:
        return panel("flips", say("what_if.title"), note, f'<p class="cw-none">{esc(say("what_if.nothing"))}</p>')
    clauses = surroundings.clauses(say.language)
    heads = (say(f"what_if.heads.{name}") for name in ("clause", "from", "to", "outcomes", "examples"))
    lines = []
    for flip in trial.flips:
        words = clauses.get(flip["clause"])
        name = f"<b>{esc(flip['clause'])}</b> {esc(say.short(words)) if words else ''}"
        examples = " · ".join(
            f'<a class="cw-link" href="{esc(_findings(flip["clause"], each["event_id"]))}">'
            f"{esc(each['event_id'][:24])}</a>"
            for each in flip["examples"]
        )
        lines.append((name, _outcome(flip["from"], say), _outcome(flip["to"], say), number(flip["outcomes"]), examples))
    return panel("flips", say("what_if.title"), note, table(heads, lines))


def _findings(clause: str, event: str) -> str:
    return link("breaches", clause=clause, q=event, state="all")


def _outcome(word: str, say: Speech) -> str:
    mark = {"breach": "✖ ", "indeterminate": "◆ "}.get(word, "")
    kind = {"breach": ' class="cw-late"', "indeterminate": ' class="cw-near"'}.get(word, "")
    return f"<span{kind}>{mark}{esc(say(f'what_if.outcomes.{word}'))}</span>"
