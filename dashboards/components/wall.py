"""The wall of promises: one row a clause, one cell an hour. No evidence is never coloured."""

from __future__ import annotations

from datetime import timedelta

from dashboards.address import link
from dashboards.components.panel import esc, panel
from dashboards.components.status import STATE_SYMBOL
from dashboards.figures import Cell, Now, Promise, State
from dashboards.speech import Speech, number, utc

SILENT = 2  # of what is not reported, so many are named
MANY = 5  # breaches in an hour that make a cell red


def wall(now: Now, say: Speech, show: str | None = None) -> str:
    """The panel; `show` filters the rows: a state's name, `evidence` or `fresh`."""
    rows = [promise for promise in now.promises if _shown(promise, show)]
    note = esc(say("wall.note"))
    if show is not None:
        what = say(f"wall.states.{show}")
        note += (
            f" <strong>{esc(say('wall.shown', what=what))}</strong> "
            f'<a class="cw-link" href="{esc(link())}" target="_self" data-testid="show-all">'
            f"{esc(say('wall.all'))}</a>"
        )
        if not rows:
            body = f'<p class="cw-none">{esc(say("wall.nothing", what=what))}</p>'
            return panel("promises", say("wall.title"), note, body)
    body = "".join(_row(promise, now, say) for promise in rows)
    return panel(
        "promises",
        say("wall.title"),
        note,
        f'<div class="cw-wall" role="table" aria-label="{esc(say("wall.title"))}">{_hours(now, say)}{body}</div>'
        f"{legend(say)}",
    )


def _shown(promise: Promise, show: str | None) -> bool:
    if show is None:
        return True
    if show == "evidence":
        return promise.evidence
    return promise.fresh if show == "fresh" else promise.state == show


def _hours(now: Now, say: Speech) -> str:
    marks = []
    for place, hour in enumerate(now.hours):
        local = say.clock(hour, seconds=False)
        whole = local.endswith(":00") and int(local[:2]) % 3 == 0
        if place == len(now.hours) - 1:
            marks.append(
                f'<span class="cw-hour cw-hour-now" style="grid-column:{place + 1}">{esc(say("wall.now"))}</span>'
            )
        elif whole and 0 < place < len(now.hours) - 2:
            far = " cw-hour-six" if int(local[:2]) % 6 else ""
            marks.append(f'<span class="cw-hour{far}" style="grid-column:{place + 1}">{local}</span>')
    return (
        f'<div class="cw-row cw-row-head" aria-hidden="true"><span></span><div class="cw-cells">{"".join(marks)}</div>'
        f'<span class="cw-open" title="{esc(say("wall.open_help"))}">{esc(say("wall.open"))}</span></div>'
    )


def _row(promise: Promise, now: Now, say: Speech) -> str:
    words = promise.clause
    symbol = STATE_SYMBOL[promise.state]
    mark = f'<span aria-hidden="true">{symbol}</span> ' if symbol else ""
    state = say(f"wall.states.{promise.state}")
    if words.is_obligation:
        met = esc(say("wall.met", n=promise.clocks.get("met_24h", 0)))
        cells = f'<div class="cw-clock" role="cell" title="{met}">{_clock(promise, now, say)}</div>'
    else:
        cells = (
            f'<div class="cw-cells" role="cell">{"".join(_hour(cell, words.id, say) for cell in promise.cells)}</div>'
        )
    href = esc(link("breaches", clause=words.id))
    standing = f'<a href="{href}">{number(promise.standing)}</a>' if promise.standing else ""
    return (
        f'<div class="cw-row" role="row" data-testid="promise-{esc(words.id)}" data-state="{promise.state}">'
        f'<a class="cw-name cw-state-{promise.state}" role="rowheader" href="{esc(link(promise=words.id))}" '
        f'target="_self" title="{esc(f"{words.promise} ({state})")}">{mark}<b>{esc(words.id)}</b> '
        f"{esc(say.short(words))}</a>{cells}"
        f'<span class="cw-open" role="cell">{standing}</span></div>'
    )


