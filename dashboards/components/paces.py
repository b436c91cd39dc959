"""How many will be late at the pace of the last ones, by promise, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.address import changed
from dashboards.components.panel import esc, panel
from dashboards.figures import Clauses
from dashboards.forecast import Forecast
from dashboards.speech import Speech, number


def paces(told: Sequence[tuple[str, int, Forecast | None]], clauses: Clauses, say: Speech) -> str:
    """The panel. `told`: clause, how many are open, what is foretold."""
    rows = [each for each in told if each[0] in clauses]
    if not rows:
        body = f'<p class="cw-none">{esc(say("obligations.none"))}</p>'
        return panel("paces", say("obligations.forecast"), esc(say("obligations.forecast_note")), body)
    heads = "".join(
        f'<th scope="col">{esc(say(f"obligations.{each}"))}</th>' for each in ("promise", "running", "will_be_late")
    )
    lines = "".join(_line(clause, n, foretold, clauses, say) for clause, n, foretold in rows)
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    return panel("paces", say("obligations.forecast"), esc(say("obligations.forecast_note")), table)


def _line(clause: str, n: int, foretold: Forecast | None, clauses: Clauses, say: Speech) -> str:
    if foretold is None:
        late = f'<span class="cw-dim">{esc(say("obligations.too_few"))}</span>'
    else:
        span = say("obligations.between", low=number(foretold.low), high=number(foretold.high))
        if foretold.open < n:  # of very many only those due next are foretold
            span += " " + say("obligations.of_next", n=foretold.open)
        late = f'<b>{number(round(foretold.late))}</b> <span class="cw-dim">{esc(span)}</span>'
    return (
        f'<tr data-testid="pace-{esc(clause)}"><td><a href="{esc(changed(clause=clause, after=None))}">'
        f"<b>{esc(clause)}</b> {esc(say.short(clauses[clause]))}</a></td><td>{number(n)}</td><td>{late}</td></tr>"
    )
