"""Whom Custom Connect shares data with, and the agreements that bind them."""

from __future__ import annotations

from streams.simulate.actor import Partner


def partners(run: str) -> dict[str, Partner]:
    """The partners by name; agreements carry the token of the run."""
    listed = (
        Partner("cloud-nl", "NL", f"dpa-cloud-{run}"),
        Partner("print-de", "DE", f"service-print-{run}"),
        Partner("audit-gb", "GB", f"secrecy-audit-{run}"),
        Partner("mail-us", "US", f"dpa-mail-{run}", ("dpf",)),
        Partner("support-in", "IN", f"scc-support-{run}", ("scc",)),
        Partner("desk-sg", "SG", f"dpa-desk-{run}", ("bcr",)),
        Partner("pay-nl", "NL", f"service-pay-new-{run}"),
        Partner("ship-be", "BE", f"dpa-ship-{run}"),
        Partner("lab-us", "US", f"service-lab-{run}"),  # bound, but nothing protects a transfer to it
        Partner("legacy-in", "IN", f"scc-legacy-{run}", ("scc",)),  # by a set of clauses that no longer serves
        Partner("vague-in", "IN", f"scc-vague-{run}", ("scc",)),  # by a set that nobody wrote down
        Partner("care-fr", "FR", f"dpa-care-{run}"),  # a customer, for whom we are the processor
    )
    return {partner.name: partner for partner in listed}
