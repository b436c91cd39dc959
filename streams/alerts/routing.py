"""The routing tree: which receivers are told of an alert, by its labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.alerts.intervals import Span
from streams.alerts.matching import Labels, Matcher, all_hold

ALL_LABELS = "..."


@dataclass(frozen=True)
class Route:
    """A node of the tree, with what it inherits filled in. `id`: its matchers, from the root on."""

    id: str
    receiver: str
    matchers: tuple[Matcher, ...]
    group_by: tuple[str, ...]
    group_wait: timedelta
    group_interval: timedelta
    repeat_interval: timedelta
    mute: tuple[tuple[str, tuple[Span, ...]], ...] = ()  # named intervals in which it keeps silent
    active: tuple[tuple[str, tuple[Span, ...]], ...] = ()  # and, if any, those in which alone it speaks
    goes_on: bool = False  # `continue`: the next sibling is asked too
    routes: tuple[Route, ...] = ()

    def silent_at(self, at: datetime) -> str | None:
        """The interval, or the want of one, for which it says nothing at this instant; None: it speaks."""
        for name, spans in self.mute:
            if any(each.holds(at) for each in spans):
                return name
        if self.active and not any(each.holds(at) for _, spans in self.active for each in spans):
            return f"outside of {', '.join(name for name, _ in self.active)}"
        return None

    def group(self, labels: Labels) -> tuple[tuple[str, str], ...]:
        """The labels that an alert is grouped by here, in order of their names."""
        names = labels if ALL_LABELS in self.group_by else (name for name in self.group_by if name in labels)
        return tuple(sorted((name, labels[name]) for name in names))


def matching(route: Route, labels: Labels) -> Iterator[Route]:
    """The routes that take an alert: the deepest that match, the first of siblings unless it says `continue`."""
    if not all_hold(route.matchers, labels):
        return
    taken = False
    for child in route.routes:
        found = list(matching(child, labels))
        yield from found
        taken = taken or bool(found)
        if found and not child.goes_on:
            break
    if not taken:
        yield route


def nodes(route: Route) -> Iterator[Route]:
    """The route and all below it."""
    yield route
    for child in route.routes:
        yield from nodes(child)
