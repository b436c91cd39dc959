"""BREACH-2: people are told of an incident with their data."""

from dataclasses import dataclass
from typing import Literal

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.incidents import follow_up
from expectations.model import Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text says "as soon as reasonably possible", and names no threshold; the law's is a high risk."""

    subjects_hours: Duration = parse_duration("72h")
    breach_notice_threshold: Literal["any", "high"] = "any"


@obligation(
    "BREACH-2",
    section="10",
    on="breach.detected",
    opens="incident",
    severity=Severity.CRITICAL,
    law=("GDPR 34", "POPIA 22"),
    promise="People are told of an incident with their data, as soon as can be.",
    breach="People whose data an incident hit were not told in time.",
    remedy="Tell them now: what happened, what it means for them, what they can do.",
    readings=Readings(),
)
def people_are_told(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.flag is False:
        return None
    missing = ["subjects_affected"] if opener.flag is None else []
    if reading.breach_notice_threshold == "high":
        if opener.word not in ("high", None):
            return None
        missing += ["risk"] if opener.word is None else []
    return follow_up(opener, known, known.of("subjects_notified"), reading.subjects_hours, missing)
