"""From the broker to the canonical export, undisturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pipeline import House, Line, assert_equal

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def test_the_stream_finds_what_the_audit_finds(house: House, lines: list[Line], expected: Path, tmp_path: Path) -> None:
    house.start("warehouse", "worker-1")
    house.publish(lines)
    house.wait_until_read()
    assert sum(house.stored().values()) == len(lines)
    assert_equal(house.export(tmp_path / "live"), expected)

    house.stop()  # in order, and what was stored is there again
    assert house.told == []
    house.start("warehouse", "worker-1")
    house.wait_until_read()
    assert sum(house.stored().values()) == len(lines)
    assert_equal(house.export(tmp_path / "again"), expected)
