"""GEN-4: consent withdrawn, processing that rests on it stops."""

from expectations.conditions import Condition, Event, Rule, Subject
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING


@clause(
    "GEN-4",
    section="2, 5",
    on=PROCESSING,
    severity=Severity.CRITICAL,
    law=("GDPR 7(3)", "POPIA 11(2)(b)"),
    promise="When people withdraw their consent, what rested on it stops.",
    breach="This use rests on a consent that the person had withdrawn by then.",
    remedy="Stop the processing now, and let withdrawals reach this system before it acts.",
    yields_to=("NEWS-4",),
)
def withdrawn_means_stopped(event: Event, subject: Subject) -> Rule:
    mailing = event.type == "newsletter.sent"
    some = subject.withdrawn_at("any").is_not_null()  # nothing withdrawn: an unknown purpose changes nothing
    withdrawn = some & subject.ever_consented_to_this() & ~subject.consents_to_this()
    holds: Condition = ~((event.legal_basis == "consent") & (withdrawn | _mail_withdrawn(subject) & mailing))
    # A disclosure on the ground of consent is SHARE-1's; a mailing without a basis NEWS-3's.
    shared = (event.type == "data.disclosed") & (event.ground == "consent")
    return Rule(applies=~shared & ~(mailing & event.legal_basis.is_null()), holds=holds)


def _mail_withdrawn(subject: Subject) -> Condition:
    """A mailing: the newsletter's withdrawal counts also when no consent was on record."""
    withdrawn, given = subject.withdrawn_at("newsletter"), subject.given_at("newsletter")
    later = (given > withdrawn).fill_null(False) | (subject.subscribed_at > withdrawn).fill_null(False)
    return withdrawn.is_not_null() & ~later
