from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from infra import door
from infra.doctor import is_loopback
from infra.processes import free_port
from infra.settings import RunFile, alive

Run = Callable[..., "Up"]


class Up:
    """A `clausewatch up` of this test, without demo and without workers."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self.port = free_port()
        self.output = directory.parent / f"up-{self.port}.txt"
        command = [sys.executable, "-m", "infra", "up", "--no-demo", "--workers", "0"]
        command += ["--data-dir", str(directory), "--port", str(self.port), *arguments]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CLAUSEWATCH", "KAFKA"))}
        with self.output.open("w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)

    def said(self, words: str, seconds: float = 90) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(words, self.output.read_text()):
                return True
            if self.process.poll() is not None:
                return bool(re.search(words, self.output.read_text()))
            time.sleep(0.1)
        return False

    def pid(self, part: str) -> int:
        return int((RunFile(self.directory / "run" / f"{part}.json").read() or {"pid": 0})["pid"])

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made: list[Up] = []

    def start(*arguments: str) -> Up:
        made.append(Up(tmp_path / "data", *arguments))
        return made[-1]

    yield start
    for up in made:
        if up.process.poll() is None:
            up.stop(signal.SIGTERM)


def test_all_parts_start_are_mended_and_stop_in_order(run: Run) -> None:
    up = run()
    assert up.said("Open http://127.0.0.1:"), up.output.read_text()
    started = re.findall(r"^  ● (\S+)", up.output.read_text(), re.MULTILINE)
    assert started == ["broker", "topics", "warehouse", "canaries", "dashboards", "alerts"]

    second = run()
    assert second.process.wait(60) == 2
    assert f"is up already on {up.directory}, pages at http://127.0.0.1:{up.port}" in second.output.read_text()

    family = psutil.Process(up.process.pid).children(recursive=True)
    listening = [c.laddr.ip for p in family for c in p.net_connections() if c.status == "LISTEN"]
    assert len(listening) >= 3
    assert all(map(is_loopback, listening)), listening

    before, address = up.pid("warehouse"), RunFile(up.directory / "run" / "warehouse.json").read()
    os.kill(before, signal.SIGKILL)
    assert up.said("✖ warehouse ended .-9.*again in 1 s")
    assert up.said("● warehouse is started again")
    end = time.monotonic() + 30
    while up.pid("warehouse") in (0, before) and time.monotonic() < end:
        time.sleep(0.1)
    after = RunFile(up.directory / "run" / "warehouse.json").read()
    assert address is not None
    assert after is not None
    assert after["address"] == address["address"]

    broker = up.pid("broker")
    os.kill(broker, signal.SIGKILL)
    os.kill(up.pid("warehouse"), signal.SIGKILL)  # at once: the new log cannot be told before it is back
    assert up.said("✖ broker ended; what it held and was not judged is lost")
    assert up.said("● broker is started again"), up.output.read_text()
    assert up.pid("broker") not in (0, broker)

    assert up.stop() == 0
    stopped = re.findall(r"^  ○ (\S+) stopped", up.output.read_text(), re.MULTILINE)
    assert stopped == ["canaries", "dashboards", "alerts", "warehouse", "broker"]
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]

    again = run()
    assert again.said("Open http://127.0.0.1:"), again.output.read_text()
    children = psutil.Process(again.process.pid).children(recursive=True)
    again.process.kill()
    again.process.wait()
    end = time.monotonic() + 30
    while any(alive(child.pid) for child in children) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(alive(child.pid) for child in children)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--broker", "rabbit"], '--broker "rabbit" is no broker'), (["--broker", "127.0.0.1:9"], "does not answer")],
)
def test_a_wrong_broker_is_told(run: Run, arguments: list[str], told: str) -> None:
    up = run(*arguments)
    assert up.process.wait(60) == 2
    assert told in up.output.read_text()
    assert "Traceback" not in up.output.read_text()


def test_a_taken_port_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert door.run(["up", "--data-dir", str(tmp_path / "data"), "--port", port]) == 2
    assert f"port {port} of the pages is taken" in capsys.readouterr().err


def test_a_full_disk_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.up.LEAST_FREE", 1 << 60)
    assert door.run(["up", "--data-dir", str(tmp_path / "data"), "--port", str(free_port())]) == 2
    assert re.search(r"only \d+ MB are free", capsys.readouterr().err)
