"""The contract's words: systems, topics, event types, fields, and the words that fields may hold.

Names are fixed: source systems and acceptance cases rely on them. A *closed* list refuses other words; every
other word is open: an unknown purpose is simply not one that the policy allows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SYSTEMS = ("crm", "newsletter", "recruitment", "website", "compliance")
TOPICS = {system: f"{system}.events" for system in SYSTEMS}
UNKNOWN_SYSTEM = "unknown"  # an event kept for GEN-3 alone may name no system that we know

PASS, BREACH, NOT_APPLICABLE, INDETERMINATE = "pass", "breach", "not_applicable", "indeterminate"
NO_EVIDENCE = "no_evidence"  # of a clause and period, never of an event
OUTCOMES = (PASS, BREACH, NOT_APPLICABLE, INDETERMINATE)

PURPOSES = frozenset(
    _words(
        "request_handling website_optimisation website_security service_communication invoicing "
        "record_keeping newsletter recruitment crime_prevention quality_control public_safety "
        "service_improvement system_protection legal_claims third_party_marketing"
    )
)
COOKIE_KINDS = ("necessary", "preferences", "statistics", "marketing")
BASES = frozenset(_words("consent contract legal_obligation legitimate_interest vital_interest public_task"))
CATEGORIES = frozenset(
    _words(
        "name email_address telephone_number postal_address financial job request_content preferences cv "
        "motivation_letter availability ip_address search_terms pages_visited links_clicked visit_time "
        "referrer browser operating_system cookie_identifier location image photo identity_number "
        "identity_document date_of_birth gender nationality marital_status health religion ethnicity "
        "political_opinion union_membership sexual_orientation biometric genetic criminal_record "
        "creditworthiness social_media"
    )
)
SPECIAL_CATEGORIES = frozenset(  # GDPR 9, 10 and 87: named by clause GEN-1
    _words(
        "health religion ethnicity political_opinion union_membership sexual_orientation biometric genetic "
        "criminal_record identity_number identity_document"
    )
)
PERSONAL_KINDS = ("email", "iban", "ip", "phone", "za_id", "card", "bsn")  # what GEN-3 looks for


@dataclass(frozen=True)
class Field:
    """One field of an event's `data`.

    `kind`: `text` (open words and free text), `id` (a token of another system), `word` (of the closed list
    `words`), `bool`, `int`, `number`, `date`, `list` (of text), `words` (a list, or the one word `*`),
    `cookies`, `opaque` (neither read nor stored). `column` is its name in the frame of decoded events, where
    `topic` is the newsletter's and `system` and `digest` are the envelope's.
    """

    name: str
    kind: str
    column: str
    words: tuple[str, ...] = ()


_KINDS = {
    "id": "agreement controller actor request application vacancy campaign incident camera assignee alert "
    "snapshot digest corrects system recipient party",
    "text": "purpose legal_basis jurisdiction form method channel reason scope recipient_country "
    "exporter_country scc_version country version control channel_offered sentence clause evidence",
    "bool": "automated significant human_review identifiable dnt gpc tracked prechecked aggregated "
    "authorised multi_factor encrypted double_opt_in unsubscribe_link similar_services permanent sold "
    "subject_informed upheld affects_existing",
    "int": "group_size_min records subjects_affected affected audience",
    "number": "amount",
    "date": "signed_up_at until aware_at valid_from valid_to effective_at recorded_until",
    "list": "data_categories other_categories safeguards jurisdictions",
    "words": "purposes",
    "cookies": "cookies",
    "opaque": "sealed",
}
_CLOSED = {
    "role": "controller processor",
    "transport": "https http",
    "ip": "full truncated none",
    "relation": "customer prospect supplier subcontractor other",
    "topic": "own_services organisation third_party",
    "decision": "advance reject offer",
    "outcome": "hired rejected withdrawn granted refused partial",  # by type: `closed_words`
    "ground": "legal_obligation contract consent none",
    "right": "information access rectification erasure restriction portability objection withdraw_consent",
    "format": "electronic_common written other",
    "proof": "reply_to_known_address account_login masked_document full_document",
    "risk": "unlikely risk high",
    "authority": "AP information_regulator",
    "kind": "processing scc confidentiality oath service",
    "state": "ok failing",
}
_COLUMNS = {"system": "control_system", "digest": "snapshot_digest"}

FIELDS: dict[str, Field] = {
    name: Field(name, kind, _COLUMNS.get(name, name)) for kind, names in _KINDS.items() for name in names.split()
} | {name: Field(name, "word", name, tuple(words.split())) for name, words in _CLOSED.items()}

CONTEXT = _words(
    "role agreement controller purpose legal_basis data_categories other_categories automated significant "
    "human_review jurisdiction actor transport sealed"
)
# Besides the fields of kind `id`: the attributes that hold tokens.
ID_ATTRIBUTES = frozenset(("id", "subject"))


@dataclass(frozen=True)
class EventType:
    """One type of event: who sends it (`system` None: any of the five), its kinds, its fields.

    `fields`: its own and the context's, sorted. `kinds`: P processing, A access, E erasing, F fact, O the
    office's own work, R report. `subject`: `required`, `optional` or `none`.
    """

    name: str
    system: str | None
    kinds: frozenset[str]
    fields: tuple[str, ...]
    subject: str


_TYPES = """
website.page_viewed           website     P   optional ip identifiable dnt gpc tracked cookies
website.consent_given         website     F   required purposes prechecked method
website.consent_withdrawn     website     F   required purposes prechecked method
website.form_submitted        website     P   required request form
website.request_fulfilled     website     F   required request
website.contact_erased        website     E   required request
website.clickstream_published website     R   none     aggregated group_size_min
crm.relation_started          crm         PF  required relation
crm.relation_ended            crm         F   required relation
crm.record_changed            crm         P   required
crm.invoiced                  crm         P   required
crm.contacted                 crm         P   required channel
crm.enquiry_received          crm         P   required request channel
crm.enquiry_fulfilled         crm         F   required request channel
crm.enquiry_erased            crm         E   required request channel
crm.record_accessed           crm         A   required authorised multi_factor
crm.record_exported           crm         A   optional records encrypted authorised
crm.hold_placed               crm         F   required reason
crm.hold_lifted               crm         F   required reason
crm.record_erased             crm         E   required
newsletter.subscribed         newsletter  PF  required signed_up_at double_opt_in prechecked
newsletter.sent               newsletter  P   required campaign unsubscribe_link topic similar_services
newsletter.unsubscribed       newsletter  F   required campaign method
newsletter.address_removed    newsletter  E   required reason
newsletter.bounced            newsletter  F   required permanent
newsletter.subscriber_erased  newsletter  E   required
recruitment.application_received        recruitment PF required application vacancy
recruitment.application_assessed        recruitment P  required application decision
recruitment.applicant_contacted         recruitment P  required application channel
recruitment.procedure_ended             recruitment F  required application outcome
recruitment.retention_consent_given     recruitment F  required application
recruitment.retention_consent_withdrawn recruitment F  required application
recruitment.data_accessed               recruitment A  required application authorised
recruitment.applicant_erased            recruitment E  required application
consent.given                 any         F   required purposes prechecked method
consent.withdrawn             any         F   required purposes prechecked method
data.processed                any         P   required
data.disclosed    any P required recipient recipient_country exporter_country ground sold safeguards
data.erased                   any         E   required scope request
data.rectified                any         F   required scope request
data.restricted               any         F   required scope request
data.unrestricted             any         F   required scope request
rights.request_received       compliance  OF  required request right purposes
rights.identity_requested     compliance  O   required request proof
rights.request_extended       compliance  O   required request until subject_informed
rights.request_answered       compliance  O   required request outcome reason format
rights.request_forwarded      compliance  O   required request
rights.objection_decided      compliance  OF  required request upheld
rights.copies_provided        compliance  O   required request
rights.fee_charged            compliance  O   required request amount
breach.detected               compliance  O   none     incident subjects_affected risk aware_at jurisdictions
breach.team_assigned          compliance  O   none     incident authority
breach.authority_notified     compliance  O   none     incident authority
breach.subjects_notified      compliance  O   none     incident authority
breach.controller_notified    compliance  O   none     incident authority
agreement.signed compliance OF none party kind scc_version valid_from valid_to country corrects
agreement.ended compliance OF none party kind scc_version valid_from valid_to country corrects
transfer.information_requested compliance O   required request party
transfer.copy_provided        compliance  O   required request party
policy.amended                compliance  OF  none     version affects_existing effective_at affected
policy.notified               compliance  O   optional version channel audience
cctv.recorded                 compliance  P   none     camera authorised
cctv.viewed                   compliance  A   none     camera authorised
cctv.recording_erased         compliance  E   none     camera recorded_until
security.control_reported     compliance  R   none     control state system
complaint.received            compliance  O   required channel_offered
attestation.given             compliance  OF  none     sentence clause evidence until
attestation.ended             compliance  OF  none     sentence clause evidence until
snapshot.signed_off           compliance  O   none     snapshot digest
alert.acknowledged            compliance  O   optional alert assignee reason until
alert.assigned                compliance  O   optional alert assignee reason until
alert.resolved                compliance  O   optional alert assignee reason until
alert.reopened                compliance  O   optional alert assignee reason until
alert.waived                  compliance  O   optional alert assignee reason until
"""


def _type(line: str) -> EventType:
    name, system, kinds, subject, *own = line.split()
    fields = tuple(sorted({*own, *CONTEXT}))
    return EventType(name, None if system == "any" else system, frozenset(kinds), fields, subject)


TYPES: dict[str, EventType] = {t.name: t for t in map(_type, _TYPES.strip().splitlines())}
PROCESSING = frozenset(t.name for t in TYPES.values() if "P" in t.kinds)


def closed_words(type_name: str, field: str) -> tuple[str, ...]:
    """The words that a closed field may hold in that type; empty for a field that is not closed."""
    if field == "outcome":
        words = FIELDS[field].words
        return words[:3] if type_name.startswith("recruitment.") else words[3:]
    return FIELDS[field].words


def finding_id(clause: str, source: str, event_id: str, key: str = "") -> str:
    """The identity of a finding: 32 hex digits; `key` is an obligation's (application, system ...)."""
    text = "\x1f".join((clause, source, event_id, key))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
