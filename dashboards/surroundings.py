"""Where the pages find the warehouse and the clauses: the room's only look outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from dashboards.figures import Clauses
from dashboards.store import Bundle
from expectations.clauses.security import sec_3_measures_in_place as sec_3
from expectations.model import registry
from expectations.policy import Policy, load
from expectations.readings import of_clauses
from expectations.words import clauses_in
from infra import provider as providers
from infra.provider import Provider
from infra.settings import Settings

ROLE = "dashboards"  # whose token the pages show to the warehouse


@cache
def settings() -> Settings:
    """The installation that these pages belong to, by the environment."""
    return Settings.load()


@cache
def provider() -> Provider | None:
    """Who signs people in; None: nobody does, and the pages are for this machine only."""
    return providers.load(settings())


def connect() -> Any:
    """The warehouse's client; raises when none runs."""
    from infra.warehouse.client import connect as reach

    return reach(settings(), ROLE)


@cache
def policy() -> Policy:
    """The policy that these pages show, with the readings of every clause."""
    return load(clauses=of_clauses())


def silent(bundle: Bundle) -> Mapping[str, tuple[str, ...]]:
    """Clause -> measures without evidence, of clauses that are kept as long as each measure is reported."""
    assert bundle.taken_at is not None
    reported = [(row["control"], row["system"], row["reported_at"]) for row in bundle.controls]
    return {"SEC-3": sec_3.silent(reported, bundle.taken_at, reading("SEC-3", bundle.taken_at))}


def reading(clause: str, at: datetime) -> Any:
    """The readings of a clause that hold at an instant."""
    return registry()[clause].reading(policy().version_at(at).readings.get(clause, {}))


def clauses(language: str = "en") -> Clauses:
    """Every clause, in the policy's order, its words in that language."""
    return clauses_in(language)
