"""A person at Custom Connect: visits, buys, reads, applies, objects, leaves; and what is known of it.

The state kept here (consents, relation, newsletter, application, objections) is what the person and the
company really did. It alone decides what may happen next, and so what is broken when it happens anyway.
"""

from __future__ import annotations

from heapq import heapify
from typing import Any

from streams.simulate import applications, habits, rights, stories, trouble
from streams.simulate.actor import Actor, World, system_of
from streams.simulate.calendar import DAY, HOUR, MINUTE, SECOND, stamp
from streams.simulate.company import ARCHIVE

SYSTEMS_WIPED = ("NEWS-5", "REC-1", "REC-2", "REC-3", "WEB-1", "WEB-4", "RIGHT-2")
PROCESSES = frozenset(
    (
        "website.page_viewed", "website.form_submitted", "crm.relation_started", "crm.record_changed", "crm.invoiced",
        "crm.contacted", "newsletter.subscribed", "newsletter.sent", "recruitment.application_received",
        "recruitment.application_assessed", "recruitment.applicant_contacted", "data.processed", "data.disclosed",
    )
)  # fmt: skip
ERASES = {
    "website.contact_erased": "website",
    "crm.record_erased": "crm",
    "newsletter.subscriber_erased": "newsletter",
    "newsletter.address_removed": "newsletter",
}
WITHDRAWS = frozenset(
    (
        "consent.withdrawn", "website.consent_withdrawn", "newsletter.unsubscribed",
        "recruitment.retention_consent_withdrawn",
    )
)  # fmt: skip


