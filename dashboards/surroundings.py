"""Where the pages find the warehouse and the clauses: the room's only look outside."""

from __future__ import annotations

from functools import cache
from typing import Any

from dashboards.figures import Clauses
from expectations.model import registry
from infra.settings import Settings

ROLE = "dashboards"  # whose token the pages show to the warehouse


@cache
def settings() -> Settings:
    """The installation that these pages belong to, by the environment."""
    return Settings.load()


def connect() -> Any:
    """The warehouse's client; raises when none runs."""
    from infra.warehouse.client import Warehouse

    return Warehouse(settings().warehouse_address(), settings().token(ROLE))


def clauses() -> Clauses:
    """Every clause, in the policy's order."""
    return registry()
