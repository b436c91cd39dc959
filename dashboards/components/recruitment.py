"""The panels of Recruitment: what is kept and until when, consent for the pool, sensitive categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboards.address import link
from dashboards.components.panel import esc, panel, table
from dashboards.components.system import breaches, columns
from dashboards.recruitment import Kept
from dashboards.speech import Speech, number, utc
from dashboards.store import Row
from dashboards.weeks import Course, Weeks


def files(told: Mapping[str, Kept], at: datetime, say: Speech) -> str:
    """One line a term: how many run, how many by consent, the next, how many are past it and since when."""
    lines = [
        (
            f"<b>{esc(each.clause)}</b> {esc(say(f'recruitment.rests.{each.clause}'))}",
            _clocks(each.running, each.clause, "open", "", say),
            number(each.pool) if each.clause == "REC-1" else "–",
            _when(each.next_due, at, "obligations.left", say),
            _clocks(each.overdue, each.clause, "overdue", "✖ ", say),
            _when(each.oldest_due, at, "needs.overdue", say),
        )
        for each in told.values()
    ]
    heads = (say(f"recruitment.heads.{name}") for name in ("rests", "running", "pool", "next", "past", "oldest"))
    return panel("files", say("recruitment.files"), esc(say("recruitment.files_note")), table(heads, lines))


def pool(given: Sequence[int], withdrawn: Sequence[int], rec: Kept, shown: Weeks, say: Speech) -> str:
    """Consents to be kept for a year, given above the line and withdrawn below it."""
    alt = say("recruitment.pool_alt", given=number(sum(given)), withdrawn=number(sum(withdrawn)), pool=number(rec.pool))
    up = [(say("recruitment.given"), "strong", given)]
    down = [(say("recruitment.withdrawn"), "ended", withdrawn)]
    return panel("pool", say("recruitment.pool"), esc(alt), columns(up, down, shown, alt, say))


def sensitive(rows: Sequence[Row], beyond: Course, shown: Weeks, say: Speech) -> str:
    """Which were seen, in how many applications, how many of them offered unasked; then what GEN-1 found."""
    lines = [
        (esc(row["category"].replace("_", " ")), number(row["applications"]), number(row["offered"])) for row in rows
    ]
    heads = (say(f"recruitment.heads.{name}") for name in ("category", "applications", "offered"))
    body = table(heads, lines) if lines else f'<p class="cw-none">{esc(say("recruitment.none_sensitive"))}</p>'
    rest = f"{esc(say('recruitment.beyond'))} {breaches(beyond.breaches, beyond, shown, 'recruitment')}"
    note = esc(say("recruitment.sensitive_note"))
    return panel("sensitive", say("recruitment.sensitive"), note, f'{body}<p class="cw-note cw-more">{rest}</p>')


def _clocks(n: int, clause: str, state: str, mark: str, say: Speech) -> str:
    if not n:
        return "–"
    late = ' class="cw-late"' if mark else ""
    return f'<a{late} href="{esc(link("obligations", clause=clause, state=state))}">{mark}{number(n)}</a>'


def _when(due: datetime | None, at: datetime, word: str, say: Speech) -> str:
    return f'<span title="{esc(utc(due))}">{esc(say(word, span=say.span(due - at)))}</span>' if due else "–"
