"""What changed since the viewer's last visit: new breaches, deadlines that passed, what was resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.questions import Answer
from dashboards.speech import Speech, number, utc

TONE = {"stands": "cw-late", "overdue": "cw-late", "resolved": "cw-resolved-word"}
MARK = {"stands": "✖", "overdue": "✖", "resolved": "●"}


def since_then(since: datetime, found: Mapping[str, Answer], say: Speech) -> str:
    """The panel; a figure leads to exactly what it counts. One that is not known yet is a dash."""
    lines = "".join(_line(state, since, answer, say) for state, answer in found.items())
    when = f'<time title="{esc(utc(since))}">{esc(say.moment(since))}</time>'
    return panel("since", say("since.title"), when, f'<ul class="cw-since">{lines}</ul>')


def _line(state: str, since: datetime, answer: Answer, say: Speech) -> str:
    word = esc(say(f"since.{state}"))
    if answer.taken_at is None:
        return f'<li data-testid="since-{state}"><b>–</b> <span>{word}</span></li>'
    n = int(answer.rows[0]["total"]) if answer.rows else 0
    if not n:
        return f'<li data-testid="since-{state}"><b>0</b> <span class="cw-dim">{word}</span></li>'
    href = esc(link("breaches", state=None if state == "stands" else state, news=since.isoformat()))
    return (
        f'<li data-testid="since-{state}"><a class="{TONE[state]}" href="{href}"><b>{MARK[state]} {number(n)}</b> '
        f"<span>{word}</span></a></li>"
    )
