"""Each test leaves no reader behind, and looks at pages that are bound to loopback."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner

from dashboards import questions, store
from tests.support.drawn import World, world
from tests.support.season import season
from tests.support.seeded import Seeded

# Each AppTest looks through all that is installed for components: nine tenths of its time. Once will do.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def own_reader() -> Iterator[None]:
    store.install(None)
    questions.install(None)
    config.set_option("server.address", "127.0.0.1")
    yield
    store.install(None)
    questions.install(None)


@pytest.fixture(scope="session")
def season_world() -> World:
    """A day with thirteen weeks before it, made once for the pages that look so far back; one breach is resolved."""
    seeded = season(Seeded(share=0.02)).day().live(looks=3).alerts()
    mailed = seeded.store.query("breaches", {"clause": "NEWS-4", "rows": 1}).to_pylist()
    return world(seeded.resolve(mailed[0]["finding"]))
