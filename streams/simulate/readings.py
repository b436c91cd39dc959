"""What the same life comes to where the policy's open places are read the other way.

Each reading that the text leaves open has a default and another one (`OTHER`). What breaks a clause under one of the
two only is told so: `CLAUSE@default`, `CLAUSE@other`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from streams.simulate.calendar import HOUR, local_days

if TYPE_CHECKING:
    from streams.simulate.actor import Actor

DEFAULT, OTHER_WAY = "default", "other"
OTHER: Mapping[str, Mapping[str, Any]] = {
    "SCOPE-2": {"forward_days": "7 working_days"},
    "WEB-1": {"contact_erasure": "48h"},
    "WEB-4": {"enquiry_max": "14d"},
    "CLICK-1": {"ip_is_personal": False},
    "CLICK-2": {"os_listed": False},
    "CLICK-3": {"k_min": 30},
    "CLICK-4": {"honour_gpc": False},
    "CRM-1": {"retention_from": "relation_end"},
    "NEWS-3": {"require_double_opt_in": True},
    "NEWS-5": {"unsubscribe_erasure": "48h"},
    "REC-1": {"recruitment_retention_reading": "minimum"},
    "REC-2": {"withdrawal_erasure": "96h"},
    "REC-3": {"applicant_erasure_delay": "14d"},
    "REC-4": {"advance_is_significant": True},
    "XFER-1": {"derogation_suffices": True, "popia_adequate": ["EEA", "US"]},
    "XFER-3": {"copy_within": "35d"},
    "RIGHT-1": {"answer_within": "35d"},
    "RIGHT-2": {"erasure_delay": "14d"},
    "RIGHT-3": {"objection_grace": "2h"},
    "RIGHT-4": {"copies_within": "35d"},
    "RIGHT-6": {"portability_in_writing": True},
    "RIGHT-7": {"rectification_delay": "14d"},
    "RIGHT-8": {"refuse_full_document": False},
    "RIGHT-10": {"withdrawal_delay": "72h"},
    "SEC-1": {"require_mfa": True},
    "SEC-3": {"control_repair": "96h"},
    "BREACH-1": {"team_hours": "96h"},
    "BREACH-2": {"subjects_hours": "96h", "breach_notice_threshold": "high"},
    "BREACH-3": {"authority_hours": "48h"},
    "BREACH-4": {"controller_hours": "48h"},
    "AMEND-1": {"notice_within": "14d"},
    "CCTV-2": {"retention_checked": False},
}

# How much later (or, negative, earlier) a term ends where it is the other one: hours, and local days.
_HOURS = {"WEB-1": 24, "NEWS-5": 24, "RIGHT-10": 48, "SEC-3": 24, "BREACH-1": 72, "BREACH-2": 24, "BREACH-3": -24,
          "BREACH-4": 24}  # fmt: skip
_DAYS = {"WEB-4": -14, "XFER-3": 7, "RIGHT-1": 7, "RIGHT-2": 7, "RIGHT-4": 7, "RIGHT-7": 7, "REC-3": -14}


def later(clause: str, due: int) -> int:
    """When a promise of the clause falls due under the other reading."""
    return local_days(due, _DAYS[clause]) if clause in _DAYS else due + _HOURS.get(clause, 0) * HOUR


Said = str | None  # breach, indeterminate or nothing


def _address(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """An address identifies nobody; another identifier does."""
    if said == "indeterminate":
        return None if data.get("identifiable") is False else said
    return said if data.get("identifiable") else None


def _system(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """The operating system is not on the list."""
    return "breach" if "operating_system" in data["data_categories"] else said


def _group(data: dict[str, Any], said: Said, _: Actor) -> Said:
    return said or ("breach" if data["group_size_min"] < 30 else None)


def _signal(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """Only Do Not Track counts."""
    return said if data.get("dnt") else None


def _confirmed(data: dict[str, Any], said: Said, actor: Actor) -> Said:
    """A sign-up that was not confirmed is none; a customer may be mailed about similar services without one."""
    similar = data.get("topic") == "own_services" and data.get("similar_services")
    return said or ("breach" if actor.unconfirmed and not (actor.customer and similar) else None)


def _advance(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """To be let through is significant too."""
    alone = data.get("automated") and not data.get("human_review")
    return said or ("breach" if alone and data["decision"] == "advance" else None)


def _transfer(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """An exception for a single case will do, and so will the United States for South Africa."""
    excused = "derogation" in data.get("safeguards", ()) or data["exporter_country"] == "ZA"
    return None if excused else said


def _within_grace(_: dict[str, Any], __: Said, ___: Actor) -> Said:
    """Whoever goes on does so within the hour."""
    return None


def _paper(data: dict[str, Any], said: Said, _: Actor) -> Said:
    return None if data["format"] == "written" else said


def _passport(data: dict[str, Any], said: Said, _: Actor) -> Said:
    return None if data.get("proof") == "full_document" else said


def _factors(data: dict[str, Any], said: Said, _: Actor) -> Said:
    """One factor is not enough, and an unknown number is unknown."""
    if said == "breach" or data.get("multi_factor"):
        return said
    return "indeterminate" if data.get("multi_factor") is None else "breach"


_READ = Callable[[dict[str, Any], Said, "Actor"], Said]
# Of types: the clauses of which the other reading may say something else.
_BY_TYPE: Mapping[str, Mapping[str, _READ]] = {
    "website.page_viewed": {"CLICK-1": _address, "CLICK-2": _system, "CLICK-4": _signal, "RIGHT-3": _within_grace},
    "website.clickstream_published": {"CLICK-3": _group},
    "newsletter.sent": {"NEWS-3": _confirmed, "RIGHT-3": _within_grace},
    "data.processed": {"RIGHT-3": _within_grace},
    "recruitment.application_assessed": {"REC-4": _advance},
    "data.disclosed": {"XFER-1": _transfer},
    "rights.request_answered": {"RIGHT-6": _paper},
    "rights.identity_requested": {"RIGHT-8": _passport},
    "crm.record_accessed": {"SEC-1": _factors},
    "crm.record_exported": {"SEC-1": _factors},
    "recruitment.data_accessed": {"SEC-1": _factors},
    "cctv.viewed": {"SEC-1": _factors},
}
_BEFORE = {"NEWS-3": frozenset(("NEWS-4", "GEN-4"))}  # who is silent where another has spoken


def sides(actor: Actor, kind: str, data: dict[str, Any], said: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    """(clause, outcome, side) of an event of which the default reading says `said`; side None: under both."""
    told: list[tuple[str, str | None, str | None]] = []
    readers = {} if data.get("role") == "processor" else _BY_TYPE.get(kind, {})
    for clause in sorted({*said, *readers}):
        default, other = said.get(clause), said.get(clause)
        if clause in readers and not _BEFORE.get(clause, frozenset()).intersection(said):
            other = readers[clause](data, default, actor)
        if default == other:
            told.append((clause, default, None))
        else:
            told += [(clause, default, DEFAULT), (clause, other, OTHER_WAY)]
    return [(clause, outcome, side) for clause, outcome, side in told if outcome is not None]
