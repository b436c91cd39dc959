"""Whether alerts are kept up with: raised and resolved day by day, how long they take, what is about to end."""

from __future__ import annotations

from datetime import timedelta

from dashboards.alerts import Course
from dashboards.components.columns import stacked
from dashboards.components.panel import esc, panel
from dashboards.speech import Speech, number
from dashboards.store import Row

TARGETS = {"take": timedelta(hours=1), "resolve": timedelta(days=3)}


def keeping_up(figures: Row, course: Course, say: Speech) -> str:
    """What was raised and resolved day by day, median times against their targets, and what is about to end."""
    tiles = "".join(_median(name, figures[f"{name}_s"], say) for name in TARGETS)
    ends = [
        say(f"alerts.{name}", n=int(figures[name] or 0))
        for name in ("silences", "silences_end", "waivers_end")
        if figures[name]
    ]
    note = f'<p class="cw-note">{esc(" · ".join(ends) or say("alerts.nothing_ends"))}</p>'
    alt = say(
        "alerts.days_alt",
        days=len(course.days),
        raised=number(sum(course.raised)),
        ended=number(sum(course.ended)),
    )
    beside = f'<div><dl class="cw-medians">{tiles}</dl>{note}</div>'
    body = f'<div class="cw-keeping"><div>{_days(course, alt, say)}</div>{beside}</div>'
    return panel("keeping", say("alerts.keeping"), esc(alt), body)


def _days(course: Course, alt: str, say: Speech) -> str:
    days = [say.day(each) for each in course.days]
    marks = [day if n % 7 == len(days) % 7 and n > 7 else "" for n, day in enumerate(days, 1)]
    up = [(say("alerts.days_raised"), "few", course.raised)]
    down = [(say("alerts.days_ended"), "resolved", course.ended)]
    return stacked(up, down, days, marks, alt)


def _median(name: str, seconds: float | None, say: Speech) -> str:
    target = TARGETS[name]
    late = seconds is not None and seconds > target.total_seconds()
    figure = "–" if seconds is None else say.span(timedelta(seconds=seconds))
    mark = "▲ " if late else ""
    return (
        f'<div data-testid="median-{name}"><dt>{esc(say(f"alerts.{name}"))}</dt>'
        f'<dd class="{"cw-late" if late else ""}">{mark}{esc(figure)}</dd>'
        f'<dd class="cw-dim">{esc(say("alerts.target", span=say.span(target)))}</dd></div>'
    )
