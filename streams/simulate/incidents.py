"""Incidents, their team, and whom they are told to: in time, late, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate.actor import Promise
from streams.simulate.calendar import DAY, HOUR, stamp
from streams.simulate.readings import DEFAULT, OTHER_WAY, later

if TYPE_CHECKING:
    from streams.simulate.company import Company

TERMS = {"BREACH-1": 24 * HOUR, "BREACH-2": 72 * HOUR, "BREACH-3": 72 * HOUR, "BREACH-4": 24 * HOUR}
WAYS = (
    "well", "no team", "well", "people late", "small risk", "authority late", "well", "nobody hit", "people never",
    "two authorities", "abroad", "one of two authorities", "known before", "known long before", "told before recorded",
    "unsaid risk", "unsaid number", "unnamed", "high risk, people late", "high risk, people never", "high risk",
)  # fmt: skip
CUSTOMERS = ("well", "late", "well", "never", "known before", "unnamed")


def happen(company: Company) -> None:
    """Something goes wrong with data of ours, and often with data that we hold for a customer."""
    ours(company, company.next_way("incident", WAYS))
    if company.random.random() < 0.5:
        a_customers(company, company.next_way("incident of a customer", CUSTOMERS))


def ours(company: Company, way: str) -> None:
    """An incident of ours: what it asks for, and what is done."""
    incident = f"incident-{company.world.run}-{company.count}"
    data: dict[str, Any] = {"incident": incident, "subjects_affected": 12, "risk": "risk", "jurisdictions": ["NL"]}
    authorities, aware = ["AP"], 0
    if way == "small risk":
        data["risk"], authorities = "unlikely", []
    elif way == "abroad":
        data["jurisdictions"], authorities = ["US"], []
    elif way in ("two authorities", "one of two authorities"):
        data["jurisdictions"], authorities = ["BE", "ZA"], ["AP", "information_regulator"]
    elif way.startswith("high risk"):
        data["risk"] = "high"
    elif way == "nobody hit":
        data["subjects_affected"] = 0
    elif way in ("known before", "known long before", "told before recorded"):
        aware = -(5 * DAY if way == "known long before" else 12 * HOUR)
    if way.startswith("unsaid"):
        del data["risk" if way == "unsaid risk" else "subjects_affected"]
    if aware:
        data["aware_at"] = stamp(company.now + 1 + aware)
    if way == "unnamed":
        del data["incident"]
        unnamed(company, data)
        return
    if way == "told before recorded":
        for kind in ("team_assigned", "authority_notified", "subjects_notified"):
            company.say(f"breach.{kind}", {"incident": incident}, f"incident:{incident}")
        data["aware_at"] = stamp(company.now - 5 * HOUR)
    key = f"incident:{incident}"
    opener = company.say("breach.detected", data, key)
    if way == "told before recorded":
        return
    known = company.now + aware
    company.promise("BREACH-1", incident, opener, known + TERMS["BREACH-1"])
    if data.get("subjects_affected", 1):
        unsure, due = "subjects_affected" not in data, known + TERMS["BREACH-2"]
        company.promise("BREACH-2", incident, opener, due, other=None, unsure=unsure)
        if data.get("risk", "high") == "high":  # read as the law has it, people are told of high risks
            open_ = unsure or "risk" not in data
            owed = Promise(*opener, later("BREACH-2", due), "", OTHER_WAY, open_)
            company.owe("BREACH-2", incident, owed)
    for authority in authorities:
        thing, due = f"{authority}/{incident}", known + TERMS["BREACH-3"]
        company.promise("BREACH-3", thing, opener, due, authority, unsure="risk" not in data)
    late = 80 * HOUR
    company.plan(late if way == "no team" else HOUR, tell, company, "team_assigned", incident)
    if "people never" not in way:
        company.plan(late if "people late" in way else 9 * HOUR, tell, company, "subjects_notified", incident)
    for authority in authorities[: 1 if way == "one of two authorities" else 2]:
        wait = late if way == "authority late" else 5 * HOUR
        company.plan(wait, tell, company, "authority_notified", incident, authority)


def unnamed(company: Company, data: dict[str, Any]) -> None:
    """An incident of which nobody can tell what became of it."""
    source, event_id = company.say("breach.detected", data, "/compliance")
    truth = company.world.truth
    if data.get("role") == "processor":
        truth.unsure("BREACH-4", source, event_id, "")
        return
    truth.unsure("BREACH-1", source, event_id, "")
    truth.unsure("BREACH-2", source, event_id, "", DEFAULT)  # the risk is not high
    truth.unsure("BREACH-3", source, event_id, "AP")


def tell(company: Company, kind: str, incident: str, authority: str = "") -> None:
    """What was done about an incident."""
    data = {"incident": incident}
    if authority and (authority != "AP" or company.random.random() < 0.7):  # unnamed it is the first country's
        data["authority"] = authority
    company.say(f"breach.{kind}", data, f"incident:{incident}")
    clause = {"team_assigned": "BREACH-1", "subjects_notified": "BREACH-2", "authority_notified": "BREACH-3"}.get(kind)
    company.keep(clause or "BREACH-4", f"{authority}/{incident}" if authority else incident)


def a_customers(company: Company, way: str) -> None:
    """An incident with a customer's data: the customer has to know within a day, nobody else from us."""
    incident = f"incident-{company.world.run}-{company.count}"
    data: dict[str, Any] = {"incident": incident, "subjects_affected": 3, "risk": "high", "role": "processor"}
    if way == "unnamed":
        del data["incident"]
        unnamed(company, data)
        return
    aware = -20 * HOUR if way == "known before" else 0
    if aware:
        data["aware_at"] = stamp(company.now + 1 + aware)
    opener = company.say("breach.detected", data, f"incident:{incident}")
    company.promise("BREACH-4", incident, opener, company.now + aware + TERMS["BREACH-4"])
    company.plan(2 * HOUR, company.say_later, "breach.team_assigned", {"incident": incident}, f"incident:{incident}")
    if way != "never":
        wait = 30 * HOUR if way == "late" else 3 * HOUR
        company.plan(wait, tell, company, "controller_notified", incident)
