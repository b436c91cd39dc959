"""RIGHT-11: no machine alone decides what weighs heavily on someone."""

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING

# What is done with applications is REC-4's, whose decisions are significant by their kind.
ELSEWHERE = frozenset(each for each in PROCESSING if not each.startswith("recruitment."))


@clause(
    "RIGHT-11",
    section="5",
    on=ELSEWHERE,
    severity=Severity.CRITICAL,
    law=("GDPR 22", "POPIA 71"),
    promise="No machine alone decides on what weighs heavily on someone.",
    breach="A machine alone decided on something that weighs heavily on the person.",
    remedy="Have a person decide anew, tell the person, and put the review before the decision.",
)
def no_machine_decides(event: Event) -> Condition:
    return ~(event.automated & event.significant & ~event.human_review)
