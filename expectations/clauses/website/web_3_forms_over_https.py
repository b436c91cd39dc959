"""WEB-3: the form uses a secure connection."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@clause(
    "WEB-3",
    section="6",
    on="website.form_submitted",
    severity=Severity.HIGH,
    law=("GDPR 32", "POPIA 19"),
    promise="What people enter in our forms travels over a secure connection.",
    breach="A form was sent over a connection without encryption.",
    remedy="Redirect the form to https and refuse plain http.",
)
def forms_over_https(event: Event) -> Condition:
    return event.transport == "https"
