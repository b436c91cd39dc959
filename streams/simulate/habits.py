"""What people and clerks do all day, rightly: each gives (type, source, data) of one event.

The data are fresh dicts, so that `trouble.py` can spoil a single field of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streams.simulate.life import Person

Event = tuple[str, str, dict[str, Any]]

CLICKS = (
    ["ip_address", "pages_visited", "visit_time"],
    ["pages_visited", "links_clicked", "visit_time", "referrer"],
    ["pages_visited", "browser", "operating_system", "search_terms"],
)
ADDRESS = ["name", "email_address", "telephone_number"]
CRM = (["name", "email_address"], ["name", "postal_address", "job"], ADDRESS)


def page_viewed(person: Person) -> Event:
    """A page; what is set and kept follows the choices in the banner and of the browser."""
    draw = person.random.random()
    statistics = "statistics" in person.consents
    tracked = not person.private and draw < 0.7
    cookies = [{"name": "session", "kind": "necessary", "personal": True}]
    if statistics:
        cookies.append({"name": "visits", "kind": "statistics", "personal": True})
    elif tracked:
        cookies.append({"name": "count", "kind": "statistics", "personal": False})
    if "marketing" in person.consents:
        cookies.append({"name": "campaign", "kind": "marketing", "personal": True})
    return (
        "website.page_viewed",
        "/website",
        {
            "ip": "full" if statistics and draw < 0.4 else "truncated",
            "identifiable": statistics and draw < 0.3,
            "dnt": person.private == "dnt",
            "gpc": person.private == "gpc",
            "tracked": tracked,
            "cookies": cookies,
            "purpose": "website_optimisation" if tracked else "website_security",
            "legal_basis": "consent" if tracked and statistics else "legitimate_interest",
            "data_categories": CLICKS[int(draw * 2.99)],
        },
    )


def form_submitted(person: Person) -> Event:
    """The contact form."""
    person.asked += 1
    data: dict[str, Any] = {
        "request": f"form-{person.name}-{person.asked}",
        "form": person.random.choice(("contact", "quotation", "callback")),
        "transport": "https",
        "purpose": "request_handling",
        "legal_basis": "legitimate_interest",
        "data_categories": [*ADDRESS, "request_content"],
    }
    if person.random.random() < 0.1:  # told unasked
        data["data_categories"].append("marital_status")
        data["other_categories"] = ["marital_status"]
    return "website.form_submitted", "/website", data


def enquiry_received(person: Person) -> Event:
    """A question by telephone or mail."""
    person.asked += 1
    return (
        "crm.enquiry_received",
        person.crm,
        {
            "request": f"enquiry-{person.name}-{person.asked}",
            "channel": person.random.choice(("call", "email", "post")),
            "purpose": "request_handling",
            "legal_basis": "legitimate_interest",
            "data_categories": [*ADDRESS, "request_content"],
        },
    )


def record_changed(person: Person) -> Event:
    """A customer's record."""
    return (
        "crm.record_changed",
        person.crm,
        {
            "actor": person.clerk(),
            "purpose": "record_keeping",
            "legal_basis": "contract",
            "data_categories": list(person.random.choice(CRM)),
        },
    )


def invoiced(person: Person) -> Event:
    """An invoice; the tax law demands it, so an objection does not stop it."""
    return (
        "crm.invoiced",
        person.crm,
        {
            "purpose": "invoicing",
            "legal_basis": "legal_obligation",
            "data_categories": ["name", "postal_address", "financial"],
        },
    )


def contacted(person: Person) -> Event:
    """A call or a message to somebody with a relation."""
    return (
        "crm.contacted",
        person.crm,
        {
            "channel": person.random.choice(("call", "email")),
            "actor": person.clerk(),
            "purpose": "service_communication",
            "legal_basis": "contract",
            "data_categories": list(ADDRESS),
        },
    )


