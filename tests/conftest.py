from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.support.services"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked slow are left to CI, unless some are chosen by mark."""
    if os.environ.get("CI") == "true" or config.getoption("-m"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs under CI=true, or with -m slow"))
