"""SEC-1: nobody looks at data without leave."""

from dataclasses import dataclass

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """Whether access needs more than a password."""

    require_mfa: bool = False


@clause(
    "SEC-1",
    section="6",
    on=("crm.record_accessed", "recruitment.data_accessed", "crm.record_exported", "cctv.viewed"),
    severity=Severity.CRITICAL,
    law=("GDPR 32", "POPIA 19"),
    roles=("controller", "processor"),
    promise="Only people who are allowed to see data see them.",
    breach="Data were seen or taken by someone who was not allowed to.",
    remedy="Withdraw the access, find out what was seen, and assess it as an incident.",
    readings=Readings(),
)
def authorised_access(event: Event, reading: Readings) -> Condition:
    holds = event.authorised
    if reading.require_mfa:
        holds &= event.multi_factor
    return holds
