"""SCOPE-1: work for a customer rests on a processing agreement with that customer."""

from expectations.conditions import Condition, Registers
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING


@clause(
    "SCOPE-1",
    section="1",
    on=PROCESSING,
    severity=Severity.HIGH,
    law=("GDPR 28(3)", "POPIA 20-21"),
    roles=("processor",),
    promise="We handle a customer's data only under a processing agreement with that customer.",
    breach="A customer's data were handled without a processing agreement in force.",
    remedy="Stop the work for this customer until the agreement is signed, and record it.",
)
def processing_agreement(registers: Registers) -> Condition:
    return registers.customer_bound
