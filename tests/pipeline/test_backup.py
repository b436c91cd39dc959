"""The drill: a backup taken while everything runs is put back, and the stream goes on to what the audit finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.door import run
from tests.support.pipeline import House, Line, assert_equal, assert_sound

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def test_a_restored_warehouse_reads_on_to_the_same_end(
    house: House,
    lines: list[Line],
    expected: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(house.settings.data_dir))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", str(house.settings.bootstrap))
    house.start("warehouse", "worker-1")
    house.publish(lines[: len(lines) // 3])
    house.wait_until_read(60)
    with house.publishing(lines[len(lines) // 3 : 2 * len(lines) // 3], a_second=300):
        house.wait_until_some_read(len(lines) // 3 + 50)
        assert run(["backup", str(tmp_path / "kept")]) == 0
    house.publish(lines[2 * len(lines) // 3 :])
    house.wait_until_read(90)
    house.stop()

    capsys.readouterr()
    assert run(["restore", str(tmp_path / "kept"), "--replace"]) == 0
    told = capsys.readouterr().out
    assert "records of them are read again from the log" in told
    assert " 0 records of them" not in told
    assert "lost" not in told

    house.start("warehouse", "worker-1")
    house.wait_until_read(90)
    assert_equal(house.export(tmp_path / "export"), expected)
    assert_sound(house)
