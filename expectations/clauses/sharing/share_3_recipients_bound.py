"""SHARE-3: every processor or third party is bound by an agreement or to secrecy."""

from expectations.conditions import Condition, Event, Registers
from expectations.model import Severity, clause


@clause(
    "SHARE-3",
    section="3",
    on="data.disclosed",
    severity=Severity.HIGH,
    law=("GDPR 28(3), 28(4)", "POPIA 21"),
    roles=("controller", "processor"),
    yields_to=("SCOPE-3",),
    promise="Whoever receives data from us is bound by an agreement or to secrecy.",
    breach="Data went to a party that no agreement and no oath of secrecy binds.",
    remedy="Have the data returned or erased, or sign an agreement before anything else is shared.",
)
def recipients_bound(event: Event, registers: Registers) -> Condition:
    return (event.ground == "legal_obligation") | registers.recipient_committed
