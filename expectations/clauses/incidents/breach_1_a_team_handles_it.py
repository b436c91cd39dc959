"""BREACH-1: an incident response team handles an incident."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.incidents import follow_up
from expectations.model import Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text names a team, not how soon it takes over."""

    team_hours: Duration = parse_duration("24h")


@obligation(
    "BREACH-1",
    section="10",
    on="breach.detected",
    opens="incident",
    severity=Severity.HIGH,
    law=("GDPR 33(5)", "POPIA 19"),
    promise="A team takes an incident in hand.",
    breach="No team took the incident in hand in time.",
    remedy="Put the response team on it now, and note who leads it.",
    readings=Readings(),
)
def a_team_handles_it(opener: Fact, known: Facts, reading: Readings) -> Course:
    return follow_up(opener, known, known.of("team_assigned"), reading.team_hours)
