"""REC-2: who withdraws the consent to keep their application has it deleted."""

from dataclasses import dataclass

from expectations.applications import Life
from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Course, ReadingOf, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """How soon after the withdrawal, where the four weeks after the procedure (REC-1) are over."""

    withdrawal_erasure: Duration = parse_duration("24h")


@obligation(
    "REC-2",
    section="2",
    on="recruitment.retention_consent_withdrawn",
    opens="retention_withdrew",
    severity=Severity.HIGH,
    law=("GDPR 7(3), 17(1)(b)",),
    promise="Who takes back the consent to keep their application has it deleted.",
    breach="An application was kept on a consent that the applicant had withdrawn.",
    remedy="Delete the application now, and let withdrawals reach this system at once.",
    readings=Readings(),
)
def withdrawn_means_deleted(opener: Fact, known: Facts, reading: Readings, readings: ReadingOf) -> Course | None:
    if opener.link is None:
        return Course(undecided=("application",))
    owed = Life(opener.link, known, readings).owed.get((opener.source, opener.id))
    if owed is None:
        return None
    return Course(tuple(owed.clocks), owed.met_at, owed.cancelled_at, key=opener.link)
