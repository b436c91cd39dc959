"""CRM-4: who is contacted about services is a relation, or agreed to it."""

from expectations.conditions import Event, Rule, Subject
from expectations.model import Severity, clause


@clause(
    "CRM-4",
    section="2",
    on="crm.contacted",
    severity=Severity.HIGH,
    law=("GDPR 6(1)(b)", "Tw 11.7", "POPIA 69"),
    promise="We contact only those with whom we have, or are to have, business; others when they agreed.",
    breach="Someone was contacted about our services without being a relation and without having agreed.",
    remedy="Take the person off the list of calls and mails; contact again only on recorded consent.",
)
def contact_within_a_relation(event: Event, subject: Subject) -> Rule:
    # A prospect is a relation too: "to enter into an agreement".
    may = subject.relation_since.is_not_null() | subject.consents_to("service_communication")
    return Rule(applies=event.purpose == "service_communication", holds=may)
