"""NEWS-4: no newsletter after unsubscribing."""

from expectations.conditions import Condition, Subject
from expectations.model import Severity, clause


@clause(
    "NEWS-4",
    section="2",
    on="newsletter.sent",
    severity=Severity.CRITICAL,
    law=("GDPR 21(3)", "Tw 11.7"),
    promise="Who unsubscribes gets no more newsletters.",
    breach="A newsletter was sent to someone who had unsubscribed and not come back.",
    remedy="Take the person off the list now, and find out why the unsubscription did not reach it.",
)
def unsubscribed_means_no_mail(subject: Subject) -> Condition:
    return ~subject.unsubscribed()
