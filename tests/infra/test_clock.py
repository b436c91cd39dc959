from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from infra.clock import FixedClock, WallClock


def test_clocks_speak_utc() -> None:
    assert WallClock().now().utcoffset() == timedelta(0)
    clock = FixedClock(datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)
    clock.move(timedelta(minutes=5))
    assert clock.now().minute == 5


def test_a_clock_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        FixedClock(datetime(2026, 1, 1))
