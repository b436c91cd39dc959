"""New versions of the policy, and the mails that tell people of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate.actor import token
from streams.simulate.calendar import DAY, HOUR, local_days, stamp

if TYPE_CHECKING:
    from streams.simulate.company import Company

WAYS = (
    "well", "on the website only", "well", "one by one", "one short", "late", "nothing that runs", "no day",
    "no day, nobody told", "nobody there", "unsaid number", "unsaid effect", "unnamed", "twice to one", "before it",
)  # fmt: skip
SINGLE = 3  # people who are mailed one by one


def amend(company: Company) -> None:
    """A version that touches what is done already: everybody is to be mailed before it takes effect."""
    way, version = company.next_way("amendment", WAYS), f"v{company.world.run}{company.count}"
    data: dict[str, Any] = {"version": version, "affects_existing": True, "affected": 100}
    due = other = company.now + 1 + 2 * DAY
    if way.startswith("no day"):
        due, other = local_days(company.now + 1, 28), local_days(company.now + 1, 14)
    else:
        data["effective_at"] = stamp(due)
    if way == "nothing that runs":
        data["affects_existing"] = False
    elif way == "nobody there":
        data["affected"] = 0
    for name, field in (("unsaid number", "affected"), ("unsaid effect", "affects_existing"), ("unnamed", "version")):
        if way == name:
            del data[field]
    if way == "before it":
        mail(company, version, 100)
        due = other = due + 1
        data["effective_at"] = stamp(due)
    opener = company.say("policy.amended", data, "policy")
    if way == "unnamed":
        company.world.truth.unsure("AMEND-1", *opener, "")
    elif way not in ("nothing that runs", "nobody there"):
        company.promise("AMEND-1", version, opener, due, other=other, unsure=way == "unsaid effect")
        inform(company, way, version)


def inform(company: Company, way: str, version: str) -> None:
    """The mails; those to one person each have this person's key."""
    if way == "on the website only":
        notice = {"version": version, "channel": "website", "audience": 100}
        company.plan(HOUR, company.say_later, "policy.notified", notice, "policy")
    elif way in ("one by one", "one short", "twice to one"):
        company.plan(HOUR, mail, company, version, 100 - SINGLE)
        people = [token(company.random, 14) for _ in range(SINGLE)]
        if way == "twice to one":
            people[-1] = people[0]
        for number, person in enumerate(people[: SINGLE - (way == "one short")], 1):
            last = number == SINGLE and way == "one by one"
            company.plan((1 + number) * HOUR, mail_to, company, version, person, last)
    elif way not in ("before it", "unsaid effect", "no day, nobody told"):
        company.plan(60 * HOUR if way == "late" else 4 * HOUR, mail, company, version, 100)


def mail(company: Company, version: str, audience: int) -> None:
    """One mail to many."""
    company.say("policy.notified", {"version": version, "channel": "email", "audience": audience}, "policy")
    if audience == 100:
        company.keep("AMEND-1", version)


def mail_to(company: Company, version: str, person: str, last: bool) -> None:
    """A mail to one person; the last one makes it everybody."""
    company.say_later("policy.notified", {"version": version, "channel": "email"}, person, person)
    if last:
        company.keep("AMEND-1", version)
