"""Hypothesis strategies: lives of a few people in events of every type of the contract, with fields that decide.

Instants tie often, links (requests, applications, agreements …) meet often, fields are absent now and then, and ids
sometimes collide: rules and their order go wrong at such places.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from expectations.vocabulary import FIELDS, TYPES, EventType, closed_words

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
AS_OF = START + timedelta(days=60)
SUBJECTS = ("s-a", "s-b")

_PURPOSES = ("newsletter", "statistics", "website_optimisation", "invoicing", "recruitment", "service_communication")
_WORDS: Mapping[str, Sequence[Any]] = {  # of open fields: what clauses ask for, and something else
    "purpose": _PURPOSES,
    "legal_basis": ("consent", "legitimate_interest", "contract", "legal_obligation"),
    "jurisdiction": ("NL", "ZA", "DE"),
    "request": ("rq-1", "rq-2"),
    "application": ("app-1", "app-2"),
    "agreement": ("agr-1", "agr-2"),
    "party": ("party-1", "party-2"),
    "recipient": ("party-1", "party-2"),
    "controller": ("party-1",),
    "incident": ("inc-1",),
    "camera": ("cam-1",),
    "control": ("firewall",),
    "system": ("crm",),
    "scope": ("crm", "newsletter", "recruitment", "*"),
    "country": ("IN", "DE"),
    "recipient_country": ("IN", "DE", "US", "GB"),
    "exporter_country": ("NL", "ZA"),
    "version": ("2026-11-01",),
    "scc_version": ("2021/914", "2010/87"),
    "reason": ("tax", "invalid", "other"),
    "channel": ("email", "website"),
    "channel_offered": ("AP", "information_regulator", "none"),
}
_LISTS: Mapping[str, Sequence[str]] = {
    "data_categories": ("name", "email_address", "financial", "health", "browser"),
    "other_categories": ("financial", "health"),
    "purposes": _PURPOSES,
    "safeguards": ("dpf", "bcr", "derogation"),
    "jurisdictions": ("NL", "ZA", "BE"),
}
_COOKIES = [
    {"name": "c", "kind": "statistics", "personal": True},
    {"name": "n", "kind": "necessary", "personal": False},
]
# Types that matter to others more than to themselves come more often.
_OFTEN = (
    "consent.given", "consent.withdrawn", "newsletter.subscribed", "newsletter.unsubscribed", "newsletter.sent",
    "rights.request_received", "rights.request_answered", "rights.objection_decided", "data.erased", "data.processed",
    "recruitment.procedure_ended", "recruitment.application_received", "agreement.signed", "agreement.ended",
    "data.disclosed", "crm.relation_started", "crm.relation_ended", "crm.record_erased", "breach.detected",
)  # fmt: skip


def instants() -> st.SearchStrategy[datetime]:
    """Half a day apart, so that ties and boundaries of 24 hours and 28 days are met."""
    return st.integers(0, 80).map(lambda n: START + timedelta(hours=12 * n))


def _value(type_: str, name: str) -> st.SearchStrategy[Any]:
    kind = FIELDS[name].kind
    if name == "role":
        return st.sampled_from(["controller", "controller", "controller", "processor"])
    if name == "corrects":
        return st.sampled_from(["e0", "e1", "e2"])
    if kind == "word":
        return st.sampled_from(sorted(closed_words(type_, name)))
    if kind == "bool":
        return st.booleans()
    if kind == "int":
        return st.sampled_from([0, 1, 50])
    if kind == "number":
        return st.sampled_from([0, 5.5])
    if kind == "date":
        return instants().map(datetime.isoformat)
    if kind == "cookies":
        return st.lists(st.sampled_from(_COOKIES), max_size=2)
    if kind in ("list", "words"):
        listed = st.lists(st.sampled_from(_LISTS.get(name, ("x",))), max_size=2, unique=True)
        return st.one_of(listed, st.just("*")) if kind == "words" else listed
    return st.sampled_from(_WORDS.get(name, ("x-1",)))


_RARE = frozenset(
    ("other_categories", "automated", "significant", "human_review", "transport", "actor", "role", "controller")
)


def _data(kind: EventType) -> st.SearchStrategy[dict[str, Any]]:
    """Its own fields, one in five of them null (absent); the rare ones of the context not in every event."""
    names = [name for name in sorted(kind.fields) if FIELDS[name].kind != "opaque"]
    value = {name: _value(kind.name, name) for name in names}
    own = {name: st.one_of(*[value[name]] * 4, st.none()) for name in names if name not in _RARE}
    return st.fixed_dictionaries(own, optional={name: value[name] for name in names if name in _RARE})


def _source(kind: EventType) -> st.SearchStrategy[str]:
    return st.just(f"/{kind.system}") if kind.system else st.sampled_from(["/crm", "/recruitment", "/newsletter"])


_EVENT = {
    name: st.fixed_dictionaries({"type": st.just(name), "source": _source(kind), "data": _data(kind)})
    for name, kind in TYPES.items()
}
EVENTS = st.one_of(
    st.sampled_from(_OFTEN).flatmap(_EVENT.__getitem__), st.sampled_from(sorted(TYPES)).flatmap(_EVENT.__getitem__)
)


@st.composite
def lives(draw: st.DrawFn, *, most: int = 16, colliding: bool = True) -> list[dict[str, Any]]:
    """A few events of two people, in any order; with `colliding`, ids sometimes name two contents."""
    found = []
    for number, event in enumerate(draw(st.lists(EVENTS, min_size=3, max_size=most))):
        name = draw(st.sampled_from([f"e{number}", f"e{max(0, number - 1)}"])) if colliding else f"e{number}"
        whole = {"specversion": "1.0", "id": name, "time": draw(instants()).isoformat(), **event}
        if TYPES[event["type"]].subject != "none":
            whole["subject"] = draw(st.sampled_from(SUBJECTS))
        found.append(whole)
    return found


def as_lines(events: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """As files hold them."""
    return [json.dumps(event).encode() for event in events]
