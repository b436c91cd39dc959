"""XFER-2: standard contractual clauses are the most recent ones."""

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
    """A transfer rests on the clauses only where nothing else protects it."""
    has = event.safeguards.list.contains
    elsewise = (
        registers.recipient_in_eea
        | registers.recipient_adequate
        | (registers.recipient_adequate_dpf & has("dpf"))
        | has("bcr")
    )
    leaving = (event.exporter_country.is_null() | (event.exporter_country != "ZA")) & registers.exporter_in_eea
    rests = leaving & registers.recipient_scc.fill_null(False)
    return Rule(applies=rests & ~elsewise, holds=registers.recipient_scc_recent)
