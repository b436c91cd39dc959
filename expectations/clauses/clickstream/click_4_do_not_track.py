"""CLICK-4: a browser that asks not to be followed is not."""

from dataclasses import dataclass

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """The text speaks of Do Not Track; Global Privacy Control is its successor."""

    honour_gpc: bool = True


@clause(
    "CLICK-4",
    section="8",
    on="website.page_viewed",
    severity=Severity.HIGH,
    law=("policy's own promise",),
    promise="Visitors whose browser asks not to be followed are left out of our statistics.",
    breach="A visit was kept for analysis although the browser had asked not to be followed.",
    remedy="Check the signal before a visit is kept, and erase this one.",
    readings=Readings(),
)
def do_not_track(event: Event, reading: Readings) -> Condition:
    asked = event.dnt
    if reading.honour_gpc:
        asked |= event.gpc
    return ~(event.tracked & asked)
