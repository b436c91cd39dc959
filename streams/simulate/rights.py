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
    """A request: `ending` kept, late, never, or as the right has it; `spoil` goes on with what it forbids."""
    if person.asking or person.frozen:
        return
    random = person.random
    right = right or random.choice(RIGHTS)
    if right == "objection" and person.blocked:
        return
    soon = bool(ending)
    if not ending:
        draw = random.random()
        ending = "late" if draw < 0.1 else "never" if draw < 0.2 else "kept"
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
    wait = (0.2 + random.random() if soon else 1 + 15 * random.random()) * DAY
    if right in ("access", "portability", "information"):
        inform(person, request, right, ending, wait)
    elif right == "rectification":
        person.plan(wait, rectify, person, request, ending)
    elif right == "erasure":
        person.asked_erasure = True
        for application in sorted(person.files):
            due = local_days(person.now, 28)
            person.promise("REC-3", f"{request}/{application}", opener, due, application)
        person.plan(wait / 3, erase, person, request, ending)
    elif right == "restriction":
        person.plan((0.1 + random.random()) * DAY, restrict, person, request, spoil)
    elif right == "withdraw_consent":
        person.promise("RIGHT-10", request, opener, person.now + DAY)
        if ending != "never":
            hours = 1 + 18 * random.random() + (30 if ending == "late" else 0)
            person.plan(hours * HOUR, take_back, person, request)
    else:
        object_to(person, request, scope, wait, ending, spoil)


def inform(person: Person, request: str, right: str, ending: str, wait: float) -> None:
    """An answer with the person's data, in a form that anybody can read; `odd` in one that nobody can."""
    random = person.random
    if ending == "late":
        wait += 28 * DAY
    if right == "access":
        proof = {"request": request, "proof": random.choice(("reply_to_known_address", "account_login"))}
        person.plan(2 * HOUR, person.note_later, "rights.identity_requested", DESK, proof)
    if random.random() < 0.1:
        person.plan(DAY / 2, extend, person, request)
    if ending != "never":
        form = "other" if ending == "odd" else "electronic_common"
        if right == "portability" and ending == "odd":
            form = "written"
        wrong = "RIGHT-6" if ending == "odd" and right != "information" else None
        person.plan(wait, answer, person, request, "granted", {"format": form}, wrong)
    if ending == "kept" and random.random() < 0.3:
        free = {"request": request, "amount": 0}
        person.plan(wait / 2, person.note_later, "rights.fee_charged", DESK, free)


def extend(person: Person, request: str) -> None:
    """The law's term is moved, never the promise."""
    data = {"request": request, "until": person.before(-40 * DAY), "subject_informed": True}
    person.note("rights.request_extended", DESK, **data)


def answer(
    person: Person, request: str, outcome: str, more: dict[str, str], breaks: str | None = None
) -> tuple[str, str]:
    """The answer to a request."""
    data = {"request": request, "outcome": outcome, **more}
    made = person.do(("rights.request_answered", DESK, data), breaks=breaks)
    person.keep("RIGHT-1", request)
    person.asking = False
    return made


def rectify(person: Person, request: str, ending: str) -> None:
    """What is wrong will be put right, and a day later it is, or late, or never."""
    opener = answer(person, request, "granted", {"format": "written"})
    person.promise("RIGHT-7", request, opener, local_days(person.now, 7))
    if ending != "never":
        person.plan((9 if ending == "late" else 1) * DAY, rectified, person, request)


def rectified(person: Person, request: str) -> None:
    """It is put right."""
    person.note("data.rectified", DESK, scope="*", request=request)
    person.keep("RIGHT-7", request)


def erase(person: Person, request: str, ending: str) -> None:
    """Erasure is granted: nothing more is processed, and the data go; or it is refused, with a reason or without."""
    if ending.startswith("refused"):
        unreasoned = ending == "refused without a reason"
        why = {} if unreasoned else {"reason": "a dispute is pending"}
        answer(person, request, "refused", {"format": "written", **why}, "RIGHT-2" if unreasoned else None)
        if not unreasoned:
            person.keep_all("REC-3", begin=request + "/")
        return
    opener = answer(person, request, "granted", {"format": "written"})
    person.frozen = person.asking = True
    for system in person.holding():
        person.promise("RIGHT-2", f"{request}/{system}", opener, local_days(person.now, 7), system)
    if ending == "never":
        person.retire()
    else:
        late = 8 if ending == "late" else 0
        person.plan(DAY * (0.1 + late + 3 * person.random.random()), person.forget, request)


def restrict(person: Person, request: str, spoil: bool) -> None:
    """Data are kept apart, the answer says so, and one day that ends."""
    person.note("data.restricted", DESK, scope="*", request=request)
    person.frozen = person.restricted = True
    person.plan(SECOND, answer, person, request, "granted", {"format": "written"})
    if spoil:
        person.plan(3 * SECOND, use_restricted, person)
    person.plan(DAY * (0.2 + 4 * person.random.random()), unrestrict, person, request)


def use_restricted(person: Person) -> None:
    """Data that were kept apart are used all the same; what the law demands may be done."""
    if person.restricted and not person.blocked:
        person.do(habits.data_processed(person), breaks="RIGHT-5")
        if person.relation == "customer":
            person.do(habits.invoiced(person))


def unrestrict(person: Person, request: str) -> None:
    """The restriction ends."""
    person.note("data.unrestricted", DESK, scope="*", request=request)
    person.frozen = person.restricted = False


def take_back(person: Person, request: str) -> None:
    """All consent ends, as asked."""
    person.note("consent.withdrawn", DESK, purposes=["*"], method="mail")
    person.consents.clear()
    person.withdrew_all = True
    person.lose_consent()
    answer(person, request, "granted", {"format": "written"})


def object_to(person: Person, request: str, scope: str, wait: float, ending: str, spoil: bool) -> None:
    """Processing stops at once; the desk decides later."""
    person.blocked.add(scope)
    random = person.random
    if spoil or random.random() < 0.3:
        person.plan(3 * SECOND + random.random() * HOUR, go_on, person, scope, "RIGHT-3")
    upheld = scope == "newsletter" or random.random() < 0.5
    person.plan(wait, decide, person, request, scope, upheld, ending, local_days(person.now, 28))


def go_on(person: Person, scope: str, breaks: str) -> None:
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
    person.do(event, breaks=breaks)


def decide(person: Person, request: str, scope: str, upheld: bool, ending: str, due: int) -> None:
    """Upheld: copies, and never again. Not upheld: it may go on, but never with direct marketing."""
    opener = person.note("rights.objection_decided", DESK, request=request, upheld=upheld)
    if not upheld:
        answer(person, request, "refused", {"reason": "overriding grounds", "format": "written"})
        person.blocked.discard(scope)
        if scope == "*":
            person.blocked.add("newsletter")
        return
    person.promise("RIGHT-4", request, opener, due)
    if ending != "never":
        person.plan(due - person.now + DAY if ending == "late" else HOUR, give_copies, person, request)
    person.plan(2 * HOUR, answer, person, request, "granted", {"format": "electronic_common"})
    if scope == "*":
        person.retire()
    elif ending != "kept" or person.random.random() < 0.3:
        person.plan(3 * HOUR, go_on, person, scope, "RIGHT-4")


def give_copies(person: Person, request: str) -> None:
    """The person gets copies of what is held."""
    person.note("rights.copies_provided", DESK, request=request)
    person.keep("RIGHT-4", request)
