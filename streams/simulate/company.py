"""Custom Connect itself: its agreements, cameras, controls, incidents, notices, officers and passers-by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from streams.simulate import amendments, incidents, premises
from streams.simulate.actor import Actor, Partner, World, token
from streams.simulate.calendar import DAY, HOUR, MINUTE, SECOND, stamp

ARCHIVE = 45 * DAY  # files still open at the start are at most this old
OFFICE = "/compliance"
CLICKS = ["pages_visited", "links_clicked", "visit_time"]


class Company(Actor):
    """Everything without a data subject, and the desk's own work."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "company", world.start - ARCHIVE - DAY)
        self.failing: set[str] = set()  # controls that were reported as failing and not as mended
        self.filmed: dict[str, str] = {}  # camera -> the last day of which there are recordings
        self.recordings: dict[str, int] = {}  # camera/day -> the day's end, of those not erased
        self.turn: dict[str, int] = {}  # which of its ways each duty took last
        self.plan(0, self.sign_agreements)
        self.plan(world.start - self.now, self.open_office)

    @property
    def live(self) -> bool:
        return self.now >= self.world.live_from

    def say(self, kind: str, data: dict[str, Any], key: str, **more: Any) -> tuple[str, str]:
        """An event of the compliance desk about something other than a person."""
        return self.emit(kind, data, OFFICE, key=key, **more)

    def say_later(self, kind: str, data: dict[str, Any], key: str, subject: str | None = None) -> None:
        """A planned event of the desk."""
        self.emit(kind, data, OFFICE, key=key, subject=subject)

    def next_way(self, duty: str, ways: Sequence[str]) -> str:
        """The ways of a duty in turn, from any one on: rare ones come as often as common ones."""
        self.turn[duty] = self.turn.get(duty, self.random.randrange(len(ways))) + 1
        return ways[self.turn[duty] % len(ways)]

    # Agreements

    def sign_agreements(self) -> None:
        world, run = self.world, self.world.run
        for partner in world.partners.values():
            kind = {"scc": "scc", "service": "service", "secrecy": "confidentiality"}.get(
                (partner.agreement or "").split("-")[0], "processing"
            )
            until = None
            if partner.name == "ship-be":  # mistyped: too short, put right a little later
                until = world.start + min(DAY, (world.live_from - world.start) // 5)
            signed = self._sign(partner, str(partner.agreement), kind, until)
            if until is not None:
                self.plan(until + (until - world.start) // 2 - self.now, self.correct, partner, signed[1])
        self._sign(world.partners["support-in"], f"dpa-support-{run}", "processing", None)
        for name in ("legacy-in", "vague-in"):  # standard clauses alone bind nobody to secrecy
            self._sign(world.partners[name], f"service-{name}-{run}", "service", None)
        old = f"service-pay-old-{run}"
        self._sign(world.partners["pay-nl"], old, "service", None)
        self.plan(DAY / 2, self.say, "agreement.ended", {"agreement": old}, f"agreement:{old}")
        lost = f"dpa-care-old-{run}"  # the customer's agreement before the one in force
        self._sign(world.partners["care-fr"], lost, "processing", None)
        self.plan(DAY / 2, self.say, "agreement.ended", {"agreement": lost}, f"agreement:{lost}")
        self.plan(DAY / 3, self._sign, world.partners["lab-us"], f"nda-lab-{run}", "confidentiality", None)

    def _sign(self, partner: Partner, agreement: str, kind: str, until: int | None) -> tuple[str, str]:
        data = {"agreement": agreement, "party": partner.name, "kind": kind, "country": partner.country}
        data["valid_from"] = stamp(self.now - 10 * DAY)
        if kind == "scc" and partner.name != "vague-in":
            data["scc_version"] = "2010/87" if partner.name == "legacy-in" else "2021/914"
        if until is not None:
            data["valid_to"] = stamp(until)
        return self.say("agreement.signed", data, f"agreement:{agreement}")

    def correct(self, partner: Partner, wrong: str) -> None:
        agreement = str(partner.agreement)
        data = {"agreement": agreement, "party": partner.name, "kind": "processing", "corrects": wrong}
        data |= {"country": partner.country, "valid_from": stamp(self.world.start - 60 * DAY)}
        self.say("agreement.signed", data, f"agreement:{agreement}")

    # The office's days

    def open_office(self) -> None:
        """Start every recurring duty; how often each comes in history, and when watched live."""
        span = max(self.world.live_from - self.world.start, DAY)  # what is rare still happens some twenty times
        for duty, often, watched in (
            (partial(premises.check_controls, self), 4 * HOUR, 10 * MINUTE),
            (partial(premises.film, self), 6 * HOUR, 3 * MINUTE),
            (partial(premises.look_at_film, self), 9 * HOUR, 5 * MINUTE),
            (partial(premises.wipe_film, self), DAY, 3 * HOUR),
            (self.publish_clicks, span // 12, 10 * MINUTE),
            (self.passer_by, 20 * MINUTE, 5 * SECOND),
            (partial(incidents.happen, self), span // 24, HOUR),
            (partial(amendments.amend, self), span // 18, 3 * HOUR),
            (self.attest, 2 * DAY, 2 * HOUR),
            (self.sign_off, DAY, 2 * HOUR),
            (self.handle_alert, 8 * HOUR, 5 * MINUTE),
            (self.export_all, span // 12, 30 * MINUTE),
        ):
            self.plan(self.random.random() * min(often, DAY / 2), self.again, duty, often, watched)

    def again(self, duty: Any, often: int, watched: int) -> None:
        duty()
        self.plan((watched if self.live else often) * (0.6 + 0.8 * self.random.random()), self.again,
                  duty, often, watched)  # fmt: skip

    def publish_clicks(self) -> None:
        data: dict[str, Any] = {"aggregated": True, "group_size_min": 25, "data_categories": CLICKS}
        way = self.next_way("clicks", ("well", "one by one", "well", "small groups", "well", "unsaid", "smallest"))
        if way == "one by one":
            data["aggregated"] = False
        elif way in ("small groups", "smallest"):
            data["group_size_min"] = 9 if way == "small groups" else 10
        elif way == "unsaid":
            del data["group_size_min"]
        wrong = "CLICK-3" if way in ("one by one", "small groups") else None
        unsure = "CLICK-3" if way == "unsaid" else None
        self.emit("website.clickstream_published", data, "/website", breaks=wrong, unsure=unsure)

    def passer_by(self) -> None:
        """A visitor whom nothing identifies."""
        data = {
            "ip": "truncated",
            "identifiable": False,
            "dnt": False,
            "gpc": False,
            "tracked": True,
            "cookies": [{"name": "count", "kind": "statistics", "personal": False}],
            "purpose": "website_optimisation",
            "legal_basis": "legitimate_interest",
            "data_categories": CLICKS,
        }
        if self.random.random() < 0.04:  # nobody has given no consent
            data["identifiable"] = True
            self.emit("website.page_viewed", data, "/website", breaks="CLICK-1")
        else:
            self.emit("website.page_viewed", data, "/website")

    def attest(self) -> None:
        given = {"clause": "CRM-3", "actor": "officer-1", "evidence": "review-file"}
        self.say("attestation.given", {**given, "until": stamp(self.now + 90 * DAY)}, OFFICE)
        self.plan(6 * HOUR, self.say, "attestation.ended", {"clause": "CRM-3", "actor": "officer-1"}, OFFICE)

    def sign_off(self) -> None:
        data = {"snapshot": f"snapshot-{self.count}", "actor": "officer-1"}
        self.say("snapshot.signed_off", {**data, "digest": token(self.random, 32)}, OFFICE)

    def handle_alert(self) -> None:
        data = {"alert": f"alert-{self.count}", "actor": "officer-1"}
        self.say("alert.acknowledged", data, OFFICE)
        self.plan(3 * MINUTE, self.say, "alert.assigned", {**data, "assignee": "officer-2"}, OFFICE)
        done = self.random.choice(("alert.resolved", "alert.waived"))
        extra = {"reason": "seen to", "until": stamp(self.now + DAY)} if done == "alert.waived" else {}
        self.plan(8 * MINUTE, self.say, done, {**data, **extra}, OFFICE)
        self.plan(12 * MINUTE, self.say, "alert.reopened", data, OFFICE)
        self.plan(20 * MINUTE, self.say, "alert.resolved", data, OFFICE)

    def export_all(self) -> None:
        way = self.next_way("export", ("well", "well", "open", "well", "unauthorised", "well", "unsaid"))
        data: dict[str, Any] = {"records": 40, "encrypted": way != "open", "authorised": way != "unauthorised"}
        if way == "unsaid":
            del data["encrypted"]
        wrong = {"open": "SEC-4", "unauthorised": "SEC-1"}.get(way)
        unsure = "SEC-4" if way == "unsaid" else None
        self.emit("crm.record_exported", {**data, "actor": "clerk-4"}, "/crm/eu-1", breaks=wrong, unsure=unsure)
