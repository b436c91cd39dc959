"""NEWS-5: who unsubscribes is deleted."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text says that the data are deleted, not how soon."""

    unsubscribe_erasure: Duration = parse_duration("24h")


@obligation(
    "NEWS-5",
    section="2",
    on="newsletter.unsubscribed",
    opens="unsubscribed",
    severity=Severity.HIGH,
    law=("GDPR 17(1)(b,c)",),
    promise="Who unsubscribes is deleted from the list.",
    breach="The data of someone who unsubscribed were not deleted in time.",
    remedy="Delete the subscriber now, and check the job that should have done it.",
    readings=Readings(),
)
def unsubscribed_means_deleted(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if known.erased_before(opener, "newsletter"):
        return None
    due = reading.unsubscribe_erasure.after(opener.time)
    met = known.first(known.erasures("newsletter"), opener.time)
    back = min((each.time for each in known.of("subscribed") if opener.time < each.time <= due), default=None)
    return Course((Clock("promise", opener.time, due),), met_at=met, cancelled_at=back)
