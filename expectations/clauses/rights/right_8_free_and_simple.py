"""RIGHT-8: exercising a right is free and needs no excessive proof."""

from dataclasses import dataclass

import polars as pl

from expectations.conditions import Condition, Event
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """The text is silent on proof of identity: the law's measure, which may be left out."""

    refuse_full_document: bool = True


@clause(
    "RIGHT-8",
    section="5",
    on=("rights.fee_charged", "rights.identity_requested"),
    severity=Severity.MEDIUM,
    law=("GDPR 12(5,6), 5(1)(c)", "POPIA 23(1)(a)"),
    promise="Using a right costs nothing, and nobody has to hand over more than it takes to know them.",
    breach="Somebody had to pay, or to show a whole identity document, to use a right.",
    remedy="Pay the fee back, or delete the document; know people by a login, a reply or a masked copy.",
    readings=Readings(),
)
def free_and_simple(event: Event, reading: Readings) -> Condition:
    proven = (event.proof != "full_document") if reading.refuse_full_document else pl.lit(True)
    return pl.when(event.type == "rights.fee_charged").then(event.amount <= 0).otherwise(proven)
