from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.errors import UserError
from infra.settings import Settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.load({})
    assert settings.data_dir == Path.cwd() / ".clausewatch"
    assert settings.partitions == 12
    assert settings.bootstrap is None


def test_a_wrong_number_of_partitions_is_named_with_its_cure() -> None:
    with pytest.raises(UserError) as caught:
        Settings.load({"CLAUSEWATCH_PARTITIONS": "dozen"})
    assert caught.value.message == 'CLAUSEWATCH_PARTITIONS: "dozen" is no number of partitions'
    assert "1 to 1000" in caught.value.cure


@pytest.mark.parametrize("said", ["soon", "0", "1801", "2.5"])
def test_a_session_that_no_broker_takes_is_named_with_its_cure(said: str) -> None:
    with pytest.raises(UserError) as caught:
        Settings.load({"CLAUSEWATCH_SESSION_TIMEOUT": said})
    assert caught.value.message == f'CLAUSEWATCH_SESSION_TIMEOUT: "{said}" is no number of seconds'
    assert "1 to 1800" in caught.value.cure
    assert Settings.load({"CLAUSEWATCH_SESSION_TIMEOUT": "4"}).session == 4


def test_secrets_are_for_this_user_only_and_stay_the_same(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    token, key = settings.token("worker"), settings.quarantine_key()
    assert token == settings.token("worker") != settings.token("reader")
    assert len(key) == 32
    assert key == settings.quarantine_key()
    assert mode(settings.data_dir) == 0o700
    assert mode(settings.data_dir / "key") == 0o600
    assert mode(settings.data_dir / "tokens" / "worker.token") == 0o600
    assert mode(settings.data_dir / "tokens") == 0o700


def test_parts_that_start_at_once_agree_on_a_secret(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: settings.token("worker"), range(40)))) == 1


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.quarantine_key()
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(UserError, match="others can read"):
        settings.quarantine_key()


def test_a_run_file_is_believed_while_its_process_runs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    run_file = settings.run_file("warehouse")
    assert run_file.read() is None
    run_file.write(address="grpc://127.0.0.1:1234")
    assert run_file.read() == {"pid": os.getpid(), "address": "grpc://127.0.0.1:1234"}
    assert settings.warehouse_address() == "grpc://127.0.0.1:1234"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    run_file.write(pid=ended.pid, address="grpc://127.0.0.1:1234")
    assert run_file.read() is None
    with pytest.raises(UserError, match="no warehouse runs"):
        settings.warehouse_address()


def test_the_environment_names_the_broker_before_the_running_one(tmp_path: Path) -> None:
    Settings(data_dir=tmp_path).run_file("broker").write(address="127.0.0.1:1")
    assert Settings(data_dir=tmp_path).broker_address() == "127.0.0.1:1"
    assert Settings(data_dir=tmp_path, bootstrap="k:9").broker_address() == "k:9"
