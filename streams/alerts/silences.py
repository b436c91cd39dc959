"""What keeps an alert from being told: silences, which a person set, and inhibitions, by another alert. Pure.

Either only mutes: a breach that is muted counts as a breach in every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.alerts.config import Inhibition
from streams.alerts.matching import Labels, Matcher, all_hold


@dataclass(frozen=True)
class Silence:
    """Mutes alerts with these labels in [starts_at, ends_at)."""

    silence: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime

    def mutes(self, labels: Labels, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at and all_hold(self.matchers, labels)


def inhibited(labels: Labels, firing: Sequence[Labels], rules: Iterable[Inhibition]) -> bool:
    """Whether an alert that fires keeps these from being told. None inhibits itself."""
    for rule in rules:
        if not all_hold(rule.targets, labels):
            continue
        own = all_hold(rule.sources, labels)  # is both: only another that is not a target too may inhibit it
        for each in firing:
            equal = all(each.get(name, "") == labels.get(name, "") for name in rule.equal)
            if equal and all_hold(rule.sources, each) and not (own and all_hold(rule.targets, each)):
                return True
    return False
