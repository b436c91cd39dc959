"""NEWS-2: each newsletter carries an unsubscribe button."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@clause(
    "NEWS-2",
    section="2",
    on="newsletter.sent",
    severity=Severity.HIGH,
    law=("Tw 11.7(4)", "POPIA 69(4)"),
    promise="Each newsletter has a button to unsubscribe.",
    breach="A newsletter went out without a way to unsubscribe.",
    remedy="Put the link back into the template and refuse to send without it.",
)
def unsubscribe_link(event: Event) -> Condition:
    return event.unsubscribe_link
