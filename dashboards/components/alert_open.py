"""An alert opened: the promise, what happened, what to do by when, and its whole life, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.address import link
from dashboards.components.alert_list import left, stands, what
from dashboards.components.breach_list import severity_pill
from dashboards.components.drawer import drawer
from dashboards.components.panel import esc
from dashboards.figures import Clauses
from dashboards.speech import Speech, catalogue, utc
from dashboards.store import Row, Rows


@dataclass(frozen=True)
class Opened:
    """What is told of one alert at `at`; `row` None: there is none of that name."""

    row: Row | None
    at: datetime
    actions: Rows = ()


def alert_open(opened: Opened | None, clauses: Clauses, say: Speech) -> str:
    """The drawer."""
    if opened is None:
        body = f'<h2 class="cw-h1">{esc(say("state.waiting"))}</h2>'
    elif opened.row is None:
        body = f'<h2 class="cw-h1">{esc(say("menu.alerts"))}</h2><p>{esc(say("alerts.unknown"))}</p>'
    else:
        body = _body(opened, opened.row, clauses, say)
    return drawer("alert", say("menu.alerts"), "alert", body, say, "cw-acting")


def _body(opened: Opened, row: Row, clauses: Clauses, say: Speech) -> str:
    clause = clauses.get(row["clause"] or "")
    kind = row["kind"]
    happened = clause.breach if clause and kind in ("breach", "overdue", "late") else say(f"alerts.did.{kind}")
    own = f"alerts.do.{kind}" in catalogue(say.language)  # not the promise, what is asked of it is at fault
    remedy = say(f"alerts.do.{kind}") if own or not clause else clause.remedy
    evidence = ""
    if row["finding"] and kind not in ("nearing", "due"):
        href = esc(link("breaches", finding=row["finding"]))
        evidence = f'<p><a class="cw-link" href="{href}" data-testid="evidence">{esc(say("alerts.evidence"))}</a></p>'
    promise = ""
    if clause:
        place = esc(f"{clause.id} · § {clause.section} · {say.short(clause)}")
        href = esc(link("policy", clause=clause.id))
        promise = f'<p class="cw-place"><a class="cw-link" href="{href}">{place}</a></p>'
        promise += f"<blockquote>{esc(clause.promise)}</blockquote>"
    due = f"<p>{esc(say.full(row['due_at']))} · {left(row, opened.at, say)}</p>" if row["due_at"] else ""
    parts = (
        ("promise", promise),
        ("happened", f"<p>{esc(happened)}</p>{evidence}"),
        ("remedy", f"<p>{esc(remedy)}</p>"),
        ("due", due),
        ("owner", f"<p>{esc(row['assignee'] or say('alerts.owners.nobody'))}</p>"),
        ("life", f'<ol class="cw-line cw-history">{"".join(_life(opened, row, say))}</ol>'),
    )
    told = "".join(
        f'<section data-testid="alert-{name}"><h3 class="cw-h2">{esc(say(f"alerts.parts.{name}"))}</h3>{body}</section>'
        for name, body in parts
        if body
    )
    head = f'<h2 class="cw-h1">{esc(what(row, clauses, say))}</h2>'
    chips = f'<p class="cw-chips">{severity_pill(row["severity"], say)} {stands(row, say)}</p>'
    return f'{head}{chips}{told}<p class="cw-note">{esc(say("side.zone", zone=say.zone))}</p>'


def _life(opened: Opened, row: Row, say: Speech) -> Iterator[str]:
    """What happened to it, newest first."""
    steps: list[tuple[datetime, str, str]] = [(row["raised_at"], say("alerts.raised"), "")]
    if row["ended_at"]:
        cause = catalogue(say.language).get(f"alerts.causes.{row['cause']}", row["cause"] or "")
        steps.append((row["ended_at"], say(f"alerts.stands.{row['state']}"), str(cause)))
    for each in opened.actions:
        until = say("opened.until", when=say.moment(each["until"])) if each["until"] else None
        did = say(f"alerts.did_by.{each['type'].removeprefix('alert.')}", who=each["actor"] or "–")
        more = " · ".join(part for part in (each["assignee"], each["reason"], until) if part)
        steps.append((each["time"], did, more))
    for time, did, more in sorted(steps, key=lambda step: step[0], reverse=True):
        dim = f'<br><span class="cw-dim">{esc(more)}</span>' if more else ""
        yield f'<li><time title="{esc(utc(time))}">{esc(say.moment(time))}</time><span>{esc(did)}{dim}</span></li>'


def waiver_asked(actions: Sequence[Row], at: datetime) -> Row | None:
    """A waiver that somebody asked for and nobody approved yet, if any."""
    asked = [row for row in actions if row["type"] == "alert.waived" and row["until"] and row["until"] > at]
    alone = [row for row in asked if len({each["actor"] for each in asked if each["until"] == row["until"]}) == 1]
    return alone[-1] if alone else None
