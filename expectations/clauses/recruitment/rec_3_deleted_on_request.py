"""REC-3: an application is deleted when the applicant asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from expectations.applications import hired_by
from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text says that applications are deleted on request, not how soon."""

    applicant_erasure_delay: Duration = parse_duration("28d")


@obligation(
    "REC-3",
    section="2",
    on="rights.request_received",
    opens="requested",
    severity=Severity.HIGH,
    law=("GDPR 17",),
    promise="Who asks for it has their application deleted.",
    breach="An applicant asked for deletion, and the application was still there after the term.",
    remedy="Delete the application now, and tell the applicant.",
    readings=Readings(),
)
def deleted_on_request(opener: Fact, known: Facts, reading: Readings) -> Iterator[Course]:
    if opener.word not in ("erasure", None):
        return
    due = reading.applicant_erasure_delay.after(opener.time)
    refusals = (
        answer.time
        for answer in known.of("answered")
        if opener.link is not None and answer.link == opener.link and answer.word == "refused" and answer.flag
    )
    refused = min((at for at in refusals if opener.time <= at <= due), default=None)
    unsaid = ("right",) if opener.word is None else ()
    for application in sorted(_known_by(opener, known)):
        if not known.held("recruitment", opener, application) or hired_by(application, known, opener.time):
            continue
        met = known.first(known.erasures("recruitment", application), opener.time)
        clock = Clock("promise", opener.time, due)
        yield Course((clock,), met, cancelled_at=refused, undecided=unsaid, key=application)


def _known_by(opener: Fact, known: Facts) -> set[str]:
    """The applications that were processed by then."""
    done = (fact for fact in known.of("processed") if fact.about == "recruitment" and fact.time <= opener.time)
    return {fact.link for fact in done if fact.link is not None}