def record_accessed(person: Person) -> Event:
    """A clerk looks at a record."""
    data = {"authorised": True, "multi_factor": True, "transport": "https", "actor": person.clerk()}
    return "crm.record_accessed", person.crm, data


def record_exported(person: Person) -> Event:
    """A clerk takes a record out."""
    data = {"records": 1, "encrypted": True, "authorised": True, "actor": person.clerk()}
    return "crm.record_exported", person.crm, data


def data_processed(person: Person) -> Event:
    """Processing that no other type names."""
    return (
        "data.processed",
        person.random.choice(("/crm/eu-1", "/compliance", "/website")),
        {
            "purpose": "service_improvement",
            "legal_basis": "legitimate_interest",
            "data_categories": ["preferences", "job"],
        },
    )


def processed_for_customer(person: Person) -> Event:
    """Processing as the processor of a customer."""
    partner = person.world.partners["care-fr"]
    return (
        "data.processed",
        "/crm/eu-1",
        {
            "role": "processor",
            "agreement": partner.agreement,
            "controller": partner.name,
            "purpose": "record_keeping",
            "legal_basis": "contract",
            "data_categories": ["name", "health"],
        },
    )


def data_disclosed(person: Person) -> Event:
    """Data goes to a partner whose agreement is in force, or to the tax authority."""
    random = person.random
    name = random.choice(
        ("cloud-nl", "print-de", "audit-gb", "mail-us", "support-in", "desk-sg", "pay-nl", "ship-be", "tax")
    )
    data: dict[str, Any] = {
        "sold": False,
        "exporter_country": "NL",
        "purpose": "record_keeping",
        "legal_basis": "contract",
        "data_categories": ["name", "postal_address", "financial"],
    }
    if name == "tax":
        data |= {"recipient": "tax-office", "recipient_country": "NL", "ground": "legal_obligation"}
        data["legal_basis"] = "legal_obligation"
    else:
        partner = person.world.partners[name]
        data |= {"recipient": name, "recipient_country": partner.country, "ground": "contract"}
        data["agreement"] = partner.agreement
        if partner.safeguards:
            data["safeguards"] = list(partner.safeguards)
        if name == "print-de" and "third_party_marketing" in person.consents:
            data |= {"ground": "consent", "legal_basis": "consent", "purpose": "third_party_marketing"}
        if name == "cloud-nl" and person.jurisdiction == "ZA":
            data["exporter_country"] = "ZA"
    return "data.disclosed", person.crm, data


def newsletter_sent(person: Person) -> Event:
    """A newsletter to a subscriber, or to a customer about similar services."""
    subscribed = person.news == "in"
    organisation = subscribed and person.random.random() < 0.3
    return (
        "newsletter.sent",
        "/newsletter",
        {
            "campaign": person.campaign(),
            "unsubscribe_link": True,
            "topic": "organisation" if organisation else "own_services",
            "similar_services": not organisation,
            "purpose": "newsletter",
            "legal_basis": "consent" if subscribed else "legitimate_interest",
            "data_categories": ["name", "email_address"],
        },
    )


def newsletter_subscribed(person: Person) -> Event:
    """A sign-up, confirmed by a second mail."""
    return (
        "newsletter.subscribed",
        "/newsletter",
        {
            "signed_up_at": person.before(20_000),
            "double_opt_in": True,
            "prechecked": False,
            "purpose": "newsletter",
            "legal_basis": "consent",
            "data_categories": ["name", "email_address", "preferences"],
        },
    )


def application_assessed(person: Person, decision: str) -> Event:
    """An application is read; a machine may sort it, a person decides."""
    return (
        "recruitment.application_assessed",
        "/recruitment",
        {
            "application": person.application,
            "decision": decision,
            "automated": person.random.random() < 0.4,
            "human_review": True,
            "purpose": "recruitment",
            "legal_basis": "legitimate_interest",
            "data_categories": ["cv", "motivation_letter", "availability"],
        },
    )
