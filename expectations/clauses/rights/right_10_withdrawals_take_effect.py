"""RIGHT-10: consent can be withdrawn at any time; a request to withdraw it takes effect."""

from dataclasses import dataclass
from typing import Annotated

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation
from expectations.readings import Limits


@dataclass(frozen=True)
class Readings:
    """The text says "whenever": how long it may take to enter it."""

    withdrawal_delay: Annotated[Duration, Limits(most="1 month", why="GDPR 7(3)")] = parse_duration("24h")


@obligation(
    "RIGHT-10",
    section="2, 5",
    on="rights.request_received",
    opens="requested",
    severity=Severity.HIGH,
    law=("GDPR 7(3)", "POPIA 11(2)(b)"),
    promise="Whoever takes consent back is heard within a day.",
    breach="Somebody took their consent back, and it was not entered in time.",
    remedy="Enter the withdrawal now, and stop what rests on the consent.",
    readings=Readings(),
)
def withdrawals_take_effect(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.word not in ("withdraw_consent", None):
        return None
    clock = Clock("promise", opener.time, reading.withdrawal_delay.after(opener.time))
    withdrawn = known.first(known.of("withdrew", "unsubscribed", "retention_withdrew"), opener.time)
    return Course((clock,), met_at=withdrawn, undecided=() if opener.word else ("right",))
