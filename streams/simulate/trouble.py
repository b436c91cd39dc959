"""Ways to break each clause, one at a time.

Each way takes a right event and spoils the one thing that the clause asks, where the person's state allows it
to break that clause and no other; it returns False where it does not. `strike` goes through them in turn, so
that rare ones come as often as common ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from streams.simulate import applications, habits, stories
from streams.simulate.calendar import MINUTE, SECOND, stamp
from streams.simulate.litter import bad_line, litter
from streams.simulate.rights import exercise
from streams.simulate.spoil import broken, form, unsure
from streams.simulate.trouble_office import OFFICE_WAYS

if TYPE_CHECKING:
    from streams.simulate.life import Person

Way = Callable[["Person"], bool]


def strike(person: Person) -> None:
    """Something goes wrong with this person's data."""
    for _ in WAYS:
        person.next_trouble += 1
        way = WAYS[person.next_trouble % len(WAYS)]
        if way(person):
            return


def special_category(person: Person) -> bool:
    if not person.may("service_improvement"):
        return False
    word = person.random.choice(("religion", "health", "political_opinion", "criminal_record"))
    return broken(person, "GEN-1", habits.data_processed(person), data_categories=["job", word])


def excess_category(person: Person) -> bool:
    if person.relation and person.may("record_keeping"):
        categories = ["name", person.random.choice(("gender", "nationality", "creditworthiness"))]
        return broken(person, "GEN-1", habits.record_changed(person), data_categories=categories)
    return form(person, "GEN-1", add="date_of_birth")


def unasked_special(person: Person) -> bool:
    return form(person, "GEN-1", add="health", other_categories=["health"])


def newsletter_category(person: Person) -> bool:
    if not person.mailable():
        return False
    categories = ["email_address", "date_of_birth"]
    return broken(person, "GEN-1", habits.newsletter_sent(person), data_categories=categories)


def wrong_basis(person: Person) -> bool:
    if person.relation and person.may("record_keeping"):
        return broken(person, "GEN-2", habits.record_changed(person), legal_basis="legitimate_interest")
    return form(person, "GEN-2", legal_basis="vital_interest")


def wrong_purpose(person: Person) -> bool:
    return form(person, "GEN-2", purpose=person.random.choice(("profiling", "price_setting")))


def consent_never_given(person: Person) -> bool:
    if not person.may("service_improvement") or "service_improvement" in person.ever:
        return False
    return broken(person, "GEN-2", habits.data_processed(person), legal_basis="consent")


def withdrawn_consent(person: Person) -> bool:
    """Consent is given, withdrawn, and then relied on."""
    purpose = "service_improvement"
    if not person.may(purpose) or purpose in person.consents:
        return False
    stories.give(person, "consent.given", person.crm, [purpose])
    person.plan(20 * SECOND, _withdraw_then, person, purpose)
    return True


def _withdraw_then(person: Person, purpose: str) -> None:
    stories.withdraw(person, purpose)
    person.plan(10 * SECOND, _rely_on_it, person, purpose)


def _rely_on_it(person: Person, purpose: str) -> None:
    if person.may(purpose) and purpose not in person.consents:
        broken(person, "GEN-4", habits.data_processed(person), legal_basis="consent")


def withdrawn_statistics(person: Person) -> bool:
    given = "statistics" in person.ever and "statistics" not in person.consents
    if not given or not person.may("website_optimisation"):
        return False
    event = habits.page_viewed(person)
    return broken(person, "GEN-4", event, legal_basis="consent", purpose="website_optimisation")


def withdrawn_newsletter(person: Person) -> bool:
    """The reader withdraws consent and is mailed on the strength of it."""
    if person.news != "in" or not person.may("newsletter"):
        return False
    stories.withdraw(person, "newsletter")
    person.plan(MINUTE, _mail_withdrawn, person)
    return True


def _mail_withdrawn(person: Person) -> None:
    if person.news == "withdrawn" and person.may("newsletter"):
        broken(person, "GEN-4", habits.newsletter_sent(person), legal_basis="consent")


def personal_cookie(person: Person) -> bool:
    kinds = [kind for kind in ("marketing", "statistics", "preferences") if kind not in person.consents]
    if not kinds or not person.may("website_optimisation") or not person.may("website_security"):
        return False
    kind = person.random.choice(kinds)
    event = habits.page_viewed(person)
    cookies = [*event[2]["cookies"], {"name": "extra", "kind": kind, "personal": True}]
    return broken(person, "WEB-2", event, cookies=cookies)


