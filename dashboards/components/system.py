"""What the pages of one system have in common: the answer, three figures, its promises week by week, panels beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from dashboards.address import link
from dashboards.components.columns import Series, stacked
from dashboards.components.frame import aged, banner, drawn, head, headline, skeleton, state
from dashboards.components.panel import esc, panel, table
from dashboards.components.sparks import bars
from dashboards.components.tiles import Tile, strip
from dashboards.components.wall import coloured, legend
from dashboards.figures import Cell
from dashboards.questions import Answer
from dashboards.speech import Speech, number, utc
from dashboards.store import Bundle, Freshness
from dashboards.weeks import Course, Weeks

EVERY = 60.0  # seconds between answers to what reads thirteen weeks of events or facts
Part = tuple[str, Callable[[], str]]  # a panel's name, as `<system>.<name>` its title; what draws it


@dataclass(frozen=True)
class View:
    """A page: the answer and the line below it, its figures, its promises, its panels. `broken`: it is bad news."""

    text: str
    below: str
    broken: bool
    figures: Sequence[Tile]
    courses: Mapping[str, Course]
    main: Sequence[Part]
    side: Sequence[Part]


def system_page(
    system: str,
    answers: Iterable[tuple[str, Answer]],
    view: Callable[[], View],
    shown: Weeks,
    bundle: Bundle,
    fresh: Freshness,
    say: Speech,
) -> None:
    """Draw the system's page. `answers`: what it rests on, by title; before they are all there `view` is not asked."""
    answers = list(answers)
    banner(bundle, fresh, say)
    if any(answer.taken_at is None for _, answer in answers):
        failed = any(answer.failed for _, answer in answers)
        head(headline(say("state.nothing" if failed else "state.waiting")), bundle, fresh, say, system)
        state("nothing", say) if failed else skeleton()
        return
    aged(answers, say)
    told, words = view(), f"{system}.tiles"
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if told.broken else ""
    head(headline(told.text, told.below, mark), bundle, fresh, say, system)
    drawn("figures", say(f"menu.{system}"), say, lambda: strip(told.figures, say, words, "cw-tiles cw-tiles-three"))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            drawn("weeks", say("weeks.title"), say, lambda: weekly(told.courses, shown, system, say))
            _parts(system, told.main, say)
        with st.container(key="cw_side"):
            _parts(system, told.side, say)


def _parts(system: str, parts: Sequence[Part], say: Speech) -> None:
    for name, draw in parts:
        drawn(name, say(f"{system}.{name}"), say, draw)


def breaches(n: int, course: Course, shown: Weeks, system: str) -> str:
    """How many, as a link to exactly these."""
    return f'<a class="cw-late" href="{esc(opens(course, shown, system))}">✖ {number(n)}</a>' if n else "–"


def opens(course: Course, shown: Weeks, system: str, week: int | None = None) -> str:
    """A promise's breaches, resolved or not: of all weeks or of one; where events are judged, the system's alone."""
    since = shown.since if week is None else shown.mondays[week]
    until = shown.mondays[week + 1] if week is not None and week + 1 < len(shown.mondays) else None
    return link(
        "breaches",
        clause=course.clause.id,
        state="all",
        system=None if course.clause.is_obligation else system,
        since=since.isoformat(),
        until=until.isoformat() if until else None,
    )


def course_tile(name: str, value: str, note: str, course: Course, href: str) -> Tile:
    """A figure with the breaches of a promise by week below it; any of them is an alarm."""
    broken = [cell.breaches for cell in course.cells]
    return Tile(name, value, note, bars(broken, ""), href, alarm=bool(course.breaches))


def weekly(courses: Mapping[str, Course], shown: Weeks, system: str, say: Speech) -> str:
    """The panel: one row a promise, one cell a week; each number opens into its breaches."""
    marks = "".join(
        f'<span class="cw-hour{" cw-hour-six" if place % 4 else ""}" style="grid-column:{place + 1}">'
        f"{esc(say.day(monday))}</span>"
        for place, monday in enumerate(shown.mondays[:-1])
        if place % 2 == 0
    )
    last = f'<span class="cw-hour cw-hour-now" style="grid-column:{len(shown.mondays)}">{esc(say("wall.now"))}</span>'
    heads = (
        f'<div class="cw-row cw-row-head" aria-hidden="true"><span></span><div class="cw-cells cw-weeks">{marks}{last}'
        f'</div><span class="cw-open">{esc(say("weeks.all"))}</span></div>'
    )
    rows = "".join(_row(each, shown, system, say) for each in courses.values())
    table = f'<div class="cw-wall" role="table" aria-label="{esc(say("weeks.title"))}">{heads}{rows}</div>'
    return panel("weeks", say("weeks.title"), esc(say("weeks.note")), table + legend(say, "resolved"))


def _row(course: Course, shown: Weeks, system: str, say: Speech) -> str:
    words, broken = course.clause, course.breaches
    cells = "".join(_week(cell, opens(course, shown, system, n), say) for n, cell in enumerate(course.cells))
    href = esc(opens(course, shown, system))
    total = f'<a href="{href}" data-testid="breaches-{esc(words.id)}">{number(broken)}</a>' if broken else ""
    mark = '<span aria-hidden="true">✖</span> ' if broken else ""
    return (
        f'<div class="cw-row" role="row" data-testid="promise-{esc(words.id)}">'
        f'<a class="cw-name{" cw-state-broken" if broken else ""}" role="rowheader" '
        f'href="{esc(link("policy", clause=words.id))}" title="{esc(words.promise)}">{mark}<b>{esc(words.id)}</b> '
        f'{esc(say.short(words))}</a><div class="cw-cells cw-weeks" role="cell">{cells}</div>'
        f'<span class="cw-open" role="cell">{total}</span></div>'
    )


def _week(cell: Cell, href: str, say: Speech) -> str:
    when = say("weeks.of", day=say.day(cell.hour))
    if not cell.any:
        return f'<i class="cw-cell cw-void" title="{esc(say("wall.cell_none", hour=when))}"></i>'
    return coloured(cell, f"{when} ({utc(cell.hour)})", href, say)


def hours(span: timedelta, say: Speech) -> str:
    """A span as promises have it: a day as 24 hours."""
    whole = int(span.total_seconds()) // 3600
    return f"{whole} {say('units').split()[1]}" if 1 <= whole <= 24 else say.span(span)


def pairs(heads: tuple[str, str], lines: Iterable[tuple[str, str]]) -> str:
    """A narrow table of what and how much; the cells of `lines` are HTML."""
    return f'<div class="cw-pair">{table(heads, lines)}</div>'


def columns(up: Sequence[Series], down: Sequence[Series], shown: Weeks, alt: str, say: Speech) -> str:
    """A column a week: `up` stacked above a line, `down` below it. `alt`: what it proves, as a sentence."""
    days = [say.day(each) for each in shown.mondays]
    marks = [day if n % 2 == 0 else "" for n, day in enumerate(days)]
    return stacked(up, down, [say("weeks.of", day=day) for day in days], marks, alt)
