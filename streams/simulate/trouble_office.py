"""Ways to break clauses of the office: relations, files, partners, rights, safety. As in `trouble.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from streams.simulate import applications, habits, stories
from streams.simulate.calendar import HOUR, MINUTE
from streams.simulate.rights import DESK, exercise
from streams.simulate.spoil import broken, spoil, unsure

if TYPE_CHECKING:
    from streams.simulate.life import Person


# The newsletter


def removed_for_no_reason(person: Person) -> bool:
    """An address is taken off the list although it works and nobody asked for it."""
    if person.news != "in":
        return False
    reason = person.random.choice(("inactive", "too_many"))
    if person.random.random() < 0.2:
        person.do(("newsletter.address_removed", "/newsletter", {}), unsure="NEWS-6")
    else:
        person.do(("newsletter.address_removed", "/newsletter", {"reason": reason}), breaks="NEWS-6")
    person.news = "removed"
    return True


def mailed_for_others(person: Person) -> bool:
    """Somebody else's advertisement to a reader who did not agree to any."""
    if person.news != "in" or not person.may("newsletter") or "third_party_marketing" in person.consents:
        return False
    if person.unconfirmed:
        return False
    return broken(person, "NEWS-7", habits.newsletter_sent(person), topic="third_party", similar_services=False)


def mailed_after_erasure(person: Person) -> bool:
    """A letter to, or a ticked sign-up of, somebody whose data were erased."""
    if person.news not in ("gone", "removed", "lost") or not person.may("newsletter"):
        return False
    if person.random.random() < 0.3 and person.news == "removed" and person.never_no():
        return broken(person, "NEWS-8", habits.newsletter_subscribed(person), prechecked=True)
    wrong = {"gone": "NEWS-4 NEWS-8", "removed": "NEWS-8", "lost": "GEN-4 NEWS-8"}[person.news]
    event = habits.newsletter_sent(person)
    return broken(person, wrong, event, legal_basis="consent", topic="organisation", similar_services=False)


# Relations and applicants


def record_of_nobody(person: Person) -> bool:
    """A record is looked at or changed after it was erased; a prospect's is erased for it."""
    if person.relation == "prospect":
        stories.change_relation(person)
        person.plan(MINUTE, record_of_nobody, person)
        return True
    if "crm" not in person.erased or person.relation is not None or not person.may("record_keeping"):
        return False
    way = person.random.choice((habits.record_changed, habits.record_accessed))
    return broken(person, "CRM-2", way(person))


def held_for_no_reason(person: Person) -> bool:
    """A record is held back for a reason that is none."""
    if person.relation is None:
        return False
    if person.random.random() < 0.2:
        person.do(("crm.hold_placed", person.crm, {}), unsure="CRM-3")
        person.plan(4 * HOUR, person.note_later, "crm.hold_lifted", person.crm, {})
        return True
    reason = {"reason": person.random.choice(("marketing", "convenience"))}
    person.do(("crm.hold_placed", person.crm, dict(reason)), breaks="CRM-3")
    person.plan(4 * HOUR, person.note_later, "crm.hold_lifted", person.crm, reason)
    return True


def called_out_of_the_blue(person: Person) -> bool:
    """A sales call to somebody with no relation to the company."""
    if person.relation is not None or "crm" in person.erased or not person.may("service_communication"):
        return False
    return broken(person, "CRM-4", habits.contacted(person))


def file_of_nobody(person: Person) -> bool:
    """An application is looked at after it was erased."""
    if person.wiped is None:
        return False
    what = {"application": person.wiped, "authorised": True}
    return broken(person, "REC-5", ("recruitment.data_accessed", "/recruitment", what))


def file_used_otherwise(person: Person) -> bool:
    """An applicant's data used for something else; of one of several nobody could tell whose file it was."""
    if person.application is None or person.wiped is not None or not person.may("legal_claims"):
        return False
    event = habits.data_processed(person)
    wrong = {"purpose": "legal_claims", "data_categories": ["cv"]}
    return broken(person, "REC-6", (event[0], "/recruitment", event[2]), **wrong)


