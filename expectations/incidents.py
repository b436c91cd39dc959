"""What is owed after an incident: the terms run from when we knew of it, which may lie before or after its event."""

from __future__ import annotations

from collections.abc import Iterable

from expectations.calendars import Duration
from expectations.facts import Fact, Facts
from expectations.model import Clock, Course


def follow_up(
    opener: Fact, known: Facts, done: Iterable[Fact], term: Duration, missing: Iterable[str] = (), key: str = ""
) -> Course:
    """The course of what an incident asks for. `done`: what fulfils; `missing`: without which it may ask nothing.

    What was done counts from the earlier of the incident's event and its being known.
    """
    missing = tuple(missing)
    if opener.link is None:
        return Course(undecided=("incident", *missing), key=key)
    aware_at = opener.at or opener.time
    met = known.first(done, min(opener.time, aware_at))
    return Course((Clock("promise", opener.time, term.after(aware_at)),), met_at=met, undecided=missing, key=key)
