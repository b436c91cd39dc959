"""The panel Canaries: one line a clause, when it last proved that it can fire; whatever did not stands out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.figures import Clauses
from dashboards.speech import Speech, utc
from expectations.proof import HOLDS, Proof, State

MARKS = {
    State.PROVED: ("live", "●"),
    State.LATE: ("silent", "◇"),
    State.NEVER: ("silent", "◇"),
    State.EXEMPT: ("", "–"),
}


def canaries(found: Sequence[Proof], clauses: Clauses, at: datetime, say: Speech) -> str:
    """The panel. `found`: every clause, in the policy's order."""
    title, note = say("canaries.title"), esc(say("canaries.note"))
    if all(each.judged_at is None for each in found):
        return panel("canaries", title, note, f'<p class="cw-none">{esc(say("canaries.none"))}</p>')
    missed = "".join(_missed(each, clauses, at, say) for each in found if each.state is State.MISSED)
    others = "".join(_line(each, clauses, at, say) for each in found if each.state is not State.MISSED)
    lists = "".join(
        f'<ul class="{name}">{lines}</ul>' for name, lines in (("cw-missed", missed), ("cw-proofs", others)) if lines
    )
    return panel("canaries", title, note, _told(found, at, say) + lists)


def _told(found: Sequence[Proof], at: datetime, say: Speech) -> str:
    """How many proved themselves, and what to read when some did not."""
    counts = Counter(each.state for each in found)
    proved, wanted = counts[State.PROVED], len(found) - counts[State.EXEMPT]
    text = esc(say("canaries.proved_n", n=proved, all=wanted, span=say.span(HOLDS)))
    if proved == wanted:
        return f'<p class="cw-told" data-testid="canaries-told">{text}</p>'
    if not proved and not counts[State.MISSED]:
        last = max(each.judged_at for each in found if each.judged_at is not None)
        text = esc(say("canaries.stopped", at=say.clock(last, at), span=say.span(at - last)))
    page = "canaries" if not counts[State.MISSED] else "canary-missed"
    return (
        f'<p class="cw-told" data-testid="canaries-told"><span class="cw-near">{text}</span> '
        f"<code>clausewatch runbook {page}</code></p>"
    )


def _missed(proof: Proof, clauses: Clauses, at: datetime, say: Speech) -> str:
    """A clause that did not find its canary, in a sentence over the whole width."""
    assert proof.judged_at is not None
    words = say(
        "canaries.missed" if proof.fired_at else "canaries.missed_ever",
        sent=say.clock(proof.judged_at, at),
        at=say.clock(proof.fired_at, at) if proof.fired_at else "",
    )
    return (
        f'<li data-testid="proof-{esc(proof.clause)}" data-state="missed" title="{esc(_title(proof, say))}">'
        f'<span class="cw-mark cw-state-broken" aria-hidden="true">✖</span> {_name(proof, clauses, say)} '
        f'<span class="cw-late">{esc(words)}</span></li>'
    )


def _line(proof: Proof, clauses: Clauses, at: datetime, say: Speech) -> str:
    kind, symbol = MARKS[proof.state]
    time = say.clock(proof.fired_at, at) if proof.fired_at else ""
    words = {
        State.PROVED: time,
        State.LATE: say("canaries.late", at=time),
        State.NEVER: say("canaries.never"),
        State.EXEMPT: say("canaries.exempt"),
    }[proof.state]
    shade = "cw-near" if proof.state in (State.LATE, State.NEVER) else "cw-dim"
    return (
        f'<li data-testid="proof-{esc(proof.clause)}" data-state="{proof.state}" title="{esc(_title(proof, say))}">'
        f'<span class="cw-mark cw-src-{kind}" aria-hidden="true">{symbol}</span> {_name(proof, clauses, say)} '
        f'<span class="{shade}">{esc(words)}</span></li>'
    )


def _title(proof: Proof, say: Speech) -> str:
    """The whole sentence, for the hover."""
    if proof.state is State.EXEMPT:
        return say("canaries.exempt_help")
    if proof.fired_at is None:
        return say("canaries.never_help", clause=proof.clause)
    return say("canaries.help", clause=proof.clause, at=utc(proof.fired_at))


def _name(proof: Proof, clauses: Clauses, say: Speech) -> str:
    words = clauses.get(proof.clause)
    title = f' title="{esc(say.short(words))}"' if words else ""
    return f'<a href="{esc(link("policy", clause=proof.clause))}"{title}>{esc(proof.clause)}</a>'
