"""REC-1: an application is deleted four weeks after the procedure ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from expectations.calendars import Duration, parse_duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation


@dataclass(frozen=True)
class Readings:
    """ "At least four weeks" is read as at most (the Dutch norm); `minimum` is the lax reading."""

    retention: Duration = parse_duration("28d")
    retention_with_consent: Duration = parse_duration("1 year")
    withdrawal_erasure: Duration = parse_duration("24h")  # REC-2's term, which decides what cancels it
    recruitment_retention_reading: Literal["maximum", "minimum"] = "maximum"


@obligation(
    "REC-1",
    section="2",
    on="recruitment.procedure_ended",
    opens="procedure_ended",
    severity=Severity.HIGH,
    law=("GDPR 5(1)(e)", "NVP code", "POPIA 14"),
    promise="Applications are deleted four weeks after the procedure, or a year with consent.",
    breach="An application was kept longer than four weeks after the procedure without consent.",
    remedy="Delete the application now; if keeping it is wanted, ask before the four weeks end.",
    readings=Readings(),
)
def deleted_after_four_weeks(opener: Fact, known: Facts, reading: Readings) -> Course | None:
    if opener.link is None:
        return Course(undecided=("application",))
    ends = [each for each in known.of("procedure_ended") if each.link == opener.link]
    if any(each.time == opener.time and (each.source, each.id) < (opener.source, opener.id) for each in ends):
        return None  # of ends at one instant the smallest speaks
    if opener.word == "hired" or known.erased_before(opener, "recruitment", opener.link):
        return None
    clocks, replaced, suspensions = _terms(opener, known, reading)
    due = clocks[-1].due_at
    later = min((each.time for each in ends if opener.time < each.time <= due), default=None)
    cancelled = min(filter(None, (replaced, later)), default=None)
    met = known.first(known.erasures("recruitment", opener.link), opener.time)
    undecided = ("outcome",) if opener.word is None else ()
    if reading.recruitment_retention_reading == "minimum":
        early = met is not None and met < clocks[0].due_at and not _asked(opener, met, known)
        return Course(met_at=met, cancelled_at=cancelled, undecided=undecided, key=opener.link, misstep=early)
    return Course(clocks, met, cancelled, suspensions, undecided, opener.link)


def _terms(
    opener: Fact, known: Facts, reading: Readings
) -> tuple[tuple[Clock, ...], datetime | None, tuple[tuple[datetime, datetime | None], ...]]:
    """The due instants, the instant at which REC-2 takes over, and spans in which it had."""
    short = reading.retention.after(opener.time)
    long = reading.retention_with_consent.after(opener.time)
    clocks = [Clock("promise", opener.time, short)]
    words = [each for each in known.of("retention_consented", "retention_withdrew") if each.link == opener.link]
    # Given and withdrawn at one instant: the stricter holds, so it was never given.
    withdrawn = {each.time for each in words if each.kind == "retention_withdrew"}
    words = [each for each in words if each.kind == "retention_withdrew" or each.time not in withdrawn]
    words.sort(key=lambda each: each.time)
    consented, replaced = False, None
    until = short  # up to when a consent counts
    spans: list[tuple[datetime, datetime | None]] = []
    for word in words:
        at = max(word.time, opener.time)
        if word.kind == "retention_consented":
            if word.time > until:
                break
            consented = True
            if replaced is not None:
                spans.append((replaced, word.time))
                replaced = None
            if clocks[-1].due_at != long:
                clocks.append(Clock("promise", at, long))
        elif consented and word.time <= clocks[-1].due_at:
            consented = False
            if word.time < opener.time:
                clocks = clocks[:1]
            else:
                replaced = word.time
                until = max(short, reading.withdrawal_erasure.after(word.time))
    return tuple(clocks), replaced, tuple(spans)


def _asked(opener: Fact, met: datetime, known: Facts) -> bool:
    """Whether the applicant had asked for the erasure or withdrawn (then an early one is no misstep)."""
    asked = any(each.word == "erasure" and each.time <= met for each in known.of("requested"))
    withdrew = any(each.link == opener.link and each.time <= met for each in known.of("retention_withdrew"))
    return asked or withdrew
