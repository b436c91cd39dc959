"""Cameras and security measures, and what the desk reports of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate.calendar import DAY, HOUR, local_date, local_days, local_midnight, stamp

if TYPE_CHECKING:
    from streams.simulate.company import Company

CONTROLS = ("virus_scanner", "firewall", "passwords", "secure_connection", "back_ups")
CAMERAS = ("entrance", "warehouse", "car-park")
REPAIR = 72 * HOUR
ENDINGS = ("soon", "soon", "late", "soon", "soon", "never", "soon")  # when a measure that fails works again


def check_controls(company: Company) -> None:
    """One system's five measures; now and then one of them fails."""
    system = company.random.choice(("crm", "website", "office", ""))
    victim = company.random.choice(CONTROLS)
    for name in CONTROLS:
        thing = f"{name}/{system}"
        fails = thing in company.failing or (name == victim and company.random.random() < 0.4)
        report(company, name, system, "failing" if fails else "ok")


def report(company: Company, name: str, system: str, state: str) -> None:
    """What one measure of a system is like now; a failure is mended in time, late or never."""
    thing, data = f"{name}/{system}", {"control": name, "state": state}
    if system:
        data["system"] = system
    opener = company.say("security.control_reported", data, f"control:{system}:{name}")
    if state == "ok":
        company.failing.discard(thing)
        company.keep("SEC-3", thing)
    elif thing not in company.failing:
        company.failing.add(thing)
        company.promise("SEC-3", thing, opener, company.now + REPAIR, thing)
        ending = company.next_way("repair", ENDINGS)
        if ending != "never":
            wait = 3 * HOUR if ending == "soon" else REPAIR + 5 * HOUR
            company.plan(wait, report, company, name, system, "ok")


def film(company: Company) -> None:
    """Every camera's recordings; the day's first one has to be erased with the day."""
    for camera in CAMERAS:
        data, wrong, unsure = _camera(company, camera), None, None
        way = company.next_way("film", ("well",) * 9 + ("to watch the staff", "well", "on a contract", "unsaid"))
        if way == "to watch the staff":
            data["purpose"], wrong = "staff_monitoring", "CCTV-1"
        elif way == "on a contract":
            data["legal_basis"], wrong = "contract", "GEN-2"
        elif way == "unsaid":
            del data["purpose"]
            unsure = "GEN-2"
        opener = company.say("cctv.recorded", data, f"camera:{camera}", breaks=wrong, unsure=unsure)
        day = f"{camera}/{local_date(company.now)}"
        if company.filmed.get(camera) != day:
            company.filmed[camera] = day
            end = local_days(local_midnight(company.now), 1)
            company.recordings[day] = end
            company.promise("CCTV-2", day, opener, local_days(end, 28), day, other=None)


def look_at_film(company: Company) -> None:
    """A guard looks at recordings."""
    camera = company.random.choice(CAMERAS)
    data: dict[str, Any] = {**_camera(company, camera), "authorised": True, "actor": "guard-2"}
    way = company.next_way("look", ("well",) * 6 + ("unauthorised", "well", "at the staff", "well", "unsaid"))
    if way == "at the staff":
        data["purpose"] = "staff_monitoring"
    elif way == "unsaid":
        del data["purpose"]
    else:
        data["authorised"] = way != "unauthorised"
    wrong = {"unauthorised": "SEC-1", "at the staff": "CCTV-1"}.get(way)
    unsure = "CCTV-1" if way == "unsaid" else None
    company.say("cctv.viewed", data, f"camera:{camera}", breaks=wrong, unsure=unsure)


def _camera(company: Company, camera: str) -> dict[str, Any]:
    return {
        "camera": camera,
        "purpose": company.random.choice(("crime_prevention", "public_safety", "quality_control")),
        "legal_basis": "legitimate_interest",
        "data_categories": ["image", "visit_time"],
    }


def wipe_film(company: Company) -> None:
    """The recordings of days before yesterday go; those of the car park only after six weeks, which is too late."""
    for camera in CAMERAS:
        until = local_midnight(company.now - (40 if camera == "car-park" else 1) * DAY)
        data = {"camera": camera, "recorded_until": stamp(until)}
        company.say("cctv.recording_erased", data, f"camera:{camera}")
        for day in [day for day, end in company.recordings.items() if day.startswith(f"{camera}/") and end <= until]:
            del company.recordings[day]
            company.keep("CCTV-2", day)
