"""The list of Breaches: a table that is sorted by its headings, a page at a time; each row opens into its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboards.address import changed, link
from dashboards.breaches import PAGE, Filter, key_of
from dashboards.components.paging import foot, ways
from dashboards.components.panel import esc
from dashboards.components.status import severity_mark
from dashboards.figures import Clauses, Words
from dashboards.speech import Speech, number, utc
from dashboards.store import Row
from expectations.formats import unmarked

# column -> the order that its heading gives, and the one that it gives then
COLUMNS = {
    "severity": ("severity", None),
    "what": (None, None),
    "promise": ("clause", None),
    "source": ("system", None),
    "person": (None, None),
    "when": ("newest", "oldest"),
    "state": (None, None),
}
ARROW = {"newest": " ▾", "oldest": " ▴", "severity": " ▾", "clause": " ▴", "system": " ▴"}
SORTED = {"oldest": "ascending", "clause": "ascending", "system": "ascending"}


def breach_list(found: Sequence[Row], chosen: Filter, clauses: Clauses, at: datetime, say: Speech, every: int) -> str:
    """The table of at most `PAGE` rows. `every`: how many breaches stand in all."""
    rows = [row for row in found[:PAGE] if row["clause"] in clauses]
    if not rows:
        return _empty(chosen, say, every)
    heads = "".join(_head(name, chosen, say) for name in COLUMNS)
    lines = "".join(_line(row, clauses[row["clause"]], at, say) for row in rows)
    return (
        f'<div class="cw-sheet" data-testid="list"><table class="cw-table cw-list"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{_foot(found, rows, chosen, say, every)}"
    )


def _head(name: str, chosen: Filter, say: Speech) -> str:
    word = esc(say(f"breaches.{name}"))
    first, then = COLUMNS[name]
    if first is None:
        return f'<th scope="col" class="cw-col-{name}">{word}</th>'
    sorted_by = chosen.sort if chosen.sort in (first, then) else None
    to = then if sorted_by == first and then else first
    href = esc(changed(sort=None if to == "newest" else to, after=None))
    said = f' aria-sort="{SORTED.get(sorted_by, "descending")}"' if sorted_by else ""
    arrow = f'<span aria-hidden="true">{ARROW[sorted_by]}</span>' if sorted_by else ""
    return (
        f'<th scope="col" class="cw-col-{name}"{said}>'
        f'<a href="{href}" data-testid="sort-{name}" title="{esc(say("breaches.sort"))}">{word}{arrow}</a></th>'
    )


def _line(row: Row, words: Words, at: datetime, say: Speech) -> str:
    when = row["happened_at"]
    told = say.moment(when, at)
    person = (
        esc(unmarked(row["subject"]))
        if row["subject"]
        else f'<span class="cw-dim">{esc(say("breaches.nobody"))}</span>'
    )
    small = f"{words.id} · {say.system(row['system'])} · {told}"
    return (
        f'<tr data-testid="finding-{esc(row["finding"])}" data-event="{esc(row["id"])}" data-clause="{esc(words.id)}">'
        f'<td class="cw-col-severity">{severity_pill(row["severity"], say)}</td>'
        f'<td class="cw-col-what"><a href="{esc(changed(finding=row["finding"]))}" '
        f'title="{esc(words.promise)}">{esc(told_title(row, words, say))}</a>'
        f'<span class="cw-small-line">{esc(small)}</span></td>'
        f'<td class="cw-col-promise">{esc(words.id)}</td>'
        f'<td class="cw-col-source">{esc(say.system(row["system"]))}</td>'
        f'<td class="cw-col-person"><code title="{esc(say("breaches.person_help"))}">{person}</code></td>'
        f'<td class="cw-col-when" title="{esc(utc(when))}">{esc(told)}</td>'
        f'<td class="cw-col-state">{state_of(row, at, say)}</td></tr>'
    )


def severity_pill(severity: str | None, say: Speech) -> str:
    """The severity as a word with its symbol, on a ground of its own."""
    return (
        f'<span class="cw-severity cw-is-{esc(severity)}">{severity_mark(severity)}'
        f"<span>{esc(say(f'severity.{severity}'))}</span></span>"
    )


def told_title(row: Row, words: Words, say: Speech) -> str:
    """What happened, in the clause's own words; else the promise in a few words."""
    return words.breach.rstrip(".") if row["outcome"] == "breach" else say.short(words)


def state_of(row: Row, at: datetime, say: Speech) -> str:
    """How it stands, with how long a deadline has passed; HTML."""
    if row["state"] in ("open", "suspended"):
        left = say.span(row["due_at"] - at) if row["due_at"] and row["state"] == "open" else ""
        return esc(say(f"breaches.{row['state']}", span=left))
    if row["outcome"] == "indeterminate":
        missing = ", ".join((row["missing"] or "").split())
        return f'<span class="cw-near">◆ {esc(say("breaches.unclear", what=missing or "–"))}</span>'
    if row["outcome"] != "breach":
        return esc(say("breaches.revised"))
    if row["resolved"]:
        return f'<span class="cw-resolved-word">● {esc(say("breaches.resolved"))}</span>'
    if row["state"] == "overdue" and row["due_at"]:
        return f'<span class="cw-late">{esc(say("breaches.overdue", span=say.span(at - row["due_at"])))}</span>'
    if row["state"] in ("met", "met_late"):
        return esc(say("breaches.late"))
    return esc(say("breaches.stands"))


def _foot(found: Sequence[Row], rows: Sequence[Row], chosen: Filter, say: Speech, every: int) -> str:
    total = found[0]["total"]
    parts = [say("breaches.shown", n=len(rows), all=number(total))]
    if chosen.narrows and chosen.state == "stands":
        parts.append(say("breaches.of_all", n=every))
    if found[0]["oldest"]:
        parts.append(say("breaches.oldest", when=say.moment(found[0]["oldest"])))
    after = key_of(found[PAGE - 1]) if len(found) > PAGE else None
    return foot(" · ".join(parts), ways(chosen.after is not None, after, say))


def _empty(chosen: Filter, say: Speech, every: int) -> str:
    """Nothing fits: say whether anything would, and how to get there."""
    narrowed = chosen.narrows or chosen.after is not None
    note = say("breaches.none_fit", n=every) if narrowed else say("breaches.none_note")
    title = say("breaches.none_title") if narrowed else say("breaches.calm")
    clear = (
        f'<p><a class="cw-button" href="{esc(link())}" data-testid="clear">{esc(say("filters.clear"))}</a></p>'
        if narrowed
        else ""
    )
    words = f'<h2 class="cw-h2">{esc(title)}</h2><p>{esc(note)}</p>'
    return f'<div class="cw-state" data-testid="list-empty">{words}{clear}</div>'
