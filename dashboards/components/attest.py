"""Vouching for what no event can prove: an event of the compliance desk, shown once it came back through the audit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from dashboards import surroundings
from dashboards.acting import NotDoneError, actor, event, publish
from dashboards.address import chosen
from dashboards.components.acted import acted
from dashboards.components.frame import REFRESH_EVERY
from dashboards.questions import desk, question
from dashboards.speech import Speech
from expectations.attestations import GIVEN, LONGEST
from expectations.calendars import add_months
from expectations.contract.personal import kinds_in
from expectations.model import registry

SENT = "attested_sent"
MOST = 128  # characters of a reference
KINDS = ("enforced", "defect", "attested", "not_checkable")  # of sentences that promise something


def attestation(about: str, evidence: str, until: date, actor: str) -> dict[str, Any]:
    """The event that vouches for a clause or a sentence, of now."""
    kind = "clause" if about in registry() else "sentence"
    return event(GIVEN, **{kind: about}, evidence=evidence, until=until.isoformat(), actor=actor)


def fault(about: str | None, evidence: str, until: date, today: date) -> str | None:
    """What is wrong with what was written, as a word of `policy.attesting`; None: nothing."""
    if not about:
        return "about"
    if not evidence or len(evidence) > MOST or kinds_in(evidence):
        return "evidence"
    return None if until > today else "until"


@st.fragment(run_every=REFRESH_EVERY)
def attest(say: Speech) -> None:
    """The form, and what became of the last one sent."""
    (answer,) = desk().ask(question("attestations", every=REFRESH_EVERY))
    policy = surroundings.policy()
    told = {each.id: each.paraphrase for each in policy.sentences if each.kind in KINDS}
    named = {id: say.short(clause) for id, clause in surroundings.clauses().items()}
    today = (answer.taken_at or datetime.now(say.tz)).astimezone(say.tz).date()
    at = chosen("clause", named)
    with st.form("attest", border=True):
        st.markdown(f"**{say('policy.attesting.title')}**")
        st.caption(say("policy.attesting.note", n=LONGEST))
        options: Sequence[str] = [*named, *told]
        about = st.selectbox(
            say("policy.attesting.about"),
            options,
            index=options.index(at) if at else None,
            format_func=lambda each: f"{each} {named.get(each) or told.get(each, '')}",
            placeholder=say("policy.attesting.choose"),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            evidence = st.text_input(
                say("policy.attesting.evidence"), max_chars=MOST, help=say("policy.attesting.evidence_help")
            ).strip()
            until = st.date_input(
                say("policy.attesting.until"),
                value=today + timedelta(days=182),
                min_value=today,
                max_value=add_months(datetime.combine(today, datetime.min.time(), say.tz), LONGEST, say.zone).date(),
            )
            asked = st.form_submit_button(say("policy.attesting.send"), type="primary")
    if asked:
        st.session_state[SENT] = _sent(about, evidence, until, today)
    if (sent := st.session_state.get(SENT)) is not None:
        made, wrong = sent
        acted("policy.attesting", wrong, {made}, {row["id"] for row in answer.rows}, say)


def _sent(about: str | None, evidence: str, until: date, today: date) -> tuple[str, str]:
    """The event's id, and what was wrong, if anything."""
    if wrong := fault(about, evidence, until, today):
        return "", wrong
    try:
        made = attestation(str(about), evidence, until, actor())
        publish([made])
    except NotDoneError as error:
        return "", str(error)
    return str(made["id"]), ""