def file_kept(person: Person) -> bool:
    """An applicant takes the consent to be kept on file back, and is kept."""
    if not person.on_file or person.frozen:
        return False
    application, due = min(person.on_file.items())
    applications.stop_keeping(person, application, due, person.random.choice(("late", "never")))
    return True


# Questions, clicks, safety


def too_many_clicks(person: Person) -> bool:
    """A page keeps what the list does not name."""
    if not person.may("website_optimisation") or not person.may("website_security"):
        return False
    event = habits.page_viewed(person)
    word = person.random.choice(("location", "social_media"))
    return broken(person, "CLICK-2", event, data_categories=[*event[2]["data_categories"], word])


def in_the_open(person: Person) -> bool:
    """A record over a connection that anybody can listen to."""
    if person.relation is not None:
        return broken(person, "SEC-2", habits.record_accessed(person), transport="http")
    if not person.may("website_optimisation") or not person.may("website_security"):
        return False
    return broken(person, "SEC-2", habits.page_viewed(person), transport="http")


def one_factor(person: Person) -> bool:
    """A record by a password alone, which will do unless the policy asks for more."""
    if person.relation is None:
        return False
    person.do(spoil(habits.record_accessed(person), {"multi_factor": False}))
    return True


def export_in_the_open(person: Person) -> bool:
    """An export that is not encrypted."""
    if person.relation is None:
        return False
    return broken(person, "SEC-4", habits.record_exported(person), encrypted=False)


# Partners


def _disclosed(person: Person, name: str, **wrong: Any) -> habits.Event:
    partner = person.world.partners[name]
    kind, source, data = habits.data_disclosed(person)
    data.pop("safeguards", None)
    data |= {"recipient": name, "recipient_country": partner.country, "exporter_country": "NL", "ground": "contract"}
    data |= {"legal_basis": "contract", "purpose": "record_keeping", "agreement": partner.agreement, **wrong}
    return kind, source, data


def sold(person: Person) -> bool:
    """Data are sold to a partner, which nobody agreed to."""
    if not person.may("record_keeping"):
        return False
    if person.random.random() < 0.2:
        return unsure(person, "SHARE-2", _disclosed(person, "pay-nl"), "sold")
    return broken(person, "SHARE-2", _disclosed(person, "pay-nl"), sold=True)


def to_a_stranger(person: Person) -> bool:
    """Data go to somebody whom nothing binds."""
    if not person.may("record_keeping"):
        return False
    return broken(person, "SHARE-3", _disclosed(person, "pay-nl", recipient="stranger-nl"))


def by_old_clauses(person: Person) -> bool:
    """A transfer by standard clauses that no longer serve, or of which nobody wrote down which they are."""
    if not person.may("record_keeping"):
        return False
    if person.random.random() < 0.3:
        return unsure(person, "XFER-2", _disclosed(person, "vague-in"))
    return broken(person, "XFER-2", _disclosed(person, "legacy-in"))


def for_a_customer_without_agreement(person: Person) -> bool:
    """Work for a customer by no agreement, an unknown one, one that ended, or somebody else's."""
    run, random = person.world.run, person.random
    agreement = random.choice((None, f"dpa-lost-{run}", f"dpa-care-old-{run}", f"service-print-{run}", "theirs"))
    event = habits.processed_for_customer(person)
    if agreement == "theirs":
        return broken(person, "SCOPE-1", event, controller="another-customer")
    return broken(person, "SCOPE-1", event, agreement=agreement)


def to_a_loose_subprocessor(person: Person) -> bool:
    """A customer's data go to a helper who is bound by no agreement on processing."""
    partner = person.world.partners["care-fr"]
    name = person.random.choice(("print-de", "stranger-nl"))
    wrong = {"role": "processor", "agreement": partner.agreement, "controller": partner.name}
    where = {"recipient": name, "recipient_country": "DE" if name == "print-de" else "NL"}
    return broken(person, "SCOPE-3", _disclosed(person, "pay-nl", **wrong, **where))


