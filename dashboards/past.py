"""The bundle of another moment than now: the same figures, asked through the desk and answered once for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dashboards.as_of import Moment
from dashboards.questions import Question, desk, question
from dashboards.store import MOST, REPORTED, Bundle


def questions(bundle: Bundle, moment: Moment) -> dict[str, Question]:
    """By the bundle's part what is asked of the moment; `checked` is of the pulse."""
    at = moment.as_of or bundle.taken_at
    assert at is not None
    hour = at.replace(minute=0, second=0, microsecond=0)
    return {
        "wall": question("wall_as_of", since=hour - timedelta(hours=23)),
        "standing": question("standing_as_of"),
        "clocks": question("now_clocks"),
        "due": question("now_due", most=MOST),
        "days": question("now_days"),
        "latest": question("now_latest", most=MOST),
        "late": question("now_latest_late", most=MOST),
        "controls": question("now_controls", since=hour - REPORTED),
        "checked": question("checked_as_of"),
    }


def bundle(live: Bundle, moment: Moment, *, figures: bool) -> tuple[Bundle | None, bool]:
    """The bundle as of the moment; None: not all is answered, and whether a try failed.

    Without `figures` it is the live one that knows its moment: of a page that asks the desk for all that it shows.
    What only now has (sources, delays) is left out.
    """
    pulse = {**live.pulse, "behind": 0}
    if moment.known_at:  # what is revised now changes nothing of what was believed
        pulse["revising"] = 0
    if not figures:
        return replace(live, moment=moment, asked_at=live.taken_at, pulse=pulse), False
    asked = questions(live, moment)
    answers = dict(zip(asked, desk().ask(*asked.values(), at=moment), strict=True))
    if any(each.taken_at is None for each in answers.values()):
        return None, any(each.failed for each in answers.values())
    checked = answers.pop("checked")
    parts: dict[str, Any] = {name: each.rows for name, each in answers.items()}
    return (
        Bundle(
            number=live.number,
            taken_at=answers["wall"].taken_at,
            wall_at=answers["wall"].taken_at,
            pulse={**pulse, **checked.rows[0]},
            moment=moment,
            asked_at=live.taken_at,
            failed=tuple(sorted(name for name, each in answers.items() if each.failed)),
            **parts,
        ),
        False,
    )
