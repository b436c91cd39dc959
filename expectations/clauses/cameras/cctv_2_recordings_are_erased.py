"""CCTV-2: recordings of cameras are not kept for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from expectations.calendars import Duration, end_of_day, parse_duration, to_local
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text has no term; the Dutch authority's norm is four weeks."""

    recording_retention: Duration = parse_duration("28d")
    retention_checked: bool = True

    def contradictions(self) -> Iterator[tuple[str, str, str]]:
        """A term that nobody checks."""
        if not self.retention_checked and self.recording_retention != Readings.recording_retention:
            yield "recording_retention", "is chosen, yet nothing checks it", "set retention_checked: true, or drop it"


@obligation(
    "CCTV-2",
    section="9",
    on="cctv.recorded",
    opens="recorded",
    severity=Severity.MEDIUM,
    law=("GDPR 5(1)(e)", "POPIA 14"),
    promise="Camera recordings are erased after four weeks.",
    breach="Recordings of a camera were kept longer than four weeks.",
    remedy="Erase that day's recordings, and check the job that should have done it.",
    readings=Readings(),
)
def recordings_are_erased(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if not reading.retention_checked:
        return None
    if opener.link is None:
        return Course(undecided=("camera",))
    day = _day(opener)
    before = next(known.earlier(opener), None)
    if before is not None and _day(before) == day:
        return None  # the day's first recording speaks for the day
    end = end_of_day(day)
    erased = (each for each in known.of("recordings_erased") if each.at is not None and each.at >= end)
    met = known.first(erased, opener.time)
    due = reading.recording_retention.after(end)
    return Course((Clock("promise", opener.time, due),), met_at=met, key=f"{opener.link}/{day.isoformat()}")


def _day(fact: Fact) -> date:
    return to_local(fact.time).date()
