"""The viewer without a browser, which the load is measured with, sees what a session of the pages is sent."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.pages import served
from tests.support.viewer import Viewer

pytestmark = pytest.mark.xdist_group("browser")


async def _look(address: str, page: str) -> Viewer:
    async with Viewer(address, page) as viewer:
        await viewer.open()
        if not viewer.faults:
            await viewer.watch(2.5)
    return viewer


def test_a_viewer_refreshes_as_the_page_asks_and_notices_an_address_without_a_page() -> None:
    with served("small") as address:
        right, wrong = asyncio.run(_look(address, "")), asyncio.run(_look(address, "nothing-here"))
    assert (len(right.refreshes), right.faults) == (1, [])
    assert right.received > 10_000
    assert wrong.faults == ["page_not_found"]
