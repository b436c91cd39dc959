from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.support.services"]


GROUPS = ("kafka", "browser")  # one service each, which the first that needs it starts


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked slow are left to CI, unless some are chosen by mark; those of one service share a process."""
    all_of_them = os.environ.get("CI") == "true" or config.getoption("-m")
    for item in items:
        if item.get_closest_marker("slow") and not all_of_them:
            item.add_marker(pytest.mark.skip(reason="slow: runs under CI=true, or with -m slow"))
        group = next(filter(item.get_closest_marker, GROUPS), None)  # of both, the dearer one
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))
