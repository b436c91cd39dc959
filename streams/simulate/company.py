"""Custom Connect itself: its agreements, cameras, controls, incidents, notices, officers and passers-by."""

from __future__ import annotations

from typing import Any

from streams.simulate.actor import Actor, Partner, World, token
from streams.simulate.calendar import DAY, HOUR, MINUTE, SECOND, local_midnight, stamp

ARCHIVE = 45 * DAY  # files still open at the start are at most this old
OFFICE = "/compliance"
CONTROLS = ("virus_scanner", "firewall", "passwords", "secure_connection", "back_ups")
CAMERAS = ("entrance", "warehouse", "car-park")
CLICKS = ["pages_visited", "links_clicked", "visit_time"]


def partners(run: str) -> dict[str, Partner]:
    """The partners by name; agreements carry the token of the run."""
    listed = (
        Partner("cloud-nl", "NL", f"dpa-cloud-{run}"),
        Partner("print-de", "DE", f"service-print-{run}"),
        Partner("audit-gb", "GB", f"secrecy-audit-{run}"),
        Partner("mail-us", "US", f"dpa-mail-{run}", ("dpf",)),
        Partner("support-in", "IN", f"scc-support-{run}", ("scc",)),
        Partner("desk-sg", "SG", f"dpa-desk-{run}", ("bcr",)),
        Partner("pay-nl", "NL", f"service-pay-new-{run}"),
        Partner("ship-be", "BE", f"dpa-ship-{run}"),
        Partner("lab-us", "US", f"service-lab-{run}"),  # bound, but nothing protects a transfer to it
        Partner("care-fr", "FR", f"dpa-care-{run}"),  # a customer, for whom we are the processor
    )
    return {partner.name: partner for partner in listed}


class Company(Actor):
    """Everything without a data subject, and the desk's own work."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "company", world.start - ARCHIVE - DAY)
        self.plan(0, self.sign_agreements)
        self.plan(world.start - self.now, self.open_office)

    @property
    def live(self) -> bool:
        return self.now >= self.world.live_from

    def say(self, kind: str, data: dict[str, Any], key: str, **more: Any) -> tuple[str, str]:
        """An event of the compliance desk about something other than a person."""
        return self.emit(kind, data, OFFICE, key=key, **more)

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
        old = f"service-pay-old-{run}"
        self._sign(world.partners["pay-nl"], old, "service", None)
        self.plan(DAY / 2, self.say, "agreement.ended", {"agreement": old}, f"agreement:{old}")
        self.plan(DAY / 3, self._sign, world.partners["lab-us"], f"nda-lab-{run}", "confidentiality", None)

    def _sign(self, partner: Partner, agreement: str, kind: str, until: int | None) -> tuple[str, str]:
        data = {"agreement": agreement, "party": partner.name, "kind": kind, "country": partner.country}
        data["valid_from"] = stamp(self.now - 10 * DAY)
        if kind == "scc":
            data["scc_version"] = "2021/914"
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
        for duty, often, watched in (
            (self.check_controls, DAY, 10 * MINUTE),
            (self.film, 6 * HOUR, 3 * MINUTE),
            (self.look_at_film, 9 * HOUR, 5 * MINUTE),
            (self.wipe_film, DAY, 3 * HOUR),
            (self.publish_clicks, DAY, 10 * MINUTE),
            (self.passer_by, 20 * MINUTE, 5 * SECOND),
            (self.have_incident, 2 * DAY, 2 * HOUR),
            (self.amend_policy, 3 * DAY, 6 * HOUR),
            (self.attest, 2 * DAY, 2 * HOUR),
            (self.sign_off, DAY, 2 * HOUR),
            (self.handle_alert, 8 * HOUR, 5 * MINUTE),
            (self.export_all, 2 * DAY, 30 * MINUTE),
        ):
            self.plan(self.random.random() * min(often, DAY / 2), self.again, duty, often, watched)

    def again(self, duty: Any, often: int, watched: int) -> None:
        duty()
        self.plan((watched if self.live else often) * (0.6 + 0.8 * self.random.random()), self.again,
                  duty, often, watched)  # fmt: skip

    def check_controls(self) -> None:
        control, system = self.random.choice(CONTROLS), self.random.choice(("crm", "website", "office"))
        for name in CONTROLS:
            failing = name == control and self.random.random() < 0.2
            data = {"control": name, "system": system, "state": "failing" if failing else "ok"}
            key = f"control:{system}:{name}"
            self.say("security.control_reported", data, key)
            if failing:
                self.plan(3 * HOUR, self.say, "security.control_reported", {**data, "state": "ok"}, key)

    def film(self) -> None:
        for camera in CAMERAS:
            data = self._camera(camera)
            self.say("cctv.recorded", data, f"camera:{camera}")

    def look_at_film(self) -> None:
        camera, wrong = self.random.choice(CAMERAS), self.random.random() < 0.06
        data = {**self._camera(camera), "authorised": not wrong, "actor": "guard-2"}
        self.say("cctv.viewed", data, f"camera:{camera}", breaks="SEC-1" if wrong else None)

    def _camera(self, camera: str) -> dict[str, Any]:
        return {
            "camera": camera,
            "purpose": self.random.choice(("crime_prevention", "public_safety", "quality_control")),
            "legal_basis": "legitimate_interest",
            "data_categories": ["image", "visit_time"],
        }

    def wipe_film(self) -> None:
        until = stamp(local_midnight(self.now - 14 * DAY))
        for camera in CAMERAS:
            self.say("cctv.recording_erased", {"camera": camera, "recorded_until": until}, f"camera:{camera}")

    def publish_clicks(self) -> None:
        data = {"aggregated": True, "group_size_min": 25, "data_categories": CLICKS}
        self.emit("website.clickstream_published", data, "/website")

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

    def have_incident(self) -> None:
        incident = f"incident-{self.world.run}-{self.count}"
        key = f"incident:{incident}"
        data = {"incident": incident, "subjects_affected": 12, "risk": "risk", "jurisdictions": ["NL"]}
        self.say("breach.detected", data, key)
        told = {"incident": incident}
        self.plan(HOUR, self.say, "breach.team_assigned", told, key)
        self.plan(5 * HOUR, self.say, "breach.authority_notified", {**told, "authority": "AP"}, key)
        self.plan(9 * HOUR, self.say, "breach.subjects_notified", told, key)
        abroad = f"incident-{self.world.run}-{self.count}"
        data = {"incident": abroad, "subjects_affected": 3, "risk": "unlikely", "role": "processor"}
        self.say("breach.detected", data, f"incident:{abroad}")
        self.plan(2 * HOUR, self.say, "breach.team_assigned", {"incident": abroad}, f"incident:{abroad}")
        told = {"incident": abroad}
        self.plan(3 * HOUR, self.say, "breach.controller_notified", told, f"incident:{abroad}")

    def amend_policy(self) -> None:
        version = f"v{self.world.run}{self.count}"
        effective = stamp(self.now + 20 * DAY)
        data = {"version": version, "affects_existing": True, "affected": 100, "effective_at": effective}
        self.say("policy.amended", data, "policy")
        notice = {"version": version, "channel": "email", "audience": 100}
        self.plan(4 * HOUR, self.say, "policy.notified", notice, "policy")

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
        wrong = self.random.random() < 0.1
        data = {"records": 40, "encrypted": True, "authorised": not wrong, "actor": "clerk-4"}
        self.emit("crm.record_exported", data, "/crm/eu-1", breaks="SEC-1" if wrong else None)
