"""XFER-3: who asks for it gets a copy of the contractual clauses."""

from dataclasses import dataclass

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text sets no term: that of other requests."""

    copy_within: Duration = parse_duration("28d")


@obligation(
    "XFER-3",
    section="3",
    on="transfer.information_requested",
    opens="clauses_requested",
    severity=Severity.MEDIUM,
    law=("GDPR 13(1)(f)",),
    roles=("controller", "processor"),
    promise="Who asks how transfers are protected gets a copy of the clauses.",
    breach="A copy of the clauses was asked for and not given in time.",
    remedy="Send the copy now, with what is confidential left out, and say why it took so long.",
    readings=Readings(),
)
def copy_of_the_clauses(opener: Fact, known: Facts, reading: Readings) -> Course:
    if opener.link is None:
        return Course(undecided=("request",))
    clock = Clock("promise", opener.time, reading.copy_within.after(opener.time))
    return Course((clock,), met_at=known.first(known.linked("clauses_provided", opener.link), opener.time))