def ticked_banner(person: Person) -> bool:
    """A banner that was ticked beforehand, and the cookie that relies on it."""
    if "marketing" in person.consents or not person.may("website_optimisation"):
        return False
    data = {"purposes": ["marketing"], "prechecked": True, "method": "banner"}
    person.note("website.consent_given", "/website", **data)
    event = habits.page_viewed(person)
    cookies = [*event[2]["cookies"], {"name": "campaign", "kind": "marketing", "personal": True}]
    return broken(person, "WEB-2", event, cookies=cookies)


def open_form(person: Person) -> bool:
    return form(person, "WEB-3", transport="http")


def _tracked(person: Person, clause: str, **wrong: Any) -> bool:
    if not person.may("website_optimisation") or not person.may("website_security"):
        return False
    event = habits.page_viewed(person)
    return broken(person, clause, event, tracked=True, **wrong)


def full_address(person: Person) -> bool:
    if "statistics" in person.consents or person.private:
        return False
    return _tracked(person, "CLICK-1", ip="full")


def identifiable(person: Person) -> bool:
    if "statistics" in person.consents or person.private:
        return False
    return _tracked(person, "CLICK-1", identifiable=True)


def not_to_track(person: Person) -> bool:
    if not person.private:
        return False
    return _tracked(person, "CLICK-4")


def sign_up_unknown(person: Person) -> bool:
    """The time of the sign-up is missing, or later than the sign-up itself."""
    if person.news not in ("none", "gone", "removed") or not person.may("newsletter"):
        return False
    event = habits.newsletter_subscribed(person)
    later = stamp(person.now + 90 * MINUTE)
    person.news, person.unconfirmed = "in", False
    return broken(person, "NEWS-1", event, signed_up_at=person.random.choice((None, later)))


def no_button(person: Person) -> bool:
    if not person.mailable():
        return False
    return broken(person, "NEWS-2", habits.newsletter_sent(person), unsubscribe_link=False)


def mailed_unasked(person: Person) -> bool:
    """A newsletter to somebody who never asked, or to a customer about something else."""
    if person.news != "none" or person.withdrew_all or not person.may("newsletter"):
        return False
    basis = "legitimate_interest" if person.relation == "customer" else "consent"
    wrong = {"topic": "organisation", "similar_services": False, "legal_basis": basis}
    return broken(person, "NEWS-3", habits.newsletter_sent(person), **wrong)


def ticked_sign_up(person: Person) -> bool:
    """A sign-up that was ticked beforehand is none."""
    if person.news != "none" or person.withdrew_all or not person.may("newsletter"):
        return False
    event = habits.newsletter_subscribed(person)
    event[2]["prechecked"] = True
    person.do(event)
    return mailed_unasked(person)


def mailed_again(person: Person) -> bool:
    if person.news != "in" or not person.may("newsletter"):
        return False
    stories.unsubscribe(person, "kept", mailed=True)
    return True


def reader_not_erased(person: Person) -> bool:
    if person.news != "in":
        return False
    stories.unsubscribe(person, person.random.choice(("late", "never")))
    return True


def decided_by_machine(person: Person) -> bool:
    if person.application is not None or not person.may("recruitment"):
        return False
    applications.apply(person, by_machine=True)
    return True


def disclosed_without_ground(person: Person) -> bool:
    """No ground, or consent that was not given, or an agreement that is not in force."""
    partners, random = person.world.partners, person.random
    way = int(random.random() * 5)
    event = habits.data_disclosed(person)
    data = event[2]
    data |= {"recipient": "pay-nl", "recipient_country": "NL", "exporter_country": "NL", "ground": "contract"}
    data |= {"legal_basis": "contract", "purpose": "record_keeping"}
    data["agreement"] = partners["pay-nl"].agreement
    data.pop("safeguards", None)
    if not person.may("record_keeping"):
        return False
    if way == 0:
        return broken(person, "SHARE-1", event, ground="none")
    if way == 1:
        return broken(person, "SHARE-1", event, ground="consent")
    ended, unknown = f"service-pay-old-{person.world.run}", f"service-lost-{person.world.run}"
    return broken(person, "SHARE-1", event, agreement=(ended, unknown, None)[way - 2])