def form_for_a_customer(person: Person) -> bool:
    """A customer's form over a connection that anybody can listen to."""
    partner = person.world.partners["care-fr"]
    wrong = {"role": "processor", "agreement": partner.agreement, "controller": partner.name, "transport": "http"}
    return broken(person, "SEC-2", habits.form_submitted(person), **wrong)


# Rights


def _ask(person: Person, right: str, ending: str = "kept", spoil: bool = False) -> bool:
    if person.asking or person.frozen or (right == "objection" and person.blocked):
        return False
    exercise(person, right, ending, spoil)
    return True


def odd_form(person: Person) -> bool:
    return _ask(person, person.random.choice(("access", "portability")), "odd")


def not_rectified(person: Person) -> bool:
    return _ask(person, "rectification", person.random.choice(("late", "never")))


def not_erased(person: Person) -> bool:
    return _ask(person, "erasure", person.random.choice(("late", "never")))


def applicant_not_erased(person: Person) -> bool:
    return bool(person.files) and _ask(person, "erasure", "never")


def not_passed_on(person: Person) -> bool:
    stories.ask_as_customer(person, person.random.choice(("late", "never")))
    return True


def refused(person: Person) -> bool:
    return _ask(person, "erasure", person.random.choice(("refused", "refused without a reason")))


def restricted_and_used(person: Person) -> bool:
    return not person.blocked and _ask(person, "restriction", spoil=True)


def consent_kept(person: Person) -> bool:
    return _ask(person, "withdraw_consent", person.random.choice(("late", "never")))


def upheld_and_used(person: Person) -> bool:
    return _ask(person, "objection", person.random.choice(("late", "never")))


def made_to_pay(person: Person) -> bool:
    """A fee, or a whole passport, for asking."""
    person.asked += 1
    what: dict[str, Any] = {"request": f"request-{person.name}-{person.asked}"}
    way = person.random.random()
    if way < 0.4:
        return broken(person, "RIGHT-8", ("rights.fee_charged", DESK, what), amount=12.5)
    if way < 0.8:
        return broken(person, "RIGHT-8", ("rights.identity_requested", DESK, what), proof="full_document")
    return unsure(person, "RIGHT-8", ("rights.fee_charged", DESK, what))


def sent_to_the_wrong_desk(person: Person) -> bool:
    """A complaint, and no word of the authority that this person may go to."""
    theirs = "AP" if person.jurisdiction == "ZA" else "information_regulator"
    event = ("complaint.received", DESK, {"jurisdiction": person.jurisdiction})
    if person.random.random() < 0.2:
        return unsure(person, "RIGHT-9", event)
    return broken(person, "RIGHT-9", event, channel_offered=person.random.choice(("none", theirs)))


def machine_decides(person: Person) -> bool:
    """A machine alone decides about something that matters."""
    if not person.may("service_improvement"):
        return False
    wrong = {"automated": True, "significant": True, "human_review": False}
    return broken(person, "RIGHT-11", habits.data_processed(person), **wrong)


OFFICE_WAYS: tuple[Callable[[Person], bool], ...] = (
    removed_for_no_reason,
    mailed_for_others,
    mailed_after_erasure,
    record_of_nobody,
    held_for_no_reason,
    called_out_of_the_blue,
    file_of_nobody,
    file_used_otherwise,
    file_kept,
    too_many_clicks,
    in_the_open,
    one_factor,
    export_in_the_open,
    sold,
    to_a_stranger,
    by_old_clauses,
    for_a_customer_without_agreement,
    to_a_loose_subprocessor,
    form_for_a_customer,
    odd_form,
    not_rectified,
    not_erased,
    applicant_not_erased,
    not_passed_on,
    refused,
    restricted_and_used,
    consent_kept,
    upheld_and_used,
    made_to_pay,
    sent_to_the_wrong_desk,
    machine_decides,
    mailed_after_erasure,
    record_of_nobody,
    file_of_nobody,
)
