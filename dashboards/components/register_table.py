"""The register of processing as a table: declared beside observed; what is undeclared or dormant stands out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboards.address import changed, link
from dashboards.components.panel import esc, panel
from dashboards.register import SIDES, Entry, Keeping, Side
from dashboards.speech import Speech, number, utc
from expectations.calendars import Duration

PERIODS = (7, 30, 90, 365)  # days


def register_table(entries: Sequence[Entry], days: int, at: datetime, say: Speech) -> str:
    """The panel; a line an activity."""
    heads = "".join(
        f'<th scope="col">{esc(say(f"register.{name}"))}</th>'
        for name in ("activity", *SIDES, "volume", "kept", "recipients")
    )
    lines = "".join(_line(each, at, say) for each in entries)
    table = f'<table class="cw-table cw-register"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
    return panel(
        "register", say("register.title"), esc(say("register.note", n=days)), f'<div class="cw-scroll">{table}</div>'
    )


def periods(days: int, say: Speech) -> str:
    """How far back is looked."""
    links = "".join(
        f'<a href="{esc(changed(days=None if each == 30 else each))}" data-testid="days-{each}"'
        f"{' aria-current=true' if each == days else ''}>{esc(say('register.days', n=each))}</a>"
        for each in PERIODS
    )
    return f'<nav class="cw-segments cw-short" aria-label="{esc(say("filters.period"))}">{links}</nav>'


def _line(entry: Entry, at: datetime, say: Speech) -> str:
    name = say.activity(entry.name) if entry.declared else say("register.unknown")
    state = ""
    if entry.dormant:
        state = f'<p class="cw-near">◇ {esc(say("register.dormant"))}</p>'
    elif not entry.declared:
        state = f'<p class="cw-late">✖ {esc(say("register.undeclared"))}</p>'
    section = (
        f'<span class="cw-dim">{esc(say("policy.section", section=entry.section))}</span>' if entry.section else ""
    )
    seen = ""
    if entry.last_at:
        ago = say("sources.ago", span=say.span(at - entry.last_at))
        seen = f'<br><span class="cw-dim" title="{esc(utc(entry.last_at))}">{esc(ago)}</span>'
    people = f"<br>{esc(say('register.people', n=entry.people))}" if entry.people else ""
    cells = "".join(f"<td>{_side(entry.sides[side], entry.declared, say)}</td>" for side in SIDES)
    where = " ".join((*entry.recipients[:8], *(["…"] if len(entry.recipients) > 8 else [])))
    told = " · ".join(each for each in (where, " ".join(entry.countries)) if each) or "–"
    return (
        f'<tr data-testid="activity-{esc(entry.name or "none")}"><td><b>{esc(name)}</b><br>{section}{state}</td>{cells}'
        f"<td>{esc(number(entry.events))}{people}{seen}</td><td>{_kept(entry.keeping, say)}</td>"
        f"<td>{esc(told)}</td></tr>"
    )


def _kept(keeping: Keeping | None, say: Speech) -> str:
    """How long data were kept, beside the declared term; what is longer stands out and leads to its findings."""
    if keeping is None:
        return f'<span class="cw-dim">{esc(say("register.no_term"))}</span>'
    terms = say("register.or").join(_length(each, say) for each in keeping.terms)
    parts = []
    if keeping.usual is not None:
        parts.append(esc(say("register.usual", span=say.span(keeping.usual))))
    if keeping.most is not None:
        shade = ' class="cw-late"' if keeping.beyond else ""
        parts.append(f"<span{shade}>{esc(say('register.longest', span=say.span(keeping.most)))}</span>")
    if keeping.beyond:
        href = esc(link("breaches", clause=keeping.clause))
        parts.append(f'<a class="cw-late" href="{href}">✖ {esc(say("register.beyond", n=keeping.beyond))}</a>')
    if keeping.held:
        parts.append(esc(say("register.held", n=keeping.held)))
    if keeping.paused:
        parts.append(f"‖ {esc(say('register.paused', n=keeping.paused))}")
    if not parts:
        parts.append(f'<span class="cw-dim">{esc(say("register.nothing_kept"))}</span>')
    term = esc(say("register.term", clause=keeping.clause, terms=terms))
    href = esc(link("policy", clause=keeping.clause))
    return "<br>".join([*parts, f'<a class="cw-dim" href="{href}">{term}</a>'])


def _length(length: Duration, say: Speech) -> str:
    """`28 days`, in words."""
    return say(f"register.units.{length.unit}", n=length.count)


def _side(side: Side, declared: bool, say: Speech) -> str:
    parts = [f'<span class="cw-word">{esc(_word(each))}</span>' for each in side.both]
    mark = "✖ " if declared else ""
    parts += [f'<span class="cw-word cw-late">{mark}{esc(_word(each))}</span>' for each in side.undeclared]
    parts += [
        f'<span class="cw-word cw-dormant" title="{esc(say("register.not_seen"))}">◇ {esc(_word(each))}</span>'
        for each in side.dormant
    ]
    if side.any:
        parts.append(f'<span class="cw-dim">{esc(say("register.any"))}</span>')
    return " ".join(parts) or "–"


def _word(name: str) -> str:
    return name.replace("_", " ")
