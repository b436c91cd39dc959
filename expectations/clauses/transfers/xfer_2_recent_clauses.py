"""XFER-2: standard contractual clauses are the most recent ones."""

from expectations.clauses.transfers.xfer_1_adequate_protection import protected_otherwise
from expectations.conditions import Event, Registers, Rule
from expectations.model import Severity, clause


@clause(
    "XFER-2",
    section="3",
    on="data.disclosed",
    severity=Severity.HIGH,
    law=("Decision (EU) 2021/914, art. 4",),
    roles=("controller", "processor"),
    promise="Transfers that rest on standard contractual clauses rest on the most recent ones.",
    breach="A transfer rested on standard contractual clauses that are out of date.",
    remedy="Sign the current clauses with the recipient; suspend the transfer until then.",
)
def recent_clauses(event: Event, registers: Registers) -> Rule:
    """A transfer from the EEA rests on the clauses only where nothing else protects it."""
    rests = registers.exporter_in_eea & registers.recipient_scc.fill_null(False)
    return Rule(applies=rests & ~protected_otherwise(event, registers), holds=registers.recipient_scc_recent)
