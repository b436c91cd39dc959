"""A day with thirteen weeks before it, made once for the pages that look so far back."""

from __future__ import annotations

import pytest

from tests.support.drawn import World, world
from tests.support.season import season
from tests.support.seeded import Seeded


@pytest.fixture(scope="package")
def season_world() -> World:
    return world(season(Seeded(share=0.02)).day().live(looks=3))
