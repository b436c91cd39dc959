"""The list of Alerts: the worst first, then the oldest; each row opens. Below it how well it is kept up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboards.address import changed, link
from dashboards.alerts import PAGE, Filter, key_of
from dashboards.components.breach_list import severity_pill
from dashboards.components.paging import foot, ways
from dashboards.components.panel import esc
from dashboards.figures import Clauses
from dashboards.speech import Speech, number, utc
from dashboards.store import Row

COLUMNS = ("severity", "what", "promise", "source", "when", "left", "owner", "state")


def alert_list(found: Sequence[Row], chosen: Filter, clauses: Clauses, at: datetime, say: Speech) -> str:
    """The table of at most `PAGE` rows."""
    rows = found[:PAGE]
    if not rows:
        return _empty(chosen, say)
    heads = "".join(f'<th scope="col" class="cw-col-{name}">{esc(say(f"alerts.{name}"))}</th>' for name in COLUMNS)
    lines = "".join(_line(row, clauses, at, say) for row in rows)
    told = say("breaches.shown", n=len(rows), all=number(rows[0]["total"]))
    after = key_of(rows[-1]) if len(found) > PAGE else None
    return (
        f'<div class="cw-sheet" data-testid="list"><table class="cw-table cw-list"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{foot(told, ways(chosen.after is not None, after, say))}"
    )


def _line(row: Row, clauses: Clauses, at: datetime, say: Speech) -> str:
    system = say.system(row["system"]) if row["system"] else "–"
    small = " · ".join(each for each in (row["clause"], system, say.moment(row["starts_at"], at)) if each)
    return (
        f'<tr data-testid="alert-{esc(row["alert"])}" data-clause="{esc(row["clause"] or "")}">'
        f'<td class="cw-col-severity">{severity_pill(row["severity"], say)}</td>'
        f'<td class="cw-col-what"><a href="{esc(changed(alert=row["alert"]))}">{esc(what(row, clauses, say))}</a>'
        f'<span class="cw-small-line">{esc(small)}</span></td>'
        f'<td class="cw-col-promise">{esc(row["clause"] or "–")}</td>'
        f'<td class="cw-col-source">{esc(system)}</td>'
        f'<td class="cw-col-when" title="{esc(utc(row["starts_at"]))}">{esc(say.moment(row["starts_at"], at))}</td>'
        f'<td class="cw-col-left">{left(row, at, say)}</td>'
        f'<td class="cw-col-owner">{esc(row["assignee"] or "–")}</td>'
        f'<td class="cw-col-state">{stands(row, say)}</td></tr>'
    )


def what(row: Row, clauses: Clauses, say: Speech) -> str:
    """What it is about: the kind, with the promise in a few words where it has one."""
    kind = say(f"alerts.kinds.{row['kind']}", crossing=row["crossing"] or "")
    clause = clauses.get(row["clause"] or "")
    return f"{say.short(clause)} – {kind}" if clause else kind


def left(row: Row, at: datetime, say: Speech) -> str:
    """The time that is left until it is due, or since when it is over; HTML."""
    if row["due_at"] is None or row["stands"] in ("resolved", "withdrawn", "superseded"):
        return '<span class="cw-dim">–</span>'
    span = say.span(row["due_at"] - at)
    if row["due_at"] < at:
        return f'<span class="cw-late">{esc(say("breaches.overdue", span=span))}</span>'
    return esc(say("alerts.span_left", span=span))


def stands(row: Row, say: Speech) -> str:
    """How it stands, with until when; HTML."""
    word = esc(say(f"alerts.stands.{row['stands']}"))
    until = f' <span class="cw-dim">{esc(say.moment(row["until"]))}</span>' if row["until"] else ""
    return f"{word}{until}" if row["stands"] in ("waived", "acknowledged") else word


def _empty(chosen: Filter, say: Speech) -> str:
    title = say("alerts.none_fit") if chosen.narrows else say("alerts.calm")
    note = say("alerts.none_fit_note") if chosen.narrows else say("alerts.none_note")
    clear = f'<p><a class="cw-button" href="{esc(link())}" data-testid="clear">{esc(say("filters.clear"))}</a></p>'
    words = f'<h2 class="cw-h2">{esc(title)}</h2><p>{esc(note)}</p>'
    return f'<div class="cw-state" data-testid="list-empty">{words}{clear if chosen.narrows else ""}</div>'


def failing(figures: Row, say: Speech) -> str:
    """On top: what could not be delivered."""
    n = int(figures["dead"] or 0) + int(figures["failing"] or 0)
    text = esc(say("alerts.failing", n=n, receivers=figures["receivers"] or ""))
    return f'<div class="cw-banner" role="alert" data-testid="banner-failing">▲ {text}</div>'
