"""NEWS-3: a newsletter rests on consent or on being a customer."""

from dataclasses import dataclass

import polars as pl

from expectations.conditions import Condition, Event, Subject
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """What the text leaves open."""

    require_double_opt_in: bool = False  # count confirmed sign-ups only


@clause(
    "NEWS-3",
    section="2",
    on="newsletter.sent",
    severity=Severity.CRITICAL,
    law=("GDPR 6(1)(a,f)", "Tw 11.7(1,3)", "POPIA 69(3)"),
    promise="Newsletters go to people who asked, and to customers about similar services.",
    breach="This person had not asked, nor could be sent it as a customer.",
    remedy="Take them off the list; send again only on recorded consent.",
    readings=Readings(),
    yields_to=("NEWS-4", "GEN-4"),
)
def consent_or_customer(event: Event, subject: Subject, reading: Readings) -> Condition:
    withdrawn, gone = subject.withdrawn_at("newsletter"), subject.unsubscribed_at
    asked = _stands(subject.given_at("newsletter"), withdrawn, gone)
    if reading.require_double_opt_in:
        asked |= _stands(subject.confirmed_at, withdrawn, gone)
        doubtful = _stands(subject.doubtful_at, withdrawn, gone)
        asked |= pl.when(doubtful).then(None).otherwise(False)
    else:
        asked |= _stands(subject.subscribed_at, withdrawn, gone)
    similar = (event.topic == "own_services") & event.similar_services
    third = event.topic == "third_party"  # to someone who may be mailed: NEWS-7 alone speaks
    return asked | (subject.is_a("customer") & _nothing_withdrawn(subject) & (similar | third))


def _stands(since: Condition, withdrawn: Condition, gone: Condition) -> Condition:
    """Given, and neither withdrawn nor unsubscribed at that instant or since."""
    ended = (withdrawn >= since).fill_null(False) | (gone >= since).fill_null(False)
    return since.is_not_null() & ~ended


def _nothing_withdrawn(subject: Subject) -> Condition:
    """No withdrawal or unsubscription that a later consent or sign-up has not undone."""
    given = pl.max_horizontal(subject.given_at("newsletter"), subject.subscribed_at)
    ended = pl.max_horizontal(subject.withdrawn_at("newsletter"), subject.unsubscribed_at)
    return ended.is_null() | (given > ended).fill_null(False)
