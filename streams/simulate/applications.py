"""Applications: received, read, decided on; their files go within four weeks, or stay a year with consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.simulate import habits
from streams.simulate.calendar import DAY, HOUR, MINUTE, SECOND, local_days, local_years
from streams.simulate.readings import OTHER_WAY

if TYPE_CHECKING:
    from streams.simulate.life import Person

VACANCIES = ("vacancy-planner", "vacancy-agent", "vacancy-developer")


def apply(person: Person, by_machine: bool = False) -> None:
    """An application; `by_machine` lets a machine alone reject it, which is wrong."""
    if person.application is not None or not person.may("recruitment"):
        return
    person.asked += 1
    person.application = f"application-{person.name}-{person.asked}"
    data: dict[str, Any] = {
        "application": person.application,
        "vacancy": person.random.choice(VACANCIES),
        "purpose": "recruitment",
        "legal_basis": "legitimate_interest",
        "data_categories": ["name", "email_address", "telephone_number", "cv", "motivation_letter"],
    }
    person.note("recruitment.application_received", "/recruitment", **data)
    person.files.add(person.application)
    days = person.random.random() * 2
    if by_machine:
        person.plan(5 * SECOND, assess, person, "reject", True)
        person.plan(HOUR, end_procedure, person, "rejected")
        return
    person.plan(days * HOUR + MINUTE, assess, person, "advance", False)
    person.plan(days * 3 * HOUR + HOUR, meet, person)
    hired = person.random.random() < 0.15
    person.plan((days + 0.3) * DAY, assess, person, "offer" if hired else "reject", False)
    person.plan((days + 0.4) * DAY, end_procedure, person, "hired" if hired else "rejected")


def assess(person: Person, decision: str, by_machine: bool) -> None:
    """Somebody, or wrongly only something, decides."""
    if person.may("recruitment"):
        event = habits.application_assessed(person, decision)
        if by_machine or (decision == "advance" and person.random.random() < 0.1):
            event[2].update(automated=True, human_review=False)
        person.do(event, breaks="REC-4" if by_machine else None)


def meet(person: Person) -> None:
    """A talk with the applicant, after a look at the letter."""
    what = {"application": person.application}
    person.note("recruitment.data_accessed", "/recruitment", **what, authorised=True)
    if person.may("recruitment"):
        data = {"channel": "call", "purpose": "recruitment", "legal_basis": "legitimate_interest"}
        categories = ["name", "telephone_number"]
        person.note("recruitment.applicant_contacted", "/recruitment", **what, **data, data_categories=categories)


def end_procedure(person: Person, outcome: str) -> None:
    """The procedure ends; the file goes within four weeks, or stays a year with consent."""
    what = {"application": person.application}
    application = str(person.application)
    opener = person.note("recruitment.procedure_ended", "/recruitment", **what, outcome=outcome)
    if outcome == "hired":
        person.files.discard(application)
        return
    due = local_days(person.now, 28)
    person.promise("REC-1", application, opener, due, application, other=None)
    person.ended_files[application] = (opener, due)
    random, ending = person.random.random, person.fate()
    if ending == "kept" and random() < 0.3:
        person.plan((1 + random() * 90) * HOUR, keep_on_file, person, local_years(person.now, 1), due)
    elif ending != "never":
        late = DAY * (1 + random() * 5)
        wait = due - person.now + late if ending == "late" else (1 + random() * 26) * DAY
        person.plan(wait, wipe_application, person, application)


def keep_on_file(person: Person, year: int, due: int) -> None:
    """Consent to keep the file; some withdraw it later, and then it goes."""
    application = str(person.application)
    what = {"application": application}
    person.note("recruitment.retention_consent_given", "/recruitment", **what)
    person.extend("REC-1", application, year)
    person.on_file[application] = due
    if person.random.random() < 0.4:
        wait = (2 + person.random.random() * 200) * HOUR
        person.plan(wait, stop_keeping, person, application, due)
    else:
        person.plan(year - person.now - 9 * DAY, wipe_application, person, application)


def stop_keeping(person: Person, application: str, due: int, ending: str = "") -> None:
    """The consent to keep the file ends: what REC-1 asked is asked by the withdrawal now."""
    if person.on_file.pop(application, None) is None:  # it ended, or the file is gone
        return
    opener = person.note("recruitment.retention_consent_withdrawn", "/recruitment", application=application)
    person.keep("REC-1", application)
    last = max(due, person.now + DAY)
    person.promise("REC-2", application, opener, last, application, other=max(due, person.now + 4 * DAY))
    person.ended_files.pop(application, None)  # gone sooner it is gone as wished
    if (ending := ending or person.fate()) != "never":
        wait = last - person.now + 2 * DAY if ending == "late" else max(12 * HOUR, due - person.now - DAY)
        person.plan(wait, wipe_application, person, application)


def wipe_application(person: Person, application: str) -> None:
    """The file of an application is erased; the person may apply again."""
    if application not in person.files:
        return
    person.on_file.pop(application, None)
    person.note("recruitment.applicant_erased", "/recruitment", application=application)
    ended = person.ended_files.pop(application, None)
    if ended and person.now < ended[1] and not person.asked_erasure:  # read as a minimum, that is too early
        opener = ended[0]
        person.world.truth.promise("REC-1", *opener, application, person.now, OTHER_WAY)
    person.keep("REC-1", application)
    person.keep("REC-2", application)
    person.keep_all("REC-3", ending="/" + application)
    person.files.discard(application)
    person.wiped = application
    if person.application == application:
        person.application = None
