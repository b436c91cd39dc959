"""The panels of Newsletter and consent: consents by week, by evidence, and what follows when somebody leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.components.system import breaches, columns, hours, pairs
from dashboards.newsletter import ENDED, GIVEN, PRETICKED, SPANS, Leaving
from dashboards.speech import Speech, number
from dashboards.weeks import Course, Weeks

TONES = {"confirmed": "strong", "unconfirmed": "middle", "untold": "light", "consented": "brand"}


def consents(sums: Mapping[str, Sequence[int]], shown: Weeks, say: Speech) -> str:
    """Given above the line by evidence, ended below it."""
    up = [(say(f"newsletter.kinds.{name}"), TONES[name], sums[name]) for name in GIVEN]
    ended = [sum(sums[name][n] for name in ENDED) for n in range(len(shown.mondays))]
    alt = say("newsletter.consents_alt", given=sum(sum(sums[name]) for name in GIVEN), ended=sum(ended))
    body = columns(up, [(say("newsletter.kinds.ended"), "ended", ended)], shown, alt, say)
    return panel("consents", say("newsletter.consents"), esc(alt), body)


def evidence(sums: Mapping[str, Sequence[int]], say: Speech) -> str:
    """What each consent rests on, and what ended them; a pre-ticked sign-up counts as none."""
    lines = [(esc(say(f"newsletter.kinds.{name}")), number(sum(sums[name]))) for name in GIVEN]
    ticked = sum(sums[PRETICKED])
    mark = "◆ " if ticked else ""
    words = esc(say(f"newsletter.kinds.{PRETICKED}"))
    lines.append((f'<span class="cw-near">{mark}{words}</span>' if ticked else words, number(ticked)))
    lines += [(esc(say(f"newsletter.kinds.{name}")), number(-sum(sums[name]))) for name in ENDED]
    heads = (say("newsletter.heads.kind"), say("newsletter.heads.people"))
    return panel("evidence", say("newsletter.evidence"), esc(say("newsletter.evidence_note")), pairs(heads, lines))


def left(after: Leaving, gone: int, mails: Course, shown: Weeks, say: Speech) -> str:
    """The clock from leaving to the last mail, and to the deletion."""
    spans = [say("newsletter.within", span=hours(each, say)) for each in SPANS]
    names = [*spans, say("newsletter.later", span=hours(SPANS[-1], say)), say("newsletter.untold")]
    lines = [
        (esc(name), f'<span class="cw-late">✖ {number(n)}</span>')
        for name, n in zip(names, after.lasts, strict=True)
        if n
    ]
    lines.insert(0, (esc(say("newsletter.none_after")), number(max(gone - after.mailed, 0))))
    lines.append((esc(say("newsletter.mails")), breaches(mails.breaches, mails, shown, "newsletter")))
    first = pairs((say("newsletter.heads.last"), say("newsletter.heads.people")), lines)
    usual, slow, term = (say.span(each) if each else "–" for each in (after.usual, after.slow, after.term))
    promised = say("newsletter.promised", span=hours(after.term, say)) if after.term else term
    clocks = [
        (esc(say("newsletter.usual")), esc(usual)),
        (esc(say("newsletter.slow")), esc(slow)),
        (esc(say("obligations.states.open")), _clocks(after.waiting, "open", "", say)),
        (esc(say("obligations.states.overdue")), _clocks(after.overdue, "overdue", "✖ ", say)),
    ]
    second = pairs((say("newsletter.heads.deleted"), promised), clocks)
    return panel("left", say("newsletter.left"), esc(say("newsletter.left_note", n=gone)), first + second)


def _clocks(n: int, state: str, mark: str, say: Speech) -> str:
    late = ' class="cw-late"' if mark and n else ""
    href = esc(link("obligations", clause="NEWS-5", state=state))
    return f'<a{late} href="{href}">{mark if n else ""}{number(n)}</a>'