class Person(Actor):
    """One data subject with a diary."""

    def __init__(self, world: World, name: str, arrives: int | None = None) -> None:
        super().__init__(world, name, world.start if arrives is None else arrives)
        self.subject = self.name
        self.label = name
        draw = self.random.random
        self.jurisdiction = "ZA" if draw() < 0.06 else "NL"
        self.crm = "/crm/za-1" if self.jurisdiction == "ZA" else "/crm/eu-1"
        self.private = ("dnt", "gpc")[int(draw() * 2)] if draw() < 0.25 else ""
        self.consents: set[str] = set()
        self.ever: set[str] = set()
        self.withdrew_all = False
        self.relation: str | None = None
        # none, in, out (unsubscribed), gone (and erased), withdrawn, removed (erased unasked), lost (and withdrawn)
        self.news = "none"
        self.blocked: set[str] = set()  # purposes objected to
        self.frozen = False  # restricted, or about to be erased
        self.restricted = False
        self.held: set[str] = set()  # systems where something was processed since the last erasing
        self.erased: set[str] = set()  # systems where everything was erased and nothing began anew
        self.enquiries: set[str] = set()  # questions to the CRM that are not erased
        self.holds: set[str] = set()
        self.ended = False  # the last relation ended
        self.files: set[str] = set()  # applications that are not erased, nor of somebody hired
        self.ended_files: dict[str, tuple[tuple[str, str], int]] = {}  # application -> its end, and four weeks after
        self.on_file: dict[str, int] = {}  # application kept with consent -> four weeks after its end
        self.asked_erasure = False
        self.wiped: str | None = None  # an application that was erased
        self.asking = False  # one request of the person's rights at a time
        self.application: str | None = None
        self.asked = 0
        self.gone = False
        self.next_trouble = self.random.randrange(1000)
        early = draw() * ARCHIVE if arrives is None else 0
        self.now -= int(early)
        self.plan(0, self.arrive, early)

    # Who the person is

    @property
    def customer(self) -> bool:
        return self.relation == "customer"

    def arrive(self, early: float) -> None:
        """How the company comes to know somebody, and from when on daily life begins."""
        draw = self.random.random()
        if draw < 0.35:
            stories.become(self, "customer")
        elif draw < 0.45:
            stories.become(self, "prospect")
        elif draw < 0.65:
            applications.apply(self)
        elif draw < 0.72:
            stories.exercise(self)
        if self.random.random() < 0.45:
            self.plan(MINUTE, stories.subscribe, self)
        if self.random.random() < 0.5:
            self.plan(2 * MINUTE, stories.choose_cookies, self)
        begin = max(self.world.start - self.now, 0)
        self.plan(begin + 3 * MINUTE, self.plan_routine, self.routine)
        self.plan(begin + 4 * MINUTE, self.next_campaign)

    def may(self, purpose: str) -> bool:
        """Whether processing for `purpose` is free of objections and restrictions."""
        return not (self.frozen or "*" in self.blocked or purpose in self.blocked)

    def clerk(self) -> str:
        """The pseudonym of an employee."""
        return f"clerk-{int(self.random.random() * 40)}"

    def campaign(self) -> str:
        """The campaign of the day."""
        return f"letter-{self.now // DAY}"

    def before(self, milliseconds: int) -> str:
        """An instant shortly before now."""
        return stamp(self.now - milliseconds)

    def mailable(self) -> bool:
        """Whether a newsletter may go to this person."""
        if not self.may("newsletter"):
            return False
        return self.news == "in" or (self.news == "none" and self.relation == "customer" and self.never_no())

    def lose_consent(self) -> None:
        """The consent to newsletters is withdrawn, be it that of nobody on the list."""
        self.news = {"in": "withdrawn", "none": "withdrawn", "removed": "lost"}.get(self.news, self.news)

    def never_no(self) -> bool:
        """Nothing about the newsletter was ever withdrawn."""
        return not self.withdrew_all

    # What happens

    def do(self, event: habits.Event, **more: Any) -> tuple[str, str]:
        """Let one event about this person happen."""
        kind, source, data = event
        if self.jurisdiction == "ZA":
            data["jurisdiction"] = "ZA"
        made = self.emit(kind, data, source, subject=self.subject, **more)
        if data.get("role") != "processor":
            self.remember(kind, source, data)
        return made

    def remember(self, kind: str, source: str, data: dict[str, Any]) -> None:
        """What the systems hold of the person after an event, and what that fulfils."""
        system, request = system_of(source), data.get("request", "")
        if kind in PROCESSES:
            self.held.add(system)
            if kind == "crm.relation_started" or (kind == "newsletter.subscribed" and not data["prechecked"]):
                self.erased.discard(system)
        elif kind in ERASES:
            self.held.discard(ERASES[kind])
            self.erased.add(ERASES[kind])
            self.keep_all("RIGHT-2", ending="/" + ERASES[kind])
        elif kind in WITHDRAWS:
            self.keep_all("RIGHT-10")
        elif kind == "crm.enquiry_received":
            self.enquiries.add(request)
        elif kind == "crm.enquiry_erased":
            self.enquiries.discard(request)
            if not self.enquiries and "crm" not in self.held:
                self.keep_all("RIGHT-2", ending="/crm")
        elif kind == "crm.hold_placed":
            self.holds.add(data.get("reason", ""))
        elif kind == "crm.hold_lifted":
            self.holds -= {data["reason"]} if "reason" in data else self.holds

    def holding(self) -> list[str]:
        """The systems that have to erase the person when asked now; what tax or a dispute needs stays."""
        found = self.held & {"newsletter", "website"}
        if ("crm" in self.held or self.enquiries) and not self.ended and not self.holds:
            found.add("crm")
        return sorted(found)

    def note(self, kind: str, source: str, **data: Any) -> tuple[str, str]:
        """A fact about this person."""
        return self.do((kind, source, data))

    def note_later(self, kind: str, source: str, data: dict[str, Any]) -> None:
        """A planned fact; its data are copied, for a plan may be shared."""
        self.do((kind, source, dict(data)))

    def next_campaign(self) -> None:
        """Newsletters go out on working days between nine and ten; watched live they are part of routine."""
        if self.gone or self.now >= self.world.live_from:
            return
        morning = (self.now // DAY + 1) * DAY + 8 * HOUR
        self.plan(morning - self.now + self.random.random() * 40 * MINUTE, self.get_campaign)

    def get_campaign(self) -> None:
        """Today's newsletter, if it is meant for this person."""
        if (self.now // DAY + 3) % 7 < 5 and self.random.random() < 0.4 and self.mailable():
            self.do(habits.newsletter_sent(self))
        self.next_campaign()

    def routine(self) -> None:
        """One thing of an ordinary day."""
        if self.gone:
            return
        self.plan_routine(self.routine)
        random = self.random.random
        draw = random()
        if draw < self.world.trouble:
            trouble.strike(self)
        elif draw > (0.93 if self.now < self.world.live_from else 0.985):
            stories.next_story(self)
        elif not self.may("record_keeping"):
            if self.relation == "customer" and not self.frozen:
                self.do(habits.invoiced(self) if random() < 0.3 else habits.record_accessed(self))
        elif self.relation is not None and random() < 0.6:
            self.clerk_routine(random())
        else:
            self.do(habits.page_viewed(self))

    def clerk_routine(self, draw: float) -> None:
        """What the company does for a customer."""
        if draw < 0.25:
            self.do(habits.record_accessed(self))
        elif draw < 0.45:
            self.do(habits.record_changed(self))
        elif draw < 0.55:
            self.do(habits.invoiced(self))
        elif draw < 0.65:
            self.do(habits.contacted(self))
        elif draw < 0.78:
            event = habits.data_disclosed(self)
            if event[2]["purpose"] not in self.blocked:
                self.do(event)
        elif draw < 0.86 and self.may("service_improvement"):
            self.do(habits.data_processed(self))
        elif draw < 0.9:
            self.do(habits.processed_for_customer(self))
        elif draw < 0.92:
            self.do(habits.record_exported(self))
        elif self.mailable() and self.now >= self.world.live_from:
            self.do(habits.newsletter_sent(self))
        else:
            self.do(habits.page_viewed(self))

    def retire(self) -> None:
        """Daily life ends; what was promised is still done. Somebody new comes instead."""
        if not self.gone:
            self.gone = True
            successor = Person(self.world, self.label + "'", self.now + 30 * SECOND)
            self.world.spawned.append(successor)

    def forget(self, request: str) -> None:
        """Everything about the person is erased, everywhere, and nothing follows."""
        self.note("data.erased", "/compliance", scope="*", request=request)
        self.keep_all(*SYSTEMS_WIPED)
        owed = (stories.done_by_desk, rights.give_copies, rights.rectified)
        self.diary = [entry for entry in self.diary if entry[2] in owed or entry[3][1:2] == ("/compliance",)]
        heapify(self.diary)  # only what the desk still owes is done
        self.retire()
