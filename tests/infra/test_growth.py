from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import doctor, growth
from infra.growth import Size, forecast, measure, per_day, read
from infra.settings import Settings

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MB = 1024**2


def hourly(*sizes: float, until: datetime = NOW) -> list[Size]:
    return [Size(until - HOUR * (len(sizes) - 1 - n), int(size)) for n, size in enumerate(sizes)]


def steady(hours: int, day: float, start: float = 100 * MB) -> list[Size]:
    return hourly(*(start + day * n / 24 for n in range(hours + 1)))


def test_a_steady_growth_is_told_with_the_days_that_are_left() -> None:
    found = forecast(steady(24 * 6, 180 * MB), free=18 * 180 * MB, now=NOW)
    assert found.known
    assert found.days == pytest.approx(18, rel=1e-3)
    assert found.words == "grows 180.0 MB a day (measured over 6.0 days): full in about 18 days"


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([], "how fast it grows is not known: the warehouse has not measured yet"),
        (steady(3, MB), "how fast it grows is not known yet: measured for 3 h, a day is needed"),
        (hourly(1), "how fast it grows is not known yet: measured for 0 h, a day is needed"),
        (
            hourly(*range(50), until=NOW - timedelta(days=9)),
            "how fast it grows is not known: last measured 9.0 days ago",
        ),
    ],
)
def test_what_is_not_known_is_told_as_such(sizes: list[Size], words: str) -> None:
    assert forecast(sizes, free=1, now=NOW) == (False, None, words)


def test_what_shrinks_is_never_full() -> None:
    assert forecast(steady(48, -MB), free=1, now=NOW) == (True, None, "it does not grow (measured over 2.0 days)")


@given(
    day=st.floats(-1e9, 1e9),
    noise=st.lists(st.floats(-1, 1), min_size=25, max_size=80),
    swing=st.floats(0, 128 * MB),
)
def test_what_grows_and_vanishes_again_shifts_the_slope_little(day: float, noise: list[float], swing: float) -> None:
    hours = len(noise) - 1
    sizes = hourly(*(1e12 + day * n / 24 + swing * noise[n] for n in range(hours + 1)))
    grows = per_day(sizes)
    assert grows is not None
    assert abs(grows - day) <= 3.2 * swing / (hours / 24) + 100


def test_a_measure_counts_all_below_the_directory_once_an_hour(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "log").write_bytes(b"x" * 1_000_000)
    measure(tmp_path, NOW)
    measure(tmp_path, NOW + HOUR / 2)
    (tmp_path / "kafka" / "log").write_bytes(b"x" * 3_000_000)
    measure(tmp_path, NOW + HOUR)
    first, second = read(tmp_path / growth.FILE)
    assert (first.at, second.at) == (NOW, NOW + HOUR)
    assert first.bytes >= 1_000_000
    assert 1_900_000 < second.bytes - first.bytes < 2_100_000


def test_old_measures_go_and_so_do_those_of_a_clock_that_was_ahead(tmp_path: Path) -> None:
    for at in (NOW - timedelta(days=15), NOW - HOUR, NOW):
        measure(tmp_path, at)
    measure(tmp_path, NOW - HOUR / 2)
    assert [each.at for each in read(tmp_path / growth.FILE)] == [NOW - HOUR, NOW - HOUR / 2]


def test_what_is_no_measure_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / growth.FILE).write_text(
        '{"at": "2026-03-20T12:00:00+00:00", "bytes": 5}\n{"at": 3}\nnull\n\n{"at": "2026-03-20", "bytes": 5}\n{"at'
    )
    assert read(tmp_path / growth.FILE) == [Size(NOW, 5)]


def test_a_directory_that_cannot_be_written_raises_nothing(tmp_path: Path) -> None:
    measure(tmp_path / "gone", NOW)


@pytest.mark.parametrize(("days", "state"), [(10, "note"), (400, "fine")])
def test_the_doctor_warns_when_the_disk_is_full_within_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: str
) -> None:
    free = 100 * 1024**3
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: type("Usage", (), {"free": free}))
    now = datetime.now(UTC)
    lines = [
        f'{{"at": "{(now - HOUR * hours).isoformat()}", "bytes": {free // days * (48 - hours) // 24}}}'
        for hours in (48, 24, 0)
    ]
    (tmp_path / growth.FILE).write_text("\n".join(lines))
    _, finding = doctor.disk(Settings(tmp_path))
    assert (finding.what, finding.state) == ("growth", state)
    assert f"full in about {days} days" in finding.words
    assert bool(finding.cure) == (state == "note")
