"""NEWS-7: the newsletter is about the company's own products, services and developments."""

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause


@clause(
    "NEWS-7",
    section="2",
    on="newsletter.sent",
    severity=Severity.MEDIUM,
    law=("GDPR 5(1)(b)",),
    promise="The newsletter tells of our own products, services and developments.",
    breach="A newsletter carried somebody else's matter to a person who had not agreed to that.",
    remedy="Send no third party's matter on this list; ask for consent to it first.",
    yields_to=("NEWS-3", "NEWS-4", "GEN-4"),  # who may not be mailed at all is theirs
)
def our_own_matters(event: Event, subject: Subject) -> Condition:
    return (event.topic != "third_party") | subject.consents_to("third_party_marketing")
