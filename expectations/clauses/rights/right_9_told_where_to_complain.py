"""RIGHT-9: people are told where to complain."""

import polars as pl

from expectations.conditions import Event, Registers, Rule
from expectations.model import Severity, clause


@clause(
    "RIGHT-9",
    section="5",
    on="complaint.received",
    severity=Severity.MEDIUM,
    law=("GDPR 77", "POPIA 74"),
    promise="Whoever complains is told which authority to turn to.",
    breach="Somebody who complained was not pointed to the authority of their country.",
    remedy="Tell them now: the data protection authority in the EEA, the Information Regulator in South Africa.",
)
def told_where_to_complain(event: Event, registers: Registers) -> Rule:
    authorities = registers.complaints_to  # by the person's jurisdiction; elsewhere we know of none
    named = (
        pl.when(event.channel_offered.is_null()).then(None).otherwise(authorities.list.contains(event.channel_offered))
    )
    return Rule(applies=authorities.is_not_null(), holds=named)
