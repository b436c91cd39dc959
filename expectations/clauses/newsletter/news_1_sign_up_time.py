"""NEWS-1: the time of a sign-up is recorded."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@clause(
    "NEWS-1",
    section="2",
    on="newsletter.subscribed",
    severity=Severity.MEDIUM,
    law=("GDPR 7(1)",),
    promise="We record when a person signed up.",
    breach="A sign-up has no time, or one later than itself, so consent cannot be shown.",
    remedy="Let the form record the time; ask this person to confirm the sign-up again.",
)
def sign_up_time(event: Event) -> Condition:
    return event.signed_up_at.is_not_null() & (event.signed_up_at <= event.time)
