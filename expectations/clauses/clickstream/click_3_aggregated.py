"""CLICK-3: traffic data is aggregated."""

from dataclasses import dataclass
from typing import Annotated

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause
from expectations.readings import Limits


@dataclass(frozen=True)
class Readings:
    """The text does not say how large a group is."""

    k_min: Annotated[int, Limits(least=2)] = 10  # people in the smallest group


@clause(
    "CLICK-3",
    section="8",
    on="website.clickstream_published",
    severity=Severity.MEDIUM,
    law=("GDPR 5(1)(c)",),
    promise="Figures on visits are published in groups, never one by one.",
    breach="Figures on visits were published that are not, or hardly, aggregated.",
    remedy="Withdraw them; publish only figures of groups that are large enough.",
    readings=Readings(),
)
def aggregated(event: Event, reading: Readings) -> Condition:
    return event.aggregated & (event.group_size_min >= reading.k_min)
