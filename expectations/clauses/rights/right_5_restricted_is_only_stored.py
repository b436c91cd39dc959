"""RIGHT-5: restricted data is only stored."""

from expectations.conditions import Event, Rule, Subject
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING


@clause(
    "RIGHT-5",
    section="5",
    on=PROCESSING,
    severity=Severity.HIGH,
    law=("GDPR 18", "POPIA 14(6,7)"),
    promise="Data whose use is restricted are stored, and not used.",
    breach="Data were used while their use was restricted.",
    remedy="Stop the use, mark the restriction in this system, and undo what came of it.",
)
def restricted_is_only_stored(event: Event, subject: Subject) -> Rule:
    # An objection that was upheld speaks alone, whatever else is in force: RIGHT-4.
    restricted = subject.restricted() & ~subject.objection_upheld()
    return Rule(applies=restricted, holds=event.legal_basis == "legal_obligation")
