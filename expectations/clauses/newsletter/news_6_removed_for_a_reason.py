"""NEWS-6: an address is removed unasked only when it does not work, is invalid or fraudulent."""

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause

REASONS = ("non_functioning", "invalid", "fraudulent")


@clause(
    "NEWS-6",
    section="2",
    on="newsletter.address_removed",
    severity=Severity.LOW,
    law=("policy's own promise",),
    promise="We take an address off the list unasked only when it does not work, is invalid or fraudulent.",
    breach="An address was removed for another reason, and the person had not unsubscribed.",
    remedy="Ask the person whether they want the newsletter, and mend the rule that removed them.",
)
def removed_for_a_reason(event: Event, subject: Subject) -> Condition:
    return event.reason.is_in(REASONS) | subject.unsubscribed()
