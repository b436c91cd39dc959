"""How many will be late at the pace of the last ones, by promise, with how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.address import changed
from dashboards.components.panel import esc, panel
from dashboards.figures import Clauses
from dashboards.forecast import Forecast, together
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
    lines = "".join(_line(clause, n, foretold, clauses, say) for clause, n, foretold in rows) + _total(rows, say)
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    return panel("paces", say("obligations.forecast"), esc(say("obligations.forecast_note")), table)


def _total(rows: Sequence[tuple[str, int, Forecast | None]], say: Speech) -> str:
    """All promises as one; those of which nothing can be told are left out, and said to be."""
    told = [foretold for _, _, foretold in rows if foretold is not None]
    if len(rows) < 2 or not told:
        return ""
    left = sum(n for _, n, foretold in rows if foretold is None)
    more = f' <span class="cw-dim">{esc(say("obligations.left_out", n=left))}</span>' if left else ""
    n = sum(n for _, n, foretold in rows if foretold is not None)
    href = esc(changed(clause=None, state="open", day=None, after=None))
    return (
        f'<tr class="cw-total" data-testid="pace-all"><td><b>{esc(say("obligations.all"))}</b>{more}</td>'
        f'<td><a href="{href}">{number(n + left)}</a></td><td>{_late(together(told), n, say)}</td></tr>'
    )


def _line(clause: str, n: int, foretold: Forecast | None, clauses: Clauses, say: Speech) -> str:
    late = f'<span class="cw-dim">{esc(say("obligations.too_few"))}</span>'
    if foretold is not None:
        late = _late(foretold, n, say)
    return (
        f'<tr data-testid="pace-{esc(clause)}"><td><a href="{esc(changed(clause=clause, after=None))}">'
        f"<b>{esc(clause)}</b> {esc(say.short(clauses[clause]))}</a></td><td>{number(n)}</td><td>{late}</td></tr>"
    )


def _late(foretold: Forecast, n: int, say: Speech) -> str:
    span = say("obligations.between", low=number(foretold.low), high=number(foretold.high))
    if foretold.open < n:  # of very many only those due next are foretold
        span += " " + say("obligations.of_next", n=foretold.open)
    return f'<b>{number(round(foretold.late))}</b> <span class="cw-dim">{esc(span)}</span>'
