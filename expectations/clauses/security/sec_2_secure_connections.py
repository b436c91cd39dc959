"""SEC-2: connections are secure."""

from expectations.conditions import Event, Rule
from expectations.model import Severity, clause


@clause(
    "SEC-2",
    section="6",
    on="*",
    severity=Severity.HIGH,
    law=("GDPR 32", "POPIA 19"),
    roles=("controller", "processor"),
    promise="Personal data travel over secure connections only.",
    breach="Personal data travelled over a connection without encryption.",
    remedy="Close the plain connection and move the system to https.",
)
def secure_connections(event: Event) -> Rule:
    """Our own forms are WEB-3's; an event that does not say how it travelled says nothing."""
    own_form = (event.type == "website.form_submitted") & (event.role == "controller")
    return Rule(
        applies=event.transport.is_not_null() & ~own_form & ~event.personal_envelope, holds=event.transport == "https"
    )
