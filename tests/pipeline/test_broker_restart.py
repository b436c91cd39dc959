"""The broker goes away in the middle, and comes back with its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.broker.apache import ApacheKafka
from tests.support.pipeline import House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def test_the_stream_goes_on_where_it_was(
    house: House, kafka: ApacheKafka, lines: list[Line], expected: Path, tmp_path: Path
) -> None:
    house.start("warehouse", "worker-1")
    with house.publishing(lines, a_second=300) as going:
        house.wait_until_some_read(300)
        assert going()
        try:
            kafka.kill()
        finally:
            kafka.start()
        house.watch()
    house.wait_until_read(120)
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
