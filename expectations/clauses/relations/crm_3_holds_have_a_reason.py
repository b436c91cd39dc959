"""CRM-3: a record is held back from erasure only for a reason of the policy."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause

REASONS = ("legal_proceedings", "dispute", "tax")


@clause(
    "CRM-3",
    section="2",
    on="crm.hold_placed",
    severity=Severity.LOW,
    law=("GDPR 17(3)(b,e)",),
    promise="A record stays beyond its term only for legal proceedings, a dispute or the tax office.",
    breach="A record is held for a reason that the policy does not know.",
    remedy="Name the reason of the policy that applies, or lift the hold.",
)
def holds_have_a_reason(event: Event) -> Condition:
    return event.reason.is_in(REASONS)
