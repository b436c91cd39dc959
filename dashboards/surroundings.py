"""Where the pages find the warehouse, and whether the workers live: the room's only look outside."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from expectations.model import registry
from infra.settings import RunFile, Settings

ROLE = "dashboards"  # whose token the pages show to the warehouse
PATIENCE = 2.0  # seconds for a worker's answer


@cache
def settings() -> Settings:
    """The installation that these pages belong to, by the environment."""
    return Settings.load()


def connect() -> Any:
    """The warehouse's client; raises when none runs."""
    from infra.warehouse.client import Warehouse

    return Warehouse(settings().warehouse_address(), settings().token(ROLE))


def heard() -> datetime | None:
    """Now, when a worker answers its health port: it reads, and the sources are just quiet. Else None."""
    run = settings().data_dir / "run"
    if not run.is_dir():
        return None
    for file in sorted(run.glob("worker*.json")):
        words = RunFile(file).read()
        if words and _answers(words):
            return datetime.now(UTC)
    return None


def _answers(words: Mapping[str, Any]) -> bool:
    address = words.get("health") or words.get("address")
    if not isinstance(address, str):
        return False
    url = address if "://" in address else f"http://{address}"
    if not url.removeprefix("http://").startswith(("127.0.0.1", "localhost", "[::1]")):
        return False
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/live", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def clauses() -> Any:
    """Every clause, in the policy's order."""
    return registry()
