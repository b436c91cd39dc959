"""The latest breaches as a plain table: reading is all; a row opens into its evidence."""

from __future__ import annotations

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses, Now, breaches
from dashboards.speech import Speech, utc
from dashboards.store import Bundle

SHOWN = 10


def latest(now: Now, bundle: Bundle, clauses: Clauses, say: Speech, promise: str | None = None) -> str:
    """The panel; `promise` is a clause id that filters it."""
    rows = [row for row in breaches(bundle, promise) if row["clause"] in clauses][:SHOWN]
    note = esc(say("latest.note"))
    if promise is not None:
        note = (
            f"<strong>{esc(say('latest.only', clause=promise))}</strong> "
            f'<a class="cw-link" href="{esc(link())}" target="_self">{esc(say("latest.all"))}</a>'
        )
    if not rows:
        body = f'<p class="cw-none">{esc(say("latest.none_only" if promise else "latest.none"))}</p>'
        return panel("latest", say("latest.title"), note, body)
    heads = "".join(
        f'<th scope="col" class="cw-col-{name}">{esc(say(f"latest.{name}"))}</th>'
        for name in ("time", "promise", "what", "source", "event")
    )
    lines = []
    for row in rows:
        words, href = clauses[row["clause"]], esc(link("breaches", finding=row["finding"]))
        lines.append(
            f'<tr data-testid="finding-{esc(row["finding"])}" data-event="{esc(row["id"])}" '
            f'data-clause="{esc(row["clause"])}">'
            f'<td class="cw-col-time" title="{esc(utc(row["at"]))}">{esc(say.clock(row["at"], now.at))}</td>'
            f'<td class="cw-col-promise">{severity_mark(row["severity"])} {esc(row["clause"])}</td>'
            f'<td class="cw-col-what"><a href="{href}" title="{esc(words.breach)}">'
            f"{esc(say.short(words))}</a></td>"
            f'<td class="cw-col-source">{esc(say.system(row["system"]))}</td>'
            f'<td class="cw-col-event">{esc(_shortened(row["id"]))}</td></tr>'
        )
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return panel("latest", say("latest.title"), note, table)


def _shortened(id: str) -> str:
    """An event's id as it fits: the evidence has the whole of it."""
    return id if len(id) <= 16 else f"{id[:7]}…{id[-6:]}"
