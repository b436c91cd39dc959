"""REC-1: an application is deleted four weeks after the procedure ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from expectations.applications import Life
from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Course, ReadingOf, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """ "At least four weeks" is read as at most (the Dutch norm); `minimum` is the lax reading."""

    retention: Duration = parse_duration("28d")
    retention_with_consent: Duration = parse_duration("1 year")
    recruitment_retention_reading: Literal["maximum", "minimum"] = "maximum"

    def contradictions(self) -> Iterator[tuple[str, str, str]]:
        """A consent to be kept longer that shortens the term."""
        some_day = datetime(2026, 1, 1, tzinfo=UTC)
        if self.retention_with_consent.after(some_day) < self.retention.after(some_day):
            fault = f"{self.retention_with_consent} is shorter than {self.retention}, the term without consent"
            yield "retention_with_consent", fault, "write a longer one, such as 1 year"


@obligation(
    "REC-1",
    section="2",
    on="recruitment.procedure_ended",
    opens="procedure_ended",
    severity=Severity.HIGH,
    law=("GDPR 5(1)(e)", "NVP code", "POPIA 14"),
    promise="Applications are deleted four weeks after the procedure, or a year with consent.",
    breach="An application was kept longer than four weeks after the procedure without consent.",
    remedy="Delete the application now; if keeping it is wanted, ask before the four weeks end.",
    readings=Readings(),
)
def deleted_after_four_weeks(opener: Fact, known: Facts, reading: Readings, readings: ReadingOf) -> Course | None:
    if opener.link is None:
        return Course(undecided=("application",))
    owed = Life(opener.link, known, readings).owed.get((opener.source, opener.id))
    if owed is None:
        return None
    undecided = ("outcome",) if opener.word is None else ()
    met, cancelled = owed.met_at, owed.cancelled_at
    if reading.recruitment_retention_reading == "minimum":
        early = met is not None and met < reading.retention.after(opener.time) and not _asked(opener, met, known)
        return Course(met_at=met, cancelled_at=cancelled, undecided=undecided, key=opener.link, misstep=early)
    return Course(tuple(owed.clocks), met, cancelled, tuple(owed.suspensions), undecided, opener.link)


def _asked(opener: Fact, met: datetime, known: Facts) -> bool:
    """Whether the applicant had asked for the erasure or withdrawn (then an early one is no misstep)."""
    asked = any(each.word == "erasure" and each.time <= met for each in known.of("requested"))
    withdrew = any(each.link == opener.link and each.time <= met for each in known.of("retention_withdrew"))
    return asked or withdrew
