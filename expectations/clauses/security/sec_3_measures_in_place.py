"""SEC-3: the measures that the policy names are in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation

NAMED = ("virus_scanner", "firewall", "passwords", "secure_connection", "back_ups")


@dataclass(frozen=True)
class Readings:
    """The text has no terms. A control that is silent for longer than `control_silence` is no evidence."""

    control_repair: Duration = parse_duration("72h")
    control_silence: Duration = parse_duration("7d")


@obligation(
    "SEC-3",
    section="6",
    on="security.control_reported",
    opens="control_reported",
    severity=Severity.MEDIUM,
    law=("GDPR 32(1)", "POPIA 19"),
    promise="Virus scanner, firewall, passwords, secure connections and back-ups work.",
    breach="A measure that the policy names failed and was not repaired in time.",
    remedy="Repair it, and find out what went unguarded meanwhile.",
    readings=Readings(),
)
def measures_in_place(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.word == "ok":
        return None
    missing = ("state",) if opener.word is None else ()
    if opener.about is None:
        return Course(undecided=("control", *missing))
    if _failing_already(opener, known):
        return None
    mended = (each for each in known.of("control_reported") if each.word == "ok" and _same(each, opener))
    due = reading.control_repair.after(opener.time)
    key = f"{opener.about}/{opener.link or ''}"
    return Course((Clock("promise", opener.time, due),), known.first(mended, opener.time), undecided=missing, key=key)


def silent(reported: Iterable[tuple[str, str, datetime]], at: datetime, reading: Readings) -> tuple[str, ...]:
    """The measures of which nothing shows at `at` that they are in place: nobody reported them for too long.

    `reported`: measure, system and instant of the last report of each. One that the policy names and that no system
    reported is told by its name alone, another as `<control>/<system>`.
    """
    last = {(control, system): time for control, system, time in reported}
    never = [name for name in NAMED if name not in {control for control, _ in last}]
    still = [
        f"{control}/{system}".rstrip("/")
        for (control, system), time in sorted(last.items())
        if reading.control_silence.after(time) < at
    ]
    return (*never, *still)


def _failing_already(opener: Fact, known: Facts) -> bool:
    """Whether a failure before this one stands unmended; of those at one instant the smallest speaks."""
    earlier = (each for each in known.earlier(opener) if _same(each, opener))
    for each in earlier:
        if each.word == "ok" and each.time < opener.time:
            return False
        if each.word == "failing":
            tied = takewhile(lambda other, at=each.time: other.time == at, earlier)  # type: ignore[misc]
            return each.time == opener.time or all(other.word != "ok" for other in tied)
    return False


def _same(one: Fact, other: Fact) -> bool:
    return (one.about, one.link) == (other.about, other.link)