def sent_abroad(person: Person) -> bool:
    """To a country that nothing protects; from South Africa to somebody who is not bound."""
    if not person.may("record_keeping"):
        return False
    partners, random = person.world.partners, person.random
    event = habits.data_disclosed(person)
    data = event[2]
    data.pop("safeguards", None)
    data |= {"exporter_country": "NL", "legal_basis": "contract", "purpose": "record_keeping"}
    if random.random() < 0.25:
        data |= {"recipient": "registry-us", "recipient_country": "US", "ground": "legal_obligation"}
        data |= {"exporter_country": "ZA", "legal_basis": "legal_obligation"}
        return broken(person, "XFER-1", event, agreement=None)
    name, country = random.choice((("lab-us", "US"), ("lab-us", "IN"), ("desk-sg", "SG"), ("mail-us", "US")))
    data |= {"recipient": name, "recipient_country": country, "ground": "contract"}
    if random.random() < 0.3:
        data["safeguards"] = ["derogation"]
    return broken(person, "XFER-1", event, agreement=partners[name].agreement)


def request_forgotten(person: Person) -> bool:
    if person.asking or person.frozen:
        return False
    right = person.random.choice(("access", "portability", "information"))
    exercise(person, right, person.random.choice(("late", "never")))
    return True


def objection_ignored(person: Person) -> bool:
    if person.asking or person.frozen or person.blocked:
        return False
    exercise(person, "objection", spoil=True)
    return True


def unauthorised(person: Person) -> bool:
    if person.application is not None and person.random.random() < 0.5:
        what = {"application": person.application, "authorised": False}
        return broken(person, "SEC-1", ("recruitment.data_accessed", "/recruitment", what))
    if person.relation is None:
        return False
    if person.random.random() < 0.3:
        return broken(person, "SEC-1", habits.record_exported(person), authorised=False)
    return broken(person, "SEC-1", habits.record_accessed(person), authorised=False)


def silent(person: Person) -> bool:
    """A field that decides is left out: nobody can tell."""
    way = int(person.random.random() * 7)
    business = person.relation is not None and person.may("record_keeping") and not person.blocked
    if way == 0 and person.mailable():
        return unsure(person, "NEWS-2", habits.newsletter_sent(person), "unsubscribe_link")
    if way == 1 and business:
        return unsure(person, "GEN-2", habits.record_changed(person), "legal_basis")
    if way == 2 and business:
        return unsure(person, "GEN-2", habits.record_changed(person), "purpose")
    if way == 3 and business:
        return unsure(person, "GEN-1", habits.record_changed(person), "data_categories")
    if way == 4 and person.relation is not None:
        return unsure(person, "SEC-1", habits.record_accessed(person), "authorised")
    if way == 5 and not person.private and "statistics" not in person.consents:
        if not person.may("website_optimisation") or not person.may("website_security"):
            return False
        event = habits.page_viewed(person)
        event[2]["tracked"] = True
        return unsure(person, "CLICK-1", event, person.random.choice(("ip", "identifiable")))
    if way == 6 and person.private and person.may("website_security"):
        return unsure(person, "CLICK-4", habits.page_viewed(person), "tracked")
    return False


def personal_value(person: Person) -> bool:
    """A value that belongs in no event; the event is right otherwise."""
    if not person.may("service_improvement") and not person.relation:
        return False
    return litter(person)


def no_event(person: Person) -> bool:
    """A line that is no event, or a second content under one id."""
    bad_line(person)
    return True


WAYS: tuple[Way, ...] = (
    special_category,
    wrong_basis,
    personal_value,
    withdrawn_consent,
    personal_cookie,
    open_form,
    full_address,
    not_to_track,
    sign_up_unknown,
    no_button,
    mailed_unasked,
    mailed_again,
    reader_not_erased,
    decided_by_machine,
    disclosed_without_ground,
    sent_abroad,
    request_forgotten,
    objection_ignored,
    unauthorised,
    silent,
    excess_category,
    wrong_purpose,
    identifiable,
    withdrawn_newsletter,
    ticked_banner,
    consent_never_given,
    personal_value,
    unasked_special,
    withdrawn_statistics,
    newsletter_category,
    ticked_sign_up,
    silent,
    sent_abroad,
    no_event,
    not_to_track,
    *OFFICE_WAYS,
)
