"""CCTV-1: cameras serve crime prevention, quality control and public safety."""

from expectations.conditions import Activity, Event, Rule
from expectations.model import Severity, clause


@clause(
    "CCTV-1",
    section="9",
    on=("cctv.recorded", "cctv.viewed"),
    severity=Severity.HIGH,
    law=("GDPR 5(1)(b)", "POPIA 13, 15"),
    promise="Cameras serve to prevent crime, to control quality and to keep people safe, nothing else.",
    breach="A camera or its recordings were used for something else.",
    remedy="Stop this use, and erase what was made for it.",
)
def purposes(event: Event, activity: Activity) -> Rule:
    # A recording without a purpose is GEN-2's; a look at one is no processing that GEN-2 judges.
    unnamed = (event.type == "cctv.recorded") & event.purpose.is_null()
    return Rule(applies=~unnamed, holds=event.purpose.is_in(activity.purposes))
