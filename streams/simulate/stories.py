"""Longer courses of events: relations, cookies, enquiries, newsletters; applications have a file of their own.

Each story keeps its promises mostly; some come late or are forgotten, which is said to the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate import applications, habits
from streams.simulate.calendar import DAY, HOUR, SECOND, local_days, working_days
from streams.simulate.rights import DESK, exercise

if TYPE_CHECKING:
    from streams.simulate.life import Person

KINDS = ("statistics", "marketing", "preferences")
__all__ = ["become", "choose_cookies", "exercise", "next_story", "subscribe", "unsubscribe"]


def next_story(person: Person) -> None:
    """Something new in a life, as far as the person's state allows it."""
    random = person.random.random
    draw = random()
    if draw < 0.15:
        choose_cookies(person)
    elif draw < 0.3:
        if person.may("request_handling"):
            ask(person)
    elif draw < 0.5:
        if person.news == "in":
            leave_newsletter(person)
        else:
            subscribe(person)
    elif draw < 0.6:
        change_relation(person)
    elif draw < 0.7:
        applications.apply(person)
    elif draw < 0.78:
        exercise(person)
    elif draw < 0.86:
        consent(person)
    elif draw < 0.9:
        if person.relation:
            person.note("crm.hold_placed", person.crm, reason="dispute")
            person.plan(5 * HOUR, person.note_later, "crm.hold_lifted", person.crm, {"reason": "dispute"})
    elif draw < 0.93:
        to = "information_regulator" if person.jurisdiction == "ZA" else "AP"
        data = {"channel_offered": to, "jurisdiction": person.jurisdiction}
        person.note("complaint.received", "/compliance", **data)
    elif draw < 0.96:
        about_transfers(person)
    else:
        ask_as_customer(person)


# Relations, cookies, consent


def become(person: Person, relation: str) -> None:
    """A relation begins."""
    if person.relation is None and person.may("record_keeping"):
        data = {"relation": relation, "purpose": "record_keeping", "legal_basis": "contract"}
        data_categories = ["name", "email_address", "telephone_number"]
        person.note("crm.relation_started", person.crm, **data, data_categories=data_categories)
        person.relation, person.ended = relation, False


def change_relation(person: Person) -> None:
    """A relation begins or ends; an ended prospect's record is erased."""
    if person.relation is None:
        become(person, "customer")
    else:
        person.note("crm.relation_ended", person.crm, relation=person.relation)
        person.ended = True
        if person.relation == "prospect" and not person.enquiries:  # what waits for an answer stays
            person.note("crm.record_erased", person.crm)
        person.relation = None


def choose_cookies(person: Person) -> None:
    """The banner: consent for some kinds, or a withdrawal of one."""
    if "*" in person.blocked:  # a consent now would end the objection
        return
    given = sorted(person.consents.intersection(KINDS))
    if given and person.random.random() < 0.6:
        purpose = given[0]
        person.note("website.consent_withdrawn", "/website", purposes=[purpose], method="banner")
        person.consents.discard(purpose)
        return
    purposes = [kind for kind in KINDS if person.random.random() < 0.6] or ["statistics"]
    give(person, "website.consent_given", "/website", purposes)


def give(person: Person, kind: str, source: str, purposes: list[str]) -> None:
    """Consent, freely given."""
    person.note(kind, source, purposes=purposes, prechecked=False, method="banner")
    person.consents.update(purposes)
    person.ever.update(purposes)


def consent(person: Person) -> None:
    """Consent beyond cookies, or the withdrawal of all of it."""
    if "*" in person.blocked:
        return
    if "third_party_marketing" not in person.consents:
        give(person, "consent.given", person.crm, ["third_party_marketing"])
    elif person.random.random() < 0.5:
        withdraw(person, "third_party_marketing")
    else:
        withdraw(person, "*")


def withdraw(person: Person, purpose: str) -> None:
    """Consent ends, for one purpose or for all."""
    person.note("consent.withdrawn", person.crm, purposes=[purpose], method="mail")
    if purpose == "*":
        person.consents.clear()
        person.withdrew_all = True
    person.consents.discard(purpose)
    if purpose in ("*", "newsletter"):
        person.lose_consent()


# Enquiries and the office


def ask(person: Person) -> None:
    """A question, answered and then erased."""
    by_form = person.random.random() < 0.6
    event = habits.form_submitted(person) if by_form else habits.enquiry_received(person)
    wrong = person.random.random() < 0.1
    ending = person.random.choice(("erased late", "never erased", "never answered")) if wrong else "kept"
    answer_question(person, event, ending)


