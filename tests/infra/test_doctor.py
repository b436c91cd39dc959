from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from infra import doctor, door
from infra.broker.embedded import EmbeddedBroker
from infra.settings import Settings


def states(findings: list[doctor.Finding]) -> dict[str, str]:
    return {finding.what: finding.state for finding in findings}


def test_a_sound_installation_has_only_the_warehouse_to_start(embedded: EmbeddedBroker, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", bootstrap=embedded.address, partitions=4)
    settings.quarantine_key()
    findings = doctor.examine(settings)
    found = states(findings)
    assert found["broker"] == found["topics"] == found["versions"] == found["data"] == found["clock"] == "fine"
    wrong = [finding for finding in findings if finding.state == "wrong"]
    assert [finding.what for finding in wrong] == ["warehouse"]
    assert "clausewatch up" in wrong[0].cure


def test_partitions_that_differ_from_the_settings_are_told_with_their_cure(
    embedded: EmbeddedBroker, tmp_path: Path
) -> None:
    findings = list(doctor.broker_and_topics(Settings(data_dir=tmp_path, bootstrap=embedded.address)))
    assert findings[-1].state == "wrong"
    assert findings[-1].cure == "set CLAUSEWATCH_PARTITIONS=4"


def test_a_secret_that_others_can_read_is_wrong(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.token("worker")
    (settings.data_dir / "tokens" / "worker.token").chmod(0o640)
    (finding,) = doctor.data_directory(settings)
    assert finding.state == "wrong"
    assert finding.cure.startswith("chmod go-rwx")


def test_a_clock_that_was_set_back_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").touch()
    assert states(list(doctor.clock(Settings(data_dir=tmp_path)))) == {"clock": "fine"}
    os.utime(tmp_path / "warehouse.duckdb", (time.time() + 3600,) * 2)
    assert states(list(doctor.clock(Settings(data_dir=tmp_path)))) == {"clock": "wrong"}


@pytest.mark.parametrize(("host", "state"), [("127.0.0.1", "fine"), ("0.0.0.0", "wrong")])
def test_a_port_open_to_the_network_is_wrong(tmp_path: Path, host: str, state: str) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.run_file("worker-1").write(address="x")
    with socket.create_server((host, 0)) as listener:
        (finding,) = doctor.ports(settings)
        assert f"worker-1 {host}:{listener.getsockname()[1]}" in finding.words
    assert finding.state == state


def test_loopback_is_told_from_the_network() -> None:
    assert all(map(doctor.is_loopback, ("127.0.0.1", "::1", "::ffff:127.0.0.1")))
    assert not any(map(doctor.is_loopback, ("0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1")))


def test_scarce_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "TOO_LITTLE", 1 << 60)
    found = states(list(doctor.disk(Settings(data_dir=tmp_path / "a" / "b"))))
    assert found == {"disk": "wrong", "growth": "unknown"}


def test_what_is_wrong_makes_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    assert door.run(["doctor", "--data-dir", str(tmp_path)]) == 1
    assert "✖ broker" in capsys.readouterr().out
