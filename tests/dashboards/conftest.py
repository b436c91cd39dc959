"""Each test leaves no reader behind, and looks at pages that are bound to loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config

from dashboards import questions, store


@pytest.fixture(autouse=True)
def own_reader() -> Iterator[None]:
    store.install(None)
    questions.install(None)
    config.set_option("server.address", "127.0.0.1")
    yield
    store.install(None)
    questions.install(None)
