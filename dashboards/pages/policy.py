"""Policy: every clause in the text's own order, every sentence with its class, and what was seen of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from dashboards import surroundings
from dashboards.acting import ROLES
from dashboards.address import chosen, moment
from dashboards.components.attest import attest
from dashboards.components.cases import case_list
from dashboards.components.frame import aged, banner, drawn, head, headline, live, skeleton, state
from dashboards.components.promises import clause_list, clause_opened, sentence_list
from dashboards.components.system import EVERY
from dashboards.figures import now
from dashboards.questions import desk, question
from dashboards.sign_in import viewer
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from dashboards.weeks import asked, courses, weeks
from expectations.attestations import lapsed, standing
from expectations.coverage import Evidence, of_sentences
from expectations.examples import shipped
from expectations.model import registry
from expectations.words import clauses_in


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; `clause` in the address opens one. Who may vouch finds the form."""
    live(say, partial(_draw, say), moment(), figures=True)
    who = viewer()
    if moment().is_now and who is not None and who.role in ROLES:
        attest(say)


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    evidence, attested = desk().ask(
        question("evidence"), question("attestations"), mark=bundle.pulse.get("breaches"), at=bundle.moment
    )
    banner(bundle, fresh, say)
    aged(((say("policy.title"), evidence), (say("policy.sentences"), attested)), say)
    if evidence.taken_at is None or attested.taken_at is None:
        failed = evidence.failed or attested.failed
        title = headline(say("state.nothing" if failed else "state.waiting"))
        head(title, bundle, fresh, say, "policy")
        state("nothing", say) if failed else skeleton()
        return
    seen = {row["clause"]: Evidence(row["judged"], row["breaches"], row["last"]) for row in evidence.rows}
    policy, at = surroundings.policy(), attested.taken_at
    rows = of_sentences(policy, seen, standing(attested.rows, at, policy.zone), lapsed(attested.rows, at, policy.zone))
    promising = [row for row in rows if row.standing != "promises nothing"]
    proved = sum(row.standing == "with evidence" for row in promising)
    counts = {word: sum(row.standing == word for row in rows) for word in ("attested", "no evidence", "not checkable")}
    version = policy.version_at(at)
    below = say(
        "policy.below",
        version=version.version,
        attested=counts["attested"],
        none=counts["no evidence"],
        unchecked=counts["not checkable"],
    )
    title = headline(say("policy.head", proved=proved, all=len(promising)), below)
    head(title, bundle, fresh, say, "policy")
    clauses = surroundings.clauses(say.language)
    opened = clauses_in(say.language).get(chosen("clause", clauses) or "")
    if opened is not None:
        own = [row for row in rows if opened.id in row.sentence.clauses]
        cases = shipped().get(opened.id, ())
        drawn("clause", opened.id, say, lambda: clause_opened(opened, version, own, say))
        drawn("cases", opened.id, say, lambda: case_list(cases, say))
    shown = weeks(at, say.tz)
    (told,) = desk().ask(
        replace(asked(None, list(registry()), shown, say.zone, bundle.moment), every=EVERY), at=bundle.moment
    )
    trend = courses(told.rows, registry(), clauses, shown) if told.taken_at else {}
    figures = now(bundle, clauses, surroundings.silent(bundle))
    drawn("clauses", say("policy.title"), say, lambda: clause_list(figures, seen, trend, say))
    drawn("sentences", say("policy.sentences"), say, lambda: sentence_list(rows, say))
