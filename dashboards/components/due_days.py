"""What falls due on which day, five weeks of them; a day opens into its clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from dashboards.address import changed
from dashboards.components.panel import esc, panel
from dashboards.obligations import WEEKS
from dashboards.speech import Speech


def calendar(due: Mapping[date, int], today: date, chosen: date | None, say: Speech) -> str:
    """The panel; weeks begin on Monday."""
    first = today - timedelta(days=today.weekday())
    names = say("obligations.weekdays").split()
    heads = "".join(f'<th scope="col">{esc(name)}</th>' for name in names)
    most = max(due.values(), default=0)
    weeks = []
    for week in range(WEEKS):
        days = [first + timedelta(days=7 * week + place) for place in range(7)]
        weeks.append(f"<tr>{''.join(_day(day, due, most, today, chosen, say) for day in days)}</tr>")
    table = f'<table class="cw-days"><thead><tr>{heads}</tr></thead><tbody>{"".join(weeks)}</tbody></table>'
    return panel("days", say("obligations.calendar"), esc(say("obligations.calendar_note")), table)


def _day(day: date, due: Mapping[date, int], most: int, today: date, chosen: date | None, say: Speech) -> str:
    n = due.get(day, 0)
    kind = " cw-today" if day == today else " cw-past" if day < today else ""
    kind += " cw-chosen" if day == chosen else ""
    if not n or day < today:
        return f'<td class="cw-day{kind}"><span>{day.day}</span></td>'
    weight = max(1, round(4 * n / most))
    said = say("obligations.on_day", n=n, day=day.isoformat())
    return (
        f'<td class="cw-day cw-weight-{weight}{kind}"><a href="{esc(changed(day=day.isoformat(), after=None))}" '
        f'data-testid="day-{day.isoformat()}" aria-label="{esc(said)}" title="{esc(said)}"><span>{day.day}</span>'
        f"<b>{n}</b></a></td>"
    )