def _hour(cell: Cell, clause: str, say: Speech) -> str:
    """One hour; breaches in it lead to themselves, those that stand before those that are resolved."""
    hour = say.clock(cell.hour, seconds=False)
    if not cell.any:
        return f'<i class="cw-cell cw-void" title="{esc(say("wall.cell_none", hour=hour))}"></i>'
    until = cell.hour + timedelta(hours=1)
    state = None if cell.breaches else "resolved"
    href = link("breaches", clause=clause, state=state, since=cell.hour.isoformat(), until=until.isoformat())
    return coloured(cell, f"{hour} ({utc(cell.hour)})", href, say)


def coloured(cell: Cell, when: str, href: str, say: Speech) -> str:
    """What was judged at some time as a coloured cell; breaches lead to `href`."""
    title = say(
        "wall.cell",
        hour=when,
        passes=number(cell.passes),
        breaches=number(cell.breaches),
        undecided=number(cell.undecided),
    )
    if cell.resolved:
        title += f", {say('wall.resolved', n=cell.resolved)}"
    if cell.breaches:
        kind = "cw-many" if cell.breaches >= MANY else "cw-few"
        text = str(cell.breaches) if cell.breaches < 100 else "99+"
    elif cell.resolved:
        kind, text = "cw-resolved", str(cell.resolved) if cell.resolved < 100 else "99+"
    elif cell.undecided:
        kind, text = "cw-undecided", "?"
    else:
        kind, text = "cw-kept", ""
    small = " cw-small" if len(text) > 2 else ""
    if cell.breaches or cell.resolved:
        return f'<a class="cw-cell {kind}{small}" href="{esc(href)}" title="{esc(title)}">{text}</a>'
    return f'<i class="cw-cell {kind}{small}" title="{esc(title)}">{text}</i>'


def _clock(promise: Promise, now: Now, say: Speech) -> str:
    """What the clocks of an obligation say: how many run, are late, were met; when the next falls due."""
    row = promise.clocks
    parts = [f"<em>{esc(say('wall.clock'))}</em>"]
    if promise.recent:  # a clause that is an obligation and judges events besides
        parts.append(f'<span class="cw-late">{esc(say("head.recent", n=promise.recent))}</span>')
    if row.get("overdue"):
        href = esc(link("breaches", clause=promise.clause.id, state="overdue"))
        parts.append(f'<a class="cw-late" href="{href}">{esc(say("wall.overdue", n=row["overdue"]))}</a>')
    if row.get("late"):
        href = esc(link("breaches", clause=promise.clause.id, state="late"))
        parts.append(f'<a class="cw-link" href="{href}">{esc(say("wall.late", n=row["late"]))}</a>')
    if row.get("resolved"):
        href = esc(link("breaches", clause=promise.clause.id, state="resolved"))
        parts.append(f'<a class="cw-resolved-word" href="{href}">{esc(say("wall.resolved", n=row["resolved"]))}</a>')
    if row.get("open"):
        parts.append(esc(say("wall.running", n=row["open"])))
    if row.get("suspended"):
        parts.append(esc(say("wall.paused", n=row["suspended"])))
    if promise.silent:
        what = ", ".join(each.replace("_", " ") for each in promise.silent[:SILENT])
        more = say("wall.silent_more", n=len(promise.silent) - SILENT) if len(promise.silent) > SILENT else ""
        parts.append(f"{esc(say('wall.silent', what=what))}{esc(more)}")
    if row.get("next_due"):
        near = ' class="cw-near"' if promise.state is State.RISK or row.get("near") else ""
        due = say("wall.due", span=say.span(row["next_due"] - now.at))
        parts.append(f'<span{near} title="{esc(utc(row["next_due"]))}">{esc(due)}</span>')
    return " · ".join(parts)


def legend(say: Speech, *without: str) -> str:
    """What the colours of cells mean; `without` some that do not occur."""
    kinds = (
        ("cw-kept", "kept"),
        ("cw-void", "none"),
        ("cw-undecided", "undecided"),
        ("cw-few", "few"),
        ("cw-many", "many"),
        ("cw-resolved", "resolved"),
    )
    shown = "".join(
        f'<span><i class="cw-cell {kind}"></i>{esc(say(f"wall.legend.{word}"))}</span>'
        for kind, word in kinds
        if word not in without
    )
    return f'<div class="cw-legend" aria-hidden="true">{shown}</div>'
