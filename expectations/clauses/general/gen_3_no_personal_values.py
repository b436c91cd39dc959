"""GEN-3: no personal values in the audit's events."""

from expectations.conditions import Condition, Event, none_left
from expectations.model import Severity, clause
from expectations.vocabulary import TYPES


@clause(
    "GEN-3",
    section="2, 6",
    on=frozenset(TYPES) | {"*"},
    severity=Severity.CRITICAL,
    law=("GDPR 5(1)(c,f), 32",),
    roles=("controller", "processor"),
    promise="What our systems report about their work names kinds of data, never anyone's data.",
    breach="A system sent a personal value where only categories and pseudonyms belong.",
    remedy="Mend the sending system's mapping; the value itself was neither kept nor shown here.",
)
def no_personal_values(event: Event) -> Condition:
    return none_left(event.personal)
