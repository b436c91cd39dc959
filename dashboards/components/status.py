"""The symbols that stand beside colours, and the headline."""

from __future__ import annotations

from dashboards.components.panel import esc
from dashboards.figures import Now, State
from dashboards.speech import Speech

SYMBOL = {"critical": "✖", "high": "▲", "medium": "◆", "low": "●"}
CATCHING_UP = 1000  # events not yet read that are worth a word
STATE_SYMBOL = {State.BROKEN: "✖", State.RISK: "◆", State.KEPT: "", State.RUNNING: "", State.SILENT: "◇"}


def severity_mark(severity: str | None) -> str:
    """The severity's symbol, coloured; its word is said beside it by whoever uses it."""
    known = severity if severity in SYMBOL else "low"
    return f'<span class="cw-mark cw-{known}" aria-hidden="true">{SYMBOL[known]}</span>'


def headline(now: Now, say: Speech) -> tuple[State, str]:
    """The answer as a sentence, and the state that gives it its symbol."""
    broken, risk = now.count(State.BROKEN), now.count(State.RISK)
    if broken:
        text = say("head.broken", n=broken)
        return State.BROKEN, say("head.broken_risk", broken=text, risk=risk) if risk else text
    if risk:
        return State.RISK, say("head.risk", n=risk)
    if now.evidenced:
        return State.KEPT, say("head.kept")
    return State.SILENT, say("head.silent")


def line_below(now: Now, say: Speech, behind: int = 0) -> str:
    """What is late, what falls due next, what is silent."""
    parts = [say("head.overdue", n=now.overdue) if now.overdue else say("head.calm")]
    if now.recent:
        parts.append(say("head.recent", n=now.recent))
    if now.next_due:
        parts.append(say("head.next", clause=now.next_due["clause"], span=say.span(now.next_due["due_at"] - now.at)))
    if now.quiet:
        system, length = now.quiet[0]
        parts.append(say("head.quiet", system=say.system(system), span=say.span(length)))
    if behind >= CATCHING_UP:
        parts.append(say("head.behind", n=behind))
    return " · ".join(parts)


def head(now: Now, say: Speech, behind: int = 0) -> str:
    """Headline and the line below it."""
    state, text = headline(now, say)
    symbol = STATE_SYMBOL[state]
    mark = f'<span class="cw-state-{state}" aria-hidden="true">{symbol}</span> ' if symbol else ""
    return (
        f'<header class="cw-head"><h1 class="cw-h1" data-testid="headline">{mark}{esc(text)}</h1>'
        f'<p class="cw-below" data-testid="below">{esc(line_below(now, say, behind))}</p></header>'
    )
