"""Who may send what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from expectations.vocabulary import SYSTEMS, TYPES


@dataclass(frozen=True)
class Senders:
    """Who may send what: first segment of a source -> system, and system -> types."""

    systems: Mapping[str, str] = field(default_factory=lambda: {system: system for system in SYSTEMS})
    sends: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {
            system: frozenset(t.name for t in TYPES.values() if t.system in (None, system)) for system in SYSTEMS
        }
    )

    def system_of(self, source: object) -> str | None:
        """The system of a source, by its first segment; None when it is none of ours."""
        if not isinstance(source, str) or not source.startswith("/"):
            return None
        return self.systems.get(source.split("/", 2)[1])
