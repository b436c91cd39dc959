"""RIGHT-6: answers come in a commonly used electronic format, or in writing."""

from dataclasses import dataclass

from expectations.conditions import Condition, Event, Request, Rule
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """Whether data to be taken elsewhere may come on paper (GDPR 20: in a machine-readable format)."""

    portability_in_writing: bool = False


@clause(
    "RIGHT-6",
    section="5",
    on="rights.request_answered",
    severity=Severity.MEDIUM,
    law=("GDPR 12(1), 15(3), 20", "POPIA 23"),
    promise="People get their data in a common electronic format, or in writing.",
    breach="Data were handed over in a form that people cannot readily use.",
    remedy="Provide them again in a common electronic format; on paper only to someone who asked to see them.",
    readings=Readings(),
)
def in_a_common_format(event: Event, request: Request, reading: Readings) -> Rule:
    provided = event.outcome.is_in(("granted", "partial"))
    readable: Condition = event.format != "other"
    if not reading.portability_in_writing:
        readable &= ~request.portability | (event.format == "electronic_common")
    return Rule(applies=(request.access | request.portability) & provided, holds=readable)