def answer_question(person: Person, event: habits.Event, ending: str = "kept", **more: Any) -> None:
    """A question (`more`: what is wrong with it): answered within 28 days, erased within a day of the answer."""
    opener = person.do(event, **more)
    request = event[2]["request"]
    person.promise("WEB-4", request, opener, local_days(person.now, 28))
    answered = (2 + 30 * person.random.random()) * HOUR
    if ending == "never answered":
        if person.random.random() < 0.5:  # erased all the same
            person.plan(answered, erase_question, person, event)
        return
    person.plan(answered, fulfil, person, event)
    if ending != "never erased":
        person.plan(answered + (30 if ending == "erased late" else 3) * HOUR, erase_question, person, event)


def fulfil(person: Person, event: habits.Event) -> None:
    """The question is answered: the data of the person who asked have to go."""
    request = event[2]["request"]
    kind = "website.request_fulfilled" if event[1] == "/website" else "crm.enquiry_fulfilled"
    opener = person.note(kind, event[1], request=request)
    person.keep("WEB-4", request)
    person.promise("WEB-1", request, opener, person.now + DAY)


def erase_question(person: Person, event: habits.Event) -> None:
    """The data that came with a question are erased."""
    request = event[2]["request"]
    kind = "website.contact_erased" if event[1] == "/website" else "crm.enquiry_erased"
    person.note(kind, event[1], request=request)
    person.keep("WEB-1", request)
    person.keep("WEB-4", request)


def about_transfers(person: Person) -> None:
    """The person asks for the clauses under which data travel, and mostly gets a copy."""
    person.asked += 1
    request = f"clauses-{person.name}-{person.asked}"
    what = {"request": request, "party": "support-in"}
    opener = person.note("transfer.information_requested", DESK, **what)
    person.promise("XFER-3", request, opener, local_days(person.now, 28))
    if (ending := person.fate()) != "never":
        wait = (30 if ending == "late" else 2) * DAY
        person.plan(wait, done_by_desk, person, "transfer.copy_provided", what, "XFER-3")


def ask_as_customer(person: Person, ending: str = "") -> None:
    """A request about data that we hold for somebody else: mostly passed on the same hour."""
    person.asked += 1
    request = f"passed-{person.name}-{person.asked}"
    opener = person.note("rights.request_received", DESK, request=request, right="access", role="processor")
    person.promise("SCOPE-2", request, opener, working_days(person.now, 2), other=working_days(person.now, 7))
    if (ending := ending or person.fate()) != "never":
        told = {"request": request, "controller": "care-fr"}
        wait = 8 * DAY if ending == "late" else HOUR
        person.plan(wait, done_by_desk, person, "rights.request_forwarded", told, "SCOPE-2")


def done_by_desk(person: Person, kind: str, data: dict[str, Any], clause: str) -> None:
    """The desk does what it owed."""
    person.note(kind, DESK, **data)
    person.keep(clause, data["request"])


# The newsletter


def subscribe(person: Person) -> None:
    """A sign-up; a later one ends what an unsubscription owes."""
    if person.news != "in" and person.may("newsletter"):
        event = habits.newsletter_subscribed(person)
        person.unconfirmed = person.news == "none" and person.random.random() < 0.1
        event[2]["double_opt_in"] = not person.unconfirmed
        person.do(event)
        person.news = "in"
        person.keep("NEWS-5", "news")


def leave_newsletter(person: Person) -> None:
    """A reader stops: by the button, by withdrawing consent, or because the address is dead."""
    draw = person.random.random()
    if draw < 0.75:
        unsubscribe(person, person.fate())
    elif draw < 0.9:
        withdraw(person, "newsletter")
    else:
        person.note("newsletter.bounced", "/newsletter", permanent=True)
        person.note("newsletter.address_removed", "/newsletter", reason="non_functioning")
        person.news = "removed"


def unsubscribe(person: Person, ending: str, mailed: bool = False) -> None:
    """The button; `ending` kept, late or never; `mailed` sends one more letter, which is wrong."""
    how = {"campaign": person.campaign(), "method": "button"}
    opener = person.note("newsletter.unsubscribed", "/newsletter", **how)
    person.news = "out"
    person.promise("NEWS-5", "news", opener, person.now + DAY)
    random = person.random.random
    if mailed:
        person.plan(10 * SECOND + random() * HOUR, mail_again, person)
    if ending == "kept" and not mailed and random() < 0.15:
        person.plan((0.1 + random() * 20) * HOUR, subscribe, person)  # a change of mind
        person.plan(22 * HOUR, wipe_reader, person)
    elif ending != "never":
        person.plan((2 + random() * 18 + (30 if ending == "late" else 0)) * HOUR, wipe_reader, person)


def mail_again(person: Person) -> None:
    """A letter to somebody who had unsubscribed."""
    if person.news == "out" and person.may("newsletter"):
        event = habits.newsletter_sent(person)
        event[2]["legal_basis"] = "consent"
        person.do(event, breaks="NEWS-4")


def wipe_reader(person: Person) -> None:
    """The reader's data are erased, unless they signed up again."""
    if person.news == "out":
        person.note("newsletter.subscriber_erased", "/newsletter")
        person.news = "gone"
        person.keep("NEWS-5", "news")
