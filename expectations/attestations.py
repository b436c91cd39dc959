"""Attestations: what no event can prove, vouched for by a named role, with evidence, until a date.

An `attestation.given` names a sentence or a clause, who vouches (`actor`), a reference to the evidence, and until when;
it counts at most twelve months, also when it says longer or does not say. An `attestation.ended` of the same sentence
or clause ends those given at or before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from expectations.calendars import AMSTERDAM, add_months
from expectations.contract.instants import instant_or_date

LONGEST = 12  # months
GIVEN, ENDED = "attestation.given", "attestation.ended"


@dataclass(frozen=True)
class Attestation:
    """It counts in [since, until)."""

    about: str  # a sentence or a clause
    actor: str
    evidence: str
    since: datetime
    until: datetime


def standing(events: Iterable[Mapping[str, Any]], as_of: datetime, zone: str = AMSTERDAM) -> dict[str, Attestation]:
    """What is vouched for as of an instant, by sentence or clause; of several the one that counts longest.

    `events`: `type`, `time` (an instant) and `data` (JSON text) of attestation events. One without an actor or
    evidence, or that names nothing, vouches for nothing.
    """
    return {each.about: each for each in _given(events, as_of, zone) if each.until > as_of}


def lapsed(events: Iterable[Mapping[str, Any]], as_of: datetime, zone: str = AMSTERDAM) -> dict[str, Attestation]:
    """What was vouched for and no longer is: the last to count, `until` its expiry or the instant it was ended."""
    given = _given(events, as_of, zone)
    still = {each.about for each in given if each.until > as_of}
    return {each.about: each for each in given if each.about not in still}


def _given(events: Iterable[Mapping[str, Any]], as_of: datetime, zone: str) -> list[Attestation]:
    """Every attestation up to an instant, those that count longest last."""
    given: list[Attestation] = []
    ends: dict[str, list[datetime]] = {}
    for event in events:
        data, time = json.loads(event["data"] or "{}"), event["time"]
        for about in filter(None, (data.get("sentence"), data.get("clause"))):
            if time > as_of:
                continue
            if event["type"] == ENDED:
                ends.setdefault(about, []).append(time)
            elif data.get("actor") and data.get("evidence"):
                longest = add_months(time, LONGEST, zone)
                until = instant_or_date(data["until"]) if data.get("until") else None
                given.append(Attestation(about, data["actor"], data["evidence"], time, min(until or longest, longest)))
    cut = (
        replace(each, until=min([each.until, *(end for end in ends.get(each.about, ()) if end >= each.since)]))
        for each in given
    )
    return sorted(cut, key=lambda one: (one.until, one.since, one.actor))
