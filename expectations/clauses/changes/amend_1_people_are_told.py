"""AMEND-1: people are told by e-mail of changes that affect existing processing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """The text does not say by when; a change that names no day of effect is told within four weeks."""

    notice_within: Duration = parse_duration("28d")


@obligation(
    "AMEND-1",
    section="7",
    on="policy.amended",
    opens="policy_amended",
    severity=Severity.HIGH,
    law=("GDPR 13(3), 5(1)(a)", "POPIA 18"),
    promise="People are told by e-mail of a change that affects what we already do with their data.",
    breach="A change of the policy took effect before all whom it affects were told by e-mail.",
    remedy="Mail those who were not reached; until then go on by the version they know.",
    readings=Readings(),
)
def people_are_told(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.flag is False:
        return None
    affected = None if opener.word is None else int(opener.word)
    due = opener.at or reading.notice_within.after(opener.time)
    if affected is not None and affected <= 0:  # nobody to tell: met at once
        return Course((Clock("promise", opener.time, max(due, opener.time)),), met_at=opener.time)
    missing = ("affects_existing",) if opener.flag is None else ()
    if opener.link is None:
        return Course(undecided=(*missing, "version"))
    met = _reached(known.of("told", "told_audience"), opener, affected)
    return Course((Clock("promise", opener.time, due),), met_at=met, undecided=missing)


def _reached(notices: Iterable[Fact], opener: Fact, affected: int | None) -> datetime | None:
    """When the notices since the amendment had reached so many people: each person once, and the audiences."""
    people: set[str | None] = set()
    audience = 0
    for notice in sorted(notices, key=lambda each: each.time):
        if notice.time < opener.time:
            continue
        if notice.kind == "told":
            people.add(notice.word)
        else:
            audience += max(int(notice.word or 0), 0)
        if affected is None or len(people) + audience >= affected:
            return notice.time
    return None
