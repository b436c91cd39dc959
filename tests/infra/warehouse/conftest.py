"""A store in memory, of two claimed partitions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.warehouse.store import Store
from tests.support.warehouse import (
    at,
)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:", clock=lambda: at(600)) as opened:
        opened.claim([0, 1], "a")
        yield opened
