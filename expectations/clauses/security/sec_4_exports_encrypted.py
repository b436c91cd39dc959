"""SEC-4: exports are protected."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@clause(
    "SEC-4",
    section="6",
    on="crm.record_exported",
    severity=Severity.HIGH,
    law=("GDPR 32(1)(a)", "POPIA 19"),
    roles=("controller", "processor"),
    promise="Records leave the customer system encrypted or not at all.",
    breach="Records were exported without encryption.",
    remedy="Find the copy and erase it; export again encrypted, and assess whether it is an incident.",
)
def exports_encrypted(event: Event) -> Condition:
    return event.encrypted
