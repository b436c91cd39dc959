"""POPIA-1: for people in South Africa POPIA applies. It annotates findings and is never broken."""

import polars as pl

from expectations.conditions import Event, Rule
from expectations.model import Severity, clause
from expectations.regimes import POPIA


@clause(
    "POPIA-1",
    section="5",
    on="*",
    severity=Severity.LOW,
    law=("POPIA 3", "POPIA 39"),
    promise="For people in South Africa we keep to POPIA, and name its regulator.",
    breach="A person in South Africa was not treated by POPIA.",
    remedy="Treat the matter by POPIA; its regulator is the Information Regulator.",
)
def south_africa(event: Event) -> Rule:
    """Every event about somebody there is seen; what it breaks, other clauses say, with POPIA's references."""
    there = (event.jurisdiction == POPIA.country).fill_null(False) & event.subject.is_not_null()
    return Rule(applies=there & ~event.personal_envelope, holds=pl.lit(True))
