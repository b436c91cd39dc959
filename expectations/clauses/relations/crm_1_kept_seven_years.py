"""CRM-1: a record is kept for seven years after the last relation ended, and no longer."""

from dataclasses import replace
from datetime import datetime

from expectations.facts import Fact, Facts
from expectations.model import Clock, Course, Severity, obligation
from expectations.relations import Keeping, Term, term_after


@obligation(
    "CRM-1",
    section="2",
    on="crm.relation_ended",
    opens="relation_ended",
    severity=Severity.MEDIUM,
    law=("GDPR 5(1)(e)", "AWR 52(4)", "POPIA 14"),
    promise="Customer records are kept for seven years after the relation ended, and no longer.",
    breach="A record was kept for longer than the seven years, and nothing held it back.",
    remedy="Erase the record now; place a hold with its reason where it must stay.",
    readings=Keeping(),
)
def kept_seven_years(opener: Fact, known: Facts, reading: Keeping) -> Course | None:
    term = term_after(opener, known, reading)
    if term is None or known.erased_before(opener, "crm"):
        return None
    met = known.first(known.erasures("crm"), opener.time)
    course = Course(term.clocks, met, term.resumed_at, term.suspensions)
    return course if met is None else replace(course, clocks=(*term.clocks, *_while_held(term, met, reading)))


def _while_held(term: Term, met: datetime, reading: Keeping) -> tuple[Clock, ...]:
    """Erased while a hold was in force it is in time: it would have been due after the lifting only."""
    held = any(since <= met and (until is None or met < until) for since, until in term.suspensions)
    due = reading.hold_grace.after(met)
    return (Clock("promise", met, due),) if held and due > term.clocks[0].due_at else ()
