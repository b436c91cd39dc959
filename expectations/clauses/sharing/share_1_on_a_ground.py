"""SHARE-1: data are shared on a legal or contractual obligation, otherwise on consent."""

import polars as pl

from expectations.conditions import Condition, Event, Registers, Subject
from expectations.model import Severity, clause


@clause(
    "SHARE-1",
    section="3",
    on="data.disclosed",
    severity=Severity.CRITICAL,
    law=("GDPR 6", "POPIA 11, 15"),
    promise="We share data only when law or contract asks for it, or when the person agreed.",
    breach="Data were shared without law, contract in force, or consent behind it.",
    remedy="Stop the disclosure, have the data returned or erased, and assess it as an incident.",
)
def on_a_ground(event: Event, subject: Subject, registers: Registers) -> Condition:
    ground = event.ground
    consent = subject.consents_to_this()
    return (
        pl.when(ground == "legal_obligation")
        .then(True)
        .when(ground == "contract")
        .then(registers.agreement_in_force)
        .when(ground == "consent")
        .then(consent)
        .when(ground == "none")
        .then(False)
        # Ground unknown: any may have been meant, also none.
        .otherwise(None)
    )
