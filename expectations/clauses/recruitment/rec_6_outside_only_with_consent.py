"""REC-6: applicants' data serve another purpose than the procedure only with consent."""

from expectations.conditions import Condition, Event, Rule, Subject
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING


@clause(
    "REC-6",
    section="2",
    on={name for name in PROCESSING if name.startswith("recruitment.")} | {"data.processed"},
    severity=Severity.HIGH,
    law=("GDPR 5(1)(b)",),
    promise="Applicants' data serve the procedure, and anything else only with the applicant's consent.",
    breach="Applicants' data were used for something else, and the applicant had not agreed to it.",
    remedy="Stop this use, or ask the applicant for consent first.",
)
def outside_only_with_consent(event: Event, subject: Subject) -> Rule:
    # A purpose unnamed is GEN-2's to miss; a consent withdrawn on which this rests is GEN-4's.
    outside = (event.system == "recruitment") & (event.purpose != "recruitment").fill_null(False)
    consents = subject.consents_to_this()
    withdrawn = subject.ever_consented_to_this() & ~consents & (event.legal_basis == "consent")
    holds: Condition = consents
    return Rule(applies=outside & ~withdrawn, holds=holds)
