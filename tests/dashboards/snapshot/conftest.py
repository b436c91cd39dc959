"""One snapshot of the seeded day for all tests of this folder, and its bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.snapshot.bundle import Snapshot
from dashboards.snapshot.make import kept, taken
from infra.quarter import Quarter
from infra.warehouse.store import Store
from tests.support.seeded import NOW, Seeded

QUARTER = Quarter.of("2026Q4")


@pytest.fixture(scope="session")
def seeded_store() -> Store:
    return Seeded(share=0.05).day().store


@pytest.fixture(scope="session")
def made(seeded_store: Store) -> Snapshot:
    return taken(seeded_store, QUARTER, NOW)


@pytest.fixture(scope="session")
def bundle(seeded_store: Store, made: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshots")
    kept(seeded_store, made, folder, "en")
    return folder / made.name
