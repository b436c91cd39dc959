"""SCOPE-3: subprocessors are bound by a processing agreement too."""

from expectations.conditions import Condition, Event, Registers
from expectations.model import Severity, clause


@clause(
    "SCOPE-3",
    section="1",
    on="data.disclosed",
    severity=Severity.HIGH,
    law=("GDPR 28(2,4)",),
    roles=("processor",),
    promise="Whoever works under us on a customer's data is bound by a processing agreement too.",
    breach="A customer's data went to a party without a processing agreement in force.",
    remedy="Have the data returned or erased, sign the agreement, and tell the customer.",
)
def subprocessors_bound(event: Event, registers: Registers) -> Condition:
    return (event.ground == "legal_obligation") | registers.recipient_processing
