"""Groups of alerts, and when each is to be told: after the group's wait, on news, again. Pure.

Alerts are seen by their labels: a storm of 100,000 of one clause is one row with a count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streams.alerts.config import Config
from streams.alerts.matching import Labels
from streams.alerts.routing import Route, matching
from streams.alerts.silences import Silence, inhibited

Row = Mapping[str, Any]
NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


@dataclass
class Group:
    """The alerts that one route tells together to one receiver. `key`: the route's id and the labels they share."""

    route: Route
    key: str
    labels: dict[str, str]
    sets: list[Row] = field(default_factory=list)  # rows of `alert_sets`
    muted: bool = False  # some of it is silenced or inhibited


@dataclass(frozen=True)
class Telling:
    """That a way of a receiver is to be told of a group now: of these sets of labels, known up to these turns."""

    receiver: str
    way: str
    group: Group
    upto: Mapping[str, datetime]


def groups(config: Config, sets: Sequence[Row], silences: Iterable[Silence], now: datetime) -> list[Group]:
    """The groups of all sets that anybody is told of: neither silenced nor inhibited."""
    read: list[tuple[Row, Labels]] = [(row, json.loads(row["labels"])) for row in sets]
    firing = [labels for row, labels in read if row["firing"]]
    active = [each for each in silences if each.starts_at <= now < each.ends_at]
    found: dict[str, Group] = {}
    for row, labels in read:
        if any(each.mutes(labels, now) for each in active) or inhibited(labels, firing, config.inhibitions):
            continue
        for route in matching(config.route, labels):
            shared = _shared(route, labels)
            key = f"{route.id}:{json.dumps(shared, separators=(',', ':'))}"
            found.setdefault(key, Group(route, key, shared)).sets.append(row)
    return list(found.values())


def _shared(route: Route, labels: Labels) -> dict[str, str]:
    """What an alert is grouped by; a backfill, by its clause alone: one summary a clause."""
    if labels.get("backfill"):
        return {name: labels[name] for name in ("backfill", "clause") if name in labels}
    return dict(route.group(labels))


def due(config: Config, found: Iterable[Group], told: Iterable[Row], now: datetime) -> list[Telling]:
    """Who is to be told of what now. `told`: rows of the table, one a way, group and labels."""
    memory: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in told:
        memory.setdefault((row["receiver"], row["way"], row["grouped"]), {})[row["labels"]] = row
    tellings = []
    for group in found:
        if group.route.silent_at(now) is not None:
            continue
        for way in config.receivers[group.route.receiver].integrations:
            known = memory.get((group.route.receiver, way.name, group.key), {})
            at = _when(group, known)
            if at is None or at > now:
                continue
            upto = {
                row["labels"]: max(row["last_at"] or NEVER, row["ended_at"] or NEVER, _upto(known, row))
                for row in group.sets
            }
            tellings.append(Telling(group.route.receiver, way.name, group, upto))
    return tellings


def _upto(known: Mapping[str, Row], row: Row) -> datetime:
    return known[row["labels"]]["upto"] if row["labels"] in known else NEVER


def _when(group: Group, known: Mapping[str, Row]) -> datetime | None:
    """When the group is to be told next, of news or again; None: never, as things are."""
    route = group.route
    news = [
        row["news_at"] or row["last_at"] for row in group.sets if row["firing"] and row["last_at"] > _upto(known, row)
    ]
    ends = [
        row["ended_at"]
        for row in group.sets
        if row["labels"] in known and row["ended_at"] is not None and row["ended_at"] > _upto(known, row)
    ]
    told_at: datetime | None = max((each["noticed_at"] for each in known.values()), default=None)
    if news or ends:
        first: datetime = min(news) + route.group_wait if news else min(ends)
        return first if told_at is None else max(first, told_at + route.group_interval)
    if told_at is not None and any(row["firing"] for row in group.sets):
        return told_at + route.repeat_interval
    return None
