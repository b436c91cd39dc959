"""NEWS-8: who was erased from the newsletter is not processed there again, unless they come back."""

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause


@clause(
    "NEWS-8",
    section="2",
    on=("newsletter.subscribed", "newsletter.sent"),
    severity=Severity.HIGH,
    law=("GDPR 17",),
    promise="Who was taken off the list is gone from it.",
    breach="The newsletter used data of someone who had been erased and had not come back.",
    remedy="Erase what is left, find the copy that it came from, and tell who received it.",
)
def erased_means_gone(event: Event, subject: Subject) -> Condition:
    erased = subject.erased_at("newsletter")
    back = (subject.subscribed_at > erased).fill_null(False)
    asked = (subject.given_at("newsletter") > erased).fill_null(False)
    # A sign-up begins anew; a pre-ticked one is none (CJEU C-673/17, Planet49).
    signs_up = (event.type == "newsletter.subscribed") & ~event.prechecked
    return erased.is_null() | back | asked | signs_up
