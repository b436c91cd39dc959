"""RIGHT-7: what a person may have rectified is rectified."""

from dataclasses import dataclass
from typing import Annotated

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation
from expectations.readings import Limits
from expectations.requests import doubts


@dataclass(frozen=True)
class Readings:
    """The text says that data are rectified, not how soon."""

    rectification_delay: Annotated[Duration, Limits(most="3 months", why="GDPR 12(3)")] = parse_duration("7d")


@obligation(
    "RIGHT-7",
    section="5",
    on="rights.request_answered",
    opens="answered",
    severity=Severity.MEDIUM,
    law=("GDPR 16",),
    promise="When a rectification is granted, the data are put right.",
    breach="The person was told that their data would be put right, and they were not in time.",
    remedy="Rectify the data now, and tell whoever received them.",
    readings=Readings(),
)
def rectified_when_granted(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    open_questions = doubts(opener, known, "rectification", "granted")
    if open_questions is None:
        return None
    clock = Clock("promise", opener.time, reading.rectification_delay.after(opener.time))
    done = (fact for fact in known.of("rectified") if fact.link == opener.link)
    return Course((clock,), met_at=known.first(done, opener.time), undecided=open_questions)
