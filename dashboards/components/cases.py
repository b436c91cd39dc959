"""The cases that a clause is tested with: what happened, of which kind the case is, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from dashboards.components.panel import esc, panel
from dashboards.components.status import STATE_SYMBOL
from dashboards.figures import State
from dashboards.speech import Speech
from expectations.examples import Example

COLUMNS = ("kind", "case", "finds")
MARKS = {"breach": STATE_SYMBOL[State.BROKEN], "indeterminate": STATE_SYMBOL[State.RISK]}


def case_list(cases: Sequence[Example], say: Speech) -> str:
    """The panel; cases of one story follow each other below it."""
    heads = "".join(f'<th scope="col">{esc(say(f"policy.cases.{word}"))}</th>' for word in COLUMNS)
    lines = []
    for story, told in groupby(cases, key=lambda each: each.story):
        lines.append(f'<tr><td colspan="{len(COLUMNS)}" lang="en"><b>{esc(story)}</b></td></tr>')
        lines += [_line(each, say) for each in told]
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return panel("cases", say("policy.cases.title", n=len(cases)), esc(say("policy.cases.note")), table)


def _line(case: Example, say: Speech) -> str:
    kind = say(f"policy.cases.kinds.{case.kind}")
    return (
        f'<tr data-testid="case" data-kind="{esc(case.kind)}"><td class="cw-dim">{esc(kind)}</td>'
        f'<td lang="en">{esc(case.says)}</td><td>{_finds(case, say)}</td></tr>'
    )


def _finds(case: Example, say: Speech) -> str:
    found = [
        f'<span class="cw-state-{"broken" if outcome == "breach" else "risk"}"><span aria-hidden="true">'
        f"{MARKS[outcome]}</span> {esc(clause)} {esc(say(f'policy.cases.outcomes.{outcome}'))}</span>"
        for clause, outcome in case.finds.items()
    ]
    return "<br>".join(found) or f'<span class="cw-dim">{esc(say("policy.cases.outcomes.nothing"))}</span>'
