"""The life of an alert as the officer has it: what follows from the set of actions upon it, in any order.

Actions are events of the compliance desk (`alert.acknowledged` …). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# At one instant the one that has it fire again comes last, and holds.
ORDER = ("assigned", "acknowledged", "waived", "resolved", "reopened")


@dataclass(frozen=True)
class Action:
    """One event: `what` of ORDER, by `actor`, at `time`. (source, id) tells it from all others."""

    what: str
    time: datetime
    source: str
    id: str
    actor: str | None = None
    assignee: str | None = None
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """`standing`: acknowledged, waived, resolved, reopened or None; `since` when, and `until` when it lapses."""

    standing: str | None = None
    until: datetime | None = None
    since: datetime | None = None
    assignee: str | None = None


def standing(actions: Iterable[Action], at: datetime) -> Standing:
    """How the alert stands at that instant.

    An acknowledgement says by whom. A waiver needs two: one who asks and another who approves, each with a reason, for
    the same end. A resolution needs a note. What lacks one of these changes nothing.
    """
    known = {(each.source, each.id): each for each in actions if each.time <= at and each.actor}
    ordered = sorted(known.values(), key=lambda each: (each.time, ORDER.index(each.what), each.source, each.id))
    assignee: str | None = None
    acknowledged: Action | None = None
    decided: Action | None = None  # resolved or reopened
    asked: dict[datetime, str] = {}  # end of a waiver -> who asked for it
    waivers: list[Action] = []
    for each in ordered:
        match each.what:
            case "assigned":
                assignee = each.assignee
            case "acknowledged":
                acknowledged = each
            case "waived" if each.reason and each.until is not None:
                who = asked.setdefault(each.until, each.actor or "")
                if who != each.actor:
                    waivers.append(each)
            case "resolved" if each.reason:
                decided = each
            case "reopened":
                decided, acknowledged, asked, waivers = each, None, {}, []
    if decided is not None and decided.what == "resolved":
        return Standing("resolved", None, decided.time, assignee)
    running = [each for each in waivers if each.until is not None and each.until > at]
    if running:
        longest = max(running, key=lambda each: (each.until, each.time))
        return Standing("waived", longest.until, longest.time, assignee)
    if acknowledged is not None and (acknowledged.until is None or acknowledged.until > at):
        return Standing("acknowledged", acknowledged.until, acknowledged.time, assignee)
    if decided is not None:
        return Standing("reopened", None, decided.time, assignee)
    return Standing(None, None, None, assignee)
