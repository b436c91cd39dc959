"""People exercise their rights, and the compliance desk answers, mostly in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate import habits
from streams.simulate.calendar import DAY, HOUR, SECOND, local_days

if TYPE_CHECKING:
    from streams.simulate.life import Person

DESK = "/compliance"
RIGHTS = ("access", "portability", "information", "rectification", "erasure", "restriction", "objection",
          "objection", "withdraw_consent")  # fmt: skip


def exercise(person: Person, right: str = "", ending: str = "", spoil: bool = False) -> None:
    """A request: `ending` kept, late or never; `spoil` goes on processing after an objection."""
    if person.asking or person.frozen:
        return
    random = person.random
    right = right or random.choice(RIGHTS)
    if right == "objection" and person.blocked:
        return
    person.asking = True
    person.asked += 1
    request = f"request-{person.name}-{person.asked}"
    data: dict[str, object] = {"request": request, "right": right}
    scope = ""
    if right == "objection":
        scope = random.choice(("newsletter", "service_improvement", "*"))
        data["purposes"] = [scope]
    opener = person.note("rights.request_received", DESK, **data)
    person.promise("RIGHT-1", request, opener, local_days(person.now, 28))
    wait = (1 + 15 * random.random()) * DAY
    if right in ("access", "portability", "information"):
        if not ending:
            draw = random.random()
            ending = "late" if draw < 0.12 else "never" if draw < 0.24 else "kept"
        if ending == "late":
            wait += 28 * DAY
        if right == "access":
            proof = {"request": request, "proof": random.choice(("reply_to_known_address", "account_login"))}
            person.plan(2 * HOUR, person.note_later, "rights.identity_requested", DESK, proof)
        if random.random() < 0.1:
            person.plan(DAY / 2, extend, person, request)
        if ending != "never":
            person.plan(wait, answer, person, request, "granted", {"format": "electronic_common"})
        if ending == "kept" and random.random() < 0.3:
            free = {"request": request, "amount": 0}
            person.plan(wait / 2, person.note_later, "rights.fee_charged", DESK, free)
    elif right == "rectification":
        person.plan(wait, answer, person, request, "granted", {"format": "written"})
        scope_of = {"scope": "*", "request": request}
        person.plan(wait + DAY, person.note_later, "data.rectified", DESK, scope_of)
    elif right == "erasure":
        person.plan(wait / 3, erase, person, request)
    elif right == "restriction":
        person.plan((0.1 + random.random()) * DAY, restrict, person, request)
    elif right == "withdraw_consent":
        person.plan((1 + 18 * random.random()) * HOUR, take_back, person, request)
    else:
        object_to(person, request, scope, wait, spoil)


def extend(person: Person, request: str) -> None:
    """The law's term is moved, never the promise."""
    data = {"request": request, "until": person.before(-40 * DAY), "subject_informed": True}
    person.note("rights.request_extended", DESK, **data)


def answer(person: Person, request: str, outcome: str, more: dict[str, str]) -> None:
    """The answer to a request."""
    person.note("rights.request_answered", DESK, request=request, outcome=outcome, **more)
    person.keep("RIGHT-1", request)
    person.asking = False


def erase(person: Person, request: str) -> None:
    """Erasure is granted: nothing more is processed, and the data go."""
    answer(person, request, "granted", {"format": "written"})
    person.frozen = person.asking = True
    person.plan(DAY * (0.1 + 3 * person.random.random()), person.forget, request)


def restrict(person: Person, request: str) -> None:
    """Data are kept apart, the answer says so, and one day that ends."""
    person.note("data.restricted", DESK, scope="*", request=request)
    person.frozen = True
    person.plan(SECOND, answer, person, request, "granted", {"format": "written"})
    person.plan(DAY * (0.2 + 4 * person.random.random()), unrestrict, person, request)


def unrestrict(person: Person, request: str) -> None:
    """The restriction ends."""
    person.note("data.unrestricted", DESK, scope="*", request=request)
    person.frozen = False


def take_back(person: Person, request: str) -> None:
    """All consent ends, as asked."""
    person.note("consent.withdrawn", DESK, purposes=["*"], method="mail")
    person.consents.clear()
    person.withdrew_all = True
    if person.news in ("in", "none"):
        person.news = "withdrawn"
    answer(person, request, "granted", {"format": "written"})


def object_to(person: Person, request: str, scope: str, wait: float, spoil: bool) -> None:
    """Processing stops at once; the desk decides later."""
    person.blocked.add(scope)
    random = person.random
    if spoil or random.random() < 0.3:
        person.plan(3 * SECOND + random.random() * HOUR, go_on, person, scope)
    upheld = scope == "newsletter" or random.random() < 0.5
    person.plan(wait, decide, person, request, scope, upheld)


def go_on(person: Person, scope: str) -> None:
    """Processing that the objection forbids, and nothing else does."""
    if person.frozen or person.gone:
        return
    if scope == "newsletter":
        if person.news != "in":
            return
        event = habits.newsletter_sent(person)
    elif scope == "service_improvement":
        event = habits.data_processed(person)
    else:
        event = habits.page_viewed(person)
    person.do(event, breaks="RIGHT-3")


def decide(person: Person, request: str, scope: str, upheld: bool) -> None:
    """Upheld: copies, and never again. Not upheld: it may go on, but never with direct marketing."""
    person.note("rights.objection_decided", DESK, request=request, upheld=upheld)
    if not upheld:
        answer(person, request, "refused", {"reason": "overriding grounds", "format": "written"})
        person.blocked.discard(scope)
        if scope == "*":
            person.blocked.add("newsletter")
        return
    person.plan(HOUR, person.note_later, "rights.copies_provided", DESK, {"request": request})
    person.plan(2 * HOUR, answer, person, request, "granted", {"format": "electronic_common"})
    if scope == "*":
        person.retire()
