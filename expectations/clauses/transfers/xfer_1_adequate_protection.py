"""XFER-1: data leave the EEA only with adequate protection."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from expectations.conditions import Condition, Event, Registers, Rule, Subject
from expectations.model import Severity, clause
from expectations.regimes import POPIA


@dataclass(frozen=True)
class Readings:
    """A derogation (GDPR 49) is for occasional transfers; whether it suffices alone. POPIA's adequate countries."""

    derogation_suffices: bool = False
    popia_adequate: tuple[str, ...] = ("EEA",)  # countries, or EEA for all of it

    def contradictions(self) -> Iterator[tuple[str, str, str]]:
        """Words that are no country's."""
        for word in self.popia_adequate:
            if not re.fullmatch("EEA|[A-Z]{2}", word):
                yield "popia_adequate", f'"{word}" is no country', "write two capitals (ISO 3166-1), or EEA"


@clause(
    "XFER-1",
    section="3",
    on="data.disclosed",
    severity=Severity.CRITICAL,
    law=("GDPR 44-49", "POPIA 72"),
    roles=("controller", "processor"),
    promise="Data leave the EEA only where they are protected as well as inside it.",
    breach="Data went to a country without adequate protection, and nothing else protected them.",
    remedy="Stop the transfer; sign standard contractual clauses or choose a recipient inside the EEA.",
    readings=Readings(),
)
def adequate_protection(event: Event, subject: Subject, registers: Registers, reading: Readings) -> Rule:
    protected = protected_otherwise(event, registers) | registers.recipient_scc
    if reading.derogation_suffices:
        protected |= event.safeguards.list.contains("derogation")
    named = [country for country in reading.popia_adequate if country != "EEA"]
    home = (event.recipient_country == POPIA.country) | event.recipient_country.is_in(named)
    if "EEA" in reading.popia_adequate:
        home |= registers.recipient_in_eea
    from_africa = event.exporter_country == POPIA.country
    popia = home | registers.recipient_bound | subject.consents_to_this()
    return Rule(
        applies=from_africa | registers.exporter_in_eea,
        holds=pl.when(from_africa).then(popia).otherwise(protected),
    )


def protected_otherwise(event: Event, registers: Registers) -> Condition:
    """Something else than standard contractual clauses protects the data where they go (GDPR 45, 47)."""
    has = event.safeguards.list.contains
    return (
        registers.recipient_in_eea
        | registers.recipient_adequate
        | (registers.recipient_adequate_dpf & has("dpf"))
        | has("bcr")
    )
