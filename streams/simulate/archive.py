"""Old customers whose seven years are over: their files come to light late, long after what they tell of."""

from __future__ import annotations

from typing import Any

from streams.simulate.actor import Actor, Promise, World, token
from streams.simulate.calendar import DAY, HOUR, local_days, local_new_year, local_years
from streams.simulate.readings import OTHER_WAY

CRM = "/crm/archive"
YEARS = 8  # the local year after the seventh since the year of the end
WAYS = ("kept", "late", "never", "held", "held too long", "came back", "eve", "new year")


class Archive(Actor):
    """Files of relations that ended eight years before the start; `sent` when somebody finds them."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "archive", local_new_year(world.start, -YEARS))
        for number in range(len(WAYS) * 2):
            way, subject = WAYS[number % len(WAYS)], token(self.random, 14)
            when = self.now + int((20 + self.random.random() * 340) * DAY)
            if way in ("eve", "new year"):  # the year's last thousandth of a second, or the next year's first
                when = local_new_year(self.now, 1) - (way == "eve")
            self.plan(when - self.now - 300 * HOUR, self.open_file, subject, way)

    def say(self, subject: str, kind: str, **data: Any) -> tuple[str, str]:
        """Something about an old customer; it is sent at some time of the world's days."""
        world = self.world
        found = world.start + int(self.random.random() * (world.live_from - world.start))
        return self.emit(kind, data, CRM, subject=subject, sent=max(self.now, found))

    def open_file(self, subject: str, way: str) -> None:
        """A relation, and its end some days later."""
        basis = {"purpose": "record_keeping", "legal_basis": "contract", "data_categories": ["name", "email_address"]}
        self.say(subject, "crm.relation_started", relation="customer", **basis)
        self.plan(300 * HOUR - 2, self.end, subject, way)

    def end(self, subject: str, way: str) -> None:
        """The end of the relation, and what becomes of the file: erased by 1 January eight years later, or not."""
        opener = self.say(subject, "crm.relation_ended", relation="customer")
        due = local_new_year(self.now, YEARS)
        sooner = local_years(self.now, YEARS - 1)  # counted from the end of the relation itself
        erased = due - int((1 + 200 * self.random.random()) * DAY)
        if way == "came back":
            self.plan(3 * 365 * DAY, self.come_back, subject)
        elif way in ("held", "held too long"):
            held = due - 90 * DAY
            in_force = held < sooner  # whether the other reading's term meets the hold
            if not in_force:
                self.owe("CRM-1", subject, Promise(*opener, sooner, "", OTHER_WAY))
            self.plan(held - self.now, self.hold, subject)
            lifted = due + int(20 * self.random.random() * DAY)
            self.plan(lifted - self.now, self.lift, subject, opener, way == "held", in_force)
        elif way in ("kept", "eve"):
            self.plan(erased - self.now, self.erase, subject)
        if way in ("kept", "eve", "new year", "late", "never"):
            self.promise("CRM-1", subject, opener, due, other=sooner)
        if way == "late":
            self.plan(due + 5 * DAY - self.now, self.erase, subject)

    def come_back(self, subject: str) -> None:
        """A customer again: nothing has to go."""
        basis = {"purpose": "record_keeping", "legal_basis": "contract", "data_categories": ["name"]}
        self.say(subject, "crm.relation_started", relation="customer", **basis)

    def hold(self, subject: str) -> None:
        """A dispute: the file has to stay."""
        self.say(subject, "crm.hold_placed", reason="dispute")

    def lift(self, subject: str, opener: tuple[str, str], in_time: bool, in_force: bool) -> None:
        """The dispute is over: a month is left for what was due meanwhile."""
        self.say(subject, "crm.hold_lifted", reason="dispute")
        due = local_days(self.now, 30)
        self.promise("CRM-1", subject, opener, due, other=due if in_force else None)
        self.plan((20 if in_time else 33) * DAY, self.erase, subject)

    def erase(self, subject: str) -> None:
        """The file goes."""
        self.say(subject, "crm.record_erased")
        self.keep("CRM-1", subject)
