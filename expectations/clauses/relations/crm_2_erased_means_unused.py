"""CRM-2: after its erasure a record of the CRM is neither processed nor looked at."""

from expectations.conditions import Condition, Event, Rule, Subject
from expectations.model import Severity, clause


@clause(
    "CRM-2",
    section="2",
    # Enquiries are excepted: the person came back. So is a new relation, which begins a new record.
    on=("crm.record_changed", "crm.invoiced", "crm.contacted", "crm.record_accessed", "crm.record_exported"),
    severity=Severity.HIGH,
    law=("GDPR 17",),
    promise="What was erased from our customer records is used no more.",
    breach="A record was used or looked at after it had been erased, so it was still there.",
    remedy="Erase what is left of the record, find the copy that it came from, and tell who received it.",
)
def erased_means_unused(event: Event, subject: Subject) -> Rule:
    erased = subject.erased_at("crm")
    began_anew = (subject.related_at > erased).fill_null(False)
    holds: Condition = erased.is_null() | began_anew
    return Rule(applies=event.subject.is_not_null(), holds=holds)
