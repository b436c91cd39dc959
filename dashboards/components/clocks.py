"""Clocks that run: opened → promised as a bar, the law's limits as thin marks, now as a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboards.address import link
from dashboards.components.paging import foot, ways
from dashboards.components.panel import esc, panel
from dashboards.figures import Clauses
from dashboards.obligations import PAGE, Filter, key_of
from dashboards.speech import Speech, number, utc
from dashboards.store import Row
from expectations.formats import unmarked

SOON = timedelta(days=3)
BEFORE, BEHIND = timedelta(days=45), timedelta(days=45)  # as far as the bars reach at most
STATE = {"overdue": "late", "suspended": "paused", "met": "done", "met_late": "done"}


def clock_list(found: Sequence[Row], asked: Filter, clauses: Clauses, at: datetime, say: Speech) -> str:
    """The panel of at most `PAGE` clocks, the one that is due first on top."""
    rows = [row for row in found[:PAGE] if row["clause"] in clauses]
    title, note = say("obligations.title"), esc(say("obligations.note"))
    if not rows:
        clear = f'<p><a class="cw-button" href="{esc(link())}" data-testid="clear">{esc(say("filters.clear"))}</a></p>'
        words = f'<p class="cw-none">{esc(say("obligations.none"))}</p>'
        return panel("clocks", title, note, words + (clear if asked.narrows else ""))
    ends = [each for row in rows for each in (row["due_at"], row["gdpr_due"], row["popia_due"]) if each]
    start = max(min(row["opened_at"] for row in rows), at - BEFORE)
    end = min(max([*ends, at + timedelta(days=2)]), at + BEHIND)
    lines = "".join(_line(row, start, end, at, clauses, say) for row in rows)
    legend = "".join(
        f'<span><i class="cw-bar cw-bar-{name}"></i>{esc(say(f"obligations.legend.{name}"))}</span>'
        for name in ("late", "soon", "running", "paused")
    )
    legend += f'<span><i class="cw-limit"></i>{esc(say("obligations.legend.limit"))}</span>'
    told = say("breaches.shown", n=len(rows), all=number(found[0]["total"]))
    after = key_of(found[PAGE - 1]) if len(found) > PAGE else None
    body = (
        f'<div class="cw-clocks" role="table" aria-label="{esc(title)}">{_axis(start, end, at, say)}{lines}</div>'
        f'<p class="cw-legend cw-legend-clocks">{legend}</p>{foot(told, ways(asked.after is not None, after, say))}'
    )
    return panel("clocks", title, note, body)


def _line(row: Row, start: datetime, end: datetime, at: datetime, clauses: Clauses, say: Speech) -> str:
    kind, left = _kind(row, at), _left(row, at, say)
    due = row["due_at"] or end
    until = max(due, min(row["met_at"] or at, end)) if kind == "late" else due
    track = _bar(row["opened_at"], min(due, until), start, end, "running" if kind == "late" else kind)
    if kind == "late":
        track += _bar(due, until, start, end, "late")
    marks = ""
    for clock in ("gdpr", "popia"):
        limit = row[f"{clock}_due"]
        if limit and limit != row["due_at"] and start <= limit <= end:
            told = say("obligations.limit", law=clock.upper(), when=say.moment(limit, at))
            marks += f'<i class="cw-limit" style="left:{_share(limit, start, end):.2f}%" title="{esc(told)}"></i>'
    words = clauses[row["clause"]]
    who = unmarked(row["subject"]) if row["subject"] else (row["key"] or "")
    title = f"{say.moment(row['opened_at'], at)} → {say.moment(due, at) if row['due_at'] else '–'}"
    place = min(100.0, max(_share(until, start, end), _share(at, start, end) if kind == "late" else 0.0))
    return (
        f'<div class="cw-clock-row" role="row" data-testid="clock-{esc(row["finding"])}" '
        f'data-clause="{esc(row["clause"])}" data-state="{esc(row["state"])}">'
        f'<a class="cw-name" role="rowheader" href="{esc(link("breaches", finding=row["finding"]))}" '
        f'title="{esc(words.promise)}"><b>{esc(row["clause"])}</b> {esc(say.short(words))} '
        f'<span class="cw-dim">{esc(who)}</span></a>'
        f'<span class="cw-track" role="cell" title="{esc(title)}">{track}{marks}'
        f'<i class="cw-now-line" style="left:{_share(at, start, end):.2f}%"></i>'
        f'<span class="cw-left cw-left-{kind}" style="left:{place:.2f}%" title="{esc(utc(due))}">{left}</span>'
        f"</span></div>"
    )


def _kind(row: Row, at: datetime) -> str:
    known = STATE.get(row["state"])
    if known:
        return known
    return "soon" if row["due_at"] and row["due_at"] - at < SOON else "running"


def _left(row: Row, at: datetime, say: Speech) -> str:
    """Time left, or late; with its symbol."""
    due = row["due_at"]
    if row["state"] == "suspended":
        return esc(say("obligations.paused"))
    if row["state"] in ("met", "met_late"):
        return esc(say(f"outcome.{'met_late' if row['outcome'] == 'breach' else 'met'}"))
    if due is None:
        return esc(say("obligations.no_term"))
    if due <= at:
        return esc(f"✖ {say('needs.overdue', span=say.span(at - due))}")
    mark = "◆ " if due - at < SOON else ""
    return esc(mark + say("obligations.left", span=say.span(due - at)))


def _bar(since: datetime, until: datetime, start: datetime, end: datetime, kind: str) -> str:
    left, right = _share(max(since, start), start, end), _share(min(until, end), start, end)
    if right <= left:
        right = min(100.0, left + 0.3)
    return f'<i class="cw-bar cw-bar-{kind}" style="left:{left:.2f}%;width:{right - left:.2f}%"></i>'


def _share(moment: datetime, start: datetime, end: datetime) -> float:
    whole = (end - start).total_seconds() or 1.0
    return min(100.0, max(0.0, 100 * (moment - start).total_seconds() / whole))


def _axis(start: datetime, end: datetime, at: datetime, say: Speech) -> str:
    """About eight days of the axis, by whole days."""
    step = max(1, round((end - start).days / 7))
    ticks = []
    for number_ in range(-60 // step, 60 // step + 1):
        day = at + timedelta(days=number_ * step)
        if start <= day <= end and _share(day, start, end) < 96:
            ticks.append(f'<i style="left:{_share(day, start, end):.2f}%">{esc(say.day(day))}</i>')
    track = f'<span></span><span class="cw-track">{"".join(ticks)}</span>'
    return f'<div class="cw-clock-row cw-axis" aria-hidden="true">{track}</div>'
