"""Whose law a matter about a person is told by, where it is not the GDPR alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Regime:
    """A country (ISO 3166-1) with its own law, how references to that law begin, and who enforces it there."""

    country: str
    law: str
    regulator: str


POPIA = Regime("ZA", "POPIA", "information_regulator")
