"""RIGHT-1: every request is answered within four weeks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from expectations.calendars import Duration, parse_duration, popia_due
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation
from expectations.readings import Limits
from expectations.regimes import POPIA

MONTH, THREE_MONTHS = parse_duration("1 month"), parse_duration("3 months")


@dataclass(frozen=True)
class Readings:
    """The policy's own term; the law's run beside it."""

    answer_within: Annotated[Duration, Limits(most="3 months", why="GDPR 12(3)")] = parse_duration("28d")


@obligation(
    "RIGHT-1",
    section="5",
    on="rights.request_received",
    opens="requested",
    severity=Severity.CRITICAL,
    law=("GDPR 12(3)", "POPIA 23-25"),
    promise="Every request is answered within four weeks.",
    breach="A request was not answered within four weeks.",
    remedy="Answer it now and say why it is late; the law's own term is shown beside ours.",
    readings=Readings(),
)
def answered_in_four_weeks(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.link is None:
        return Course(undecided=("request",))
    clocks = [Clock("promise", opener.time, reading.answer_within.after(opener.time)), *_gdpr(opener, known)]
    if opener.jurisdiction == POPIA.country:  # besides: the GDPR binds us wherever the person lives (article 3(1))
        clocks.append(Clock("popia", opener.time, popia_due(opener.time)))
    answers = (each for each in known.of("answered") if each.link == opener.link)
    return Course(tuple(clocks), met_at=known.first(answers, opener.time))


def _gdpr(opener: Fact, known: Facts) -> list[Clock]:
    """One month; an extension told to the person within it moves the term, to three months at most."""
    due, limit = MONTH.after(opener.time), THREE_MONTHS.after(opener.time)
    clocks, moved = [Clock("gdpr", opener.time, due)], due
    for told in known.of("extended"):
        fits: bool = told.link == opener.link and bool(told.flag) and told.at is not None
        if fits and opener.time <= told.time <= due:
            until: datetime = min(told.at or due, limit)
            if until > moved:
                clocks.append(Clock("gdpr", told.time, until))
                moved = until
    return clocks
