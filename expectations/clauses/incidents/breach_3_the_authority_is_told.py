"""BREACH-3: each authority concerned is told of an incident."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.incidents import follow_up
from expectations.model import Course, Severity, obligation
from expectations.readings import Limits
from expectations.references import references


@dataclass(frozen=True)
class Readings:
    """The law's term; the text is silent."""

    authority_hours: Annotated[Duration, Limits(most="72h", why="GDPR 33(1)")] = parse_duration("72h")


@obligation(
    "BREACH-3",
    section="10",
    on="breach.detected",
    opens="incident",
    severity=Severity.CRITICAL,
    law=("GDPR 33(1)", "POPIA 22"),
    promise="The authority is told of an incident within 72 hours.",
    breach="An authority was not told of the incident within 72 hours.",
    remedy="Notify the authority now, and give the reasons for the delay (GDPR 33(1)).",
    readings=Readings(),
)
def the_authority_is_told(opener: Fact, known: Facts, reading: Readings) -> Iterator[Course]:
    if opener.word == "unlikely":
        return
    countries = (opener.about or "").split()
    found = (references().authority_of(country, opener.time) for country in countries)
    concerned = list(dict.fromkeys(word for word in found if word is not None))
    missing = ("risk",) if opener.word is None else ()
    for word in concerned:
        # One that names no authority went to that of the first country.
        told = (each for each in known.of("authority_notified") if (each.word or concerned[0]) == word)
        yield follow_up(opener, known, told, reading.authority_hours, missing, key=word)
