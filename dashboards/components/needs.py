"""What waits for somebody, most urgent first."""

from __future__ import annotations

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses, Now, Words, needs
from dashboards.speech import Speech, utc
from dashboards.store import Bundle, Row

SHOWN = 7
MANY = {"overdue": "needs.many_overdue", "breach": "needs.many", "open": "needs.many_open"}


def needs_you(now: Now, bundle: Bundle, clauses: Clauses, say: Speech, promise: str | None = None) -> str:
    """The panel. Each row opens into the evidence of its most urgent finding."""
    rows = needs(bundle, clauses, promise)
    if not rows:
        body = f'<p class="cw-none">{esc(say("needs.none"))}</p>'
        return panel("needs", say("needs.title"), esc(say("needs.note")), body)
    items = []
    for row in rows[:SHOWN]:
        words = clauses[row["clause"]]
        length = say.span(row["at"] - now.at)
        title = _title(row, words, say)
        items.append(
            f'<li data-testid="need-{esc(row["clause"])}-{row["kind"]}"><a class="cw-need" '
            f'href="{esc(link("breaches", finding=row["finding"]))}">{severity_mark(row["severity"])}'
            f'<span class="cw-need-text"><b>{esc(title)}</b><span class="cw-dim">'
            f"{esc(say('severity.' + str(row['severity'])))} · {esc(row['clause'])} · {esc(say.system(row['system']))}"
            f"</span></span>"
            f'<span class="cw-need-when"><b class="cw-when-{row["kind"]}" title="{esc(utc(row["at"]))}">'
            f"{esc(say('needs.' + row['kind'], span=length))}</b>"
            f'<span class="cw-dim">{esc(say(MANY[row["kind"]], n=row["n"]))}</span></span></a></li>'
        )
    more = len(rows) - SHOWN
    rest = f'<p class="cw-note cw-more">{esc(say("needs.more", n=more))}</p>' if more > 0 else ""
    return panel(
        "needs",
        say("needs.title"),
        esc(say("needs.note")),
        f'<ul class="cw-needs">{"".join(items)}</ul>{rest}',
    )


def _title(row: Row, words: Words, say: Speech) -> str:
    """What happened, in the clause's own words; the promise in a few words while nothing happened yet."""
    return say.short(words) if row["kind"] == "open" else words.breach.rstrip(".")
