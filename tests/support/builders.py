"""Builds events that break nothing: what a scenario does not say comes from here.

One default per type, chosen by reading the policy's text, not the engine's tables: categories, bases and
purposes that the activity names, secure transport, a person in the loop, a law as ground of a disclosure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

CONTACT = {
    "purpose": "request_handling",
    "legal_basis": "legitimate_interest",
    "data_categories": ["name", "email_address", "request_content"],
}
RELATIONS = {
    "purpose": "record_keeping",
    "legal_basis": "contract",
    "data_categories": ["name", "email_address"],
}
NEWSLETTER = {
    "purpose": "newsletter",
    "legal_basis": "consent",
    "data_categories": ["name", "email_address"],
}
RECRUITMENT = {
    "purpose": "recruitment",
    "legal_basis": "legitimate_interest",
    "data_categories": ["name", "cv"],
    "application": "a-1",
}
CLICKSTREAM = {
    "purpose": "website_security",
    "legal_basis": "legitimate_interest",
    "data_categories": ["pages_visited", "visit_time"],
}
CAMERA = {
    "purpose": "public_safety",
    "legal_basis": "legitimate_interest",
    "data_categories": ["image"],
    "camera": "cam-1",
}

# Types without a subject of their own.
NOBODY = frozenset(
    (
        "website.clickstream_published",
        "breach.detected",
        "breach.team_assigned",
        "breach.authority_notified",
        "breach.subjects_notified",
        "breach.controller_notified",
        "agreement.signed",
        "agreement.ended",
        "policy.amended",
        "cctv.recorded",
        "cctv.viewed",
        "cctv.recording_erased",
        "security.control_reported",
        "attestation.given",
        "attestation.ended",
        "snapshot.signed_off",
    )
)

DEFAULTS: dict[str, dict[str, Any]] = {
    "website.page_viewed": {
        **CLICKSTREAM,
        "ip": "truncated",
        "identifiable": False,
        "dnt": False,
        "gpc": False,
        "tracked": False,
        "cookies": [],
    },
    "website.consent_given": {"purposes": ["statistics"], "prechecked": False, "method": "banner"},
    "website.consent_withdrawn": {"purposes": ["statistics"], "method": "banner"},
    "website.form_submitted": {**CONTACT, "request": "r-1", "form": "contact", "transport": "https"},
    "website.request_fulfilled": {"request": "r-1"},
    "website.contact_erased": {"request": "r-1"},
    "website.clickstream_published": {
        "aggregated": True,
        "group_size_min": 50,
        "data_categories": ["pages_visited"],
    },
    "crm.relation_started": {**RELATIONS, "relation": "customer"},
    "crm.relation_ended": {"relation": "customer"},
    "crm.record_changed": RELATIONS,
    "crm.invoiced": {**RELATIONS, "purpose": "invoicing", "data_categories": ["name", "financial"]},
    "crm.contacted": {**RELATIONS, "purpose": "service_communication", "channel": "call"},
    "crm.enquiry_received": {**CONTACT, "request": "r-1", "channel": "call"},
    "crm.enquiry_fulfilled": {"request": "r-1", "channel": "call"},
    "crm.enquiry_erased": {"request": "r-1", "channel": "call"},
    "crm.record_accessed": {"authorised": True, "multi_factor": True, "transport": "https"},
    "crm.record_exported": {"records": 10, "encrypted": True, "authorised": True},
    "crm.hold_placed": {"reason": "dispute"},
    "crm.hold_lifted": {"reason": "dispute"},
    "crm.record_erased": {},
    "newsletter.subscribed": {**NEWSLETTER, "double_opt_in": True, "prechecked": False},
    "newsletter.sent": {
        **NEWSLETTER,
        "campaign": "c-1",
        "unsubscribe_link": True,
        "topic": "own_services",
        "similar_services": True,
    },
    "newsletter.unsubscribed": {"campaign": "c-1", "method": "link"},
    "newsletter.address_removed": {"reason": "unsubscribed"},
    "newsletter.bounced": {"permanent": False},
    "newsletter.subscriber_erased": {},
    "recruitment.application_received": {**RECRUITMENT, "vacancy": "v-1"},
    "recruitment.application_assessed": {
        **RECRUITMENT,
        "decision": "reject",
        "automated": False,
        "human_review": True,
    },
    "recruitment.applicant_contacted": {**RECRUITMENT, "channel": "email"},
    "recruitment.procedure_ended": {"application": "a-1", "outcome": "rejected"},
    "recruitment.retention_consent_given": {"application": "a-1"},
    "recruitment.retention_consent_withdrawn": {"application": "a-1"},
    "recruitment.data_accessed": {"application": "a-1", "authorised": True},
    "recruitment.applicant_erased": {"application": "a-1"},
    "consent.given": {"purposes": ["newsletter"], "prechecked": False, "method": "form"},
    "consent.withdrawn": {"purposes": ["newsletter"], "method": "form"},
    "data.processed": {
        "purpose": "service_improvement",
        "legal_basis": "legitimate_interest",
        "data_categories": ["name"],
    },
    "data.disclosed": {
        "purpose": "record_keeping",
        "legal_basis": "legal_obligation",
        "data_categories": ["name"],
        "recipient": "p-1",
        "recipient_country": "NL",
        "ground": "legal_obligation",
        "sold": False,
    },
    "data.erased": {"scope": "*", "request": "r-1"},
    "data.rectified": {"scope": "*", "request": "r-1"},
    "data.restricted": {"scope": "*", "request": "r-1"},
    "data.unrestricted": {"scope": "*", "request": "r-1"},
    "rights.request_received": {"request": "r-1", "right": "access"},
    "rights.identity_requested": {"request": "r-1", "proof": "account_login"},
    "rights.request_extended": {"request": "r-1", "subject_informed": True},
    "rights.request_answered": {"request": "r-1", "outcome": "granted", "format": "electronic_common"},
    "rights.request_forwarded": {"request": "r-1", "controller": "k-1"},
    "rights.objection_decided": {"request": "r-1", "upheld": False},
    "rights.copies_provided": {"request": "r-1"},
    "rights.fee_charged": {"request": "r-1", "amount": 0},
    "breach.detected": {"incident": "i-1", "subjects_affected": 0, "risk": "unlikely"},
    "breach.team_assigned": {"incident": "i-1"},
    "breach.authority_notified": {"incident": "i-1", "authority": "AP"},
    "breach.subjects_notified": {"incident": "i-1"},
    "breach.controller_notified": {"incident": "i-1"},
    "agreement.signed": {"agreement": "g-1", "party": "p-1", "kind": "processing"},
    "agreement.ended": {"agreement": "g-1"},
    "transfer.information_requested": {"request": "r-1", "party": "p-1"},
    "transfer.copy_provided": {"request": "r-1", "party": "p-1"},
    "policy.amended": {"version": "v-1", "affects_existing": False},
    "policy.notified": {"version": "v-1", "channel": "email"},
    "cctv.recorded": CAMERA,
    "cctv.viewed": {**CAMERA, "authorised": True},
    "cctv.recording_erased": {"camera": "cam-1"},
    "security.control_reported": {"control": "firewall", "state": "ok"},
    "complaint.received": {"channel_offered": "AP"},
}

ATTRIBUTES = ("id", "source", "subject", "time", "type", "specversion", "datacontenttype", "dataschema")
SYSTEMS = ("crm", "newsletter", "recruitment", "website")


def event(said: Mapping[str, Any], id: str = "e-1", *, alone: bool = False) -> dict[str, Any]:
    """A whole CloudEvent from what is said, attributes and data side by side; the rest is compliant.

    `alone`: the data are what is said, and nothing else.
    """
    name = said["type"]
    first = str(name).partition(".")[0]
    found: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": f"/{first}" if first in SYSTEMS else "/crm" if first in ("data", "consent") else "/compliance",
        "type": name,
        "time": said["time"],
        "datacontenttype": "application/json",
    }
    if name not in NOBODY:
        found["subject"] = "s-1"
    found |= {key: said[key] for key in ATTRIBUTES if key in said}
    data = {} if alone else dict(DEFAULTS.get(str(name), {}))
    if name == "newsletter.subscribed" and not alone:
        data["signed_up_at"] = said["time"]
    if name == "agreement.signed" and not alone:
        data["valid_from"] = said["time"]
    data |= {key: value for key, value in said.items() if key not in ATTRIBUTES}
    return {**{key: value for key, value in found.items() if value is not None}, "data": data}


def beside(judged: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a scenario need not say of a judged event: the agreement with a customer stands, a request is dealt with.

    Ids are of this shape and time is the event's own; a scenario that says something of the kind says it whole.
    """
    data, at = judged["data"], judged["time"]
    found: list[dict[str, Any]] = []
    if data.get("role") == "processor":
        found.append({"type": "agreement.signed", "time": "2018-05-25T00:00:00Z", "agreement": data.get("agreement")})
    for asked, fulfilled, erased in _ENQUIRIES:
        if judged["type"] == asked:
            found += [{"type": each, "time": at, "request": data.get("request")} for each in (fulfilled, erased)]
        if judged["type"] == fulfilled:
            found.append({"type": erased, "time": at, "request": data.get("request")})
    if judged["type"] == "rights.request_received" and data.get("role") == "processor":
        found.append({"type": "rights.request_forwarded", "time": at, "request": data.get("request")})
    return found


_ENQUIRIES = (
    ("website.form_submitted", "website.request_fulfilled", "website.contact_erased"),
    ("crm.enquiry_received", "crm.enquiry_fulfilled", "crm.enquiry_erased"),
)


def line(found: Mapping[str, Any]) -> bytes:
    """The event as one line of JSON, UTF-8."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
