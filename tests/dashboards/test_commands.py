"""`clausewatch dashboards`: from any directory, on loopback, or where people sign in."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from dashboards.commands import dashboards
from infra.errors import UserError
from tests.support.pages import free_port
from tests.support.provider import SECRET, provider


def test_it_refuses_to_serve_a_network() -> None:
    found = CliRunner().invoke(dashboards, ["--address", "0.0.0.0"])
    assert isinstance(found.exception, UserError)
    assert "sign-in" in found.exception.message


def test_a_taken_port_is_a_clear_message() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = CliRunner().invoke(dashboards, ["--port", str(port)])
    assert isinstance(found.exception, UserError)
    assert found.exception.message == f"port {port} is taken on 127.0.0.1"


@pytest.mark.timeout(90)
def test_it_serves_from_any_directory_and_says_where(tmp_path: Path) -> None:
    port, data, elsewhere = free_port(), tmp_path / "data", tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-c", "from infra.door import main; main()", "dashboards", "--port", str(port)]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data)], cwd=elsewhere, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "CLAUSEWATCH_WAREHOUSE": "127.0.0.1:9"},
        )  # fmt: skip
    run = data / "run" / "dashboards.json"
    try:
        began = time.monotonic()
        while not run.exists() and time.monotonic() - began < 40 and process.poll() is None:
            time.sleep(0.1)
        words = json.loads(run.read_text())
        assert words["address"] == f"http://127.0.0.1:{port}"
        assert words["pid"] == process.pid
        for _ in range(50):
            try:
                with urllib.request.urlopen(f"{words['address']}/_stcore/health", timeout=2) as answer:
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        assert listening(process.pid) == {f"127.0.0.1:{port}"}
    finally:
        process.terminate()
        assert process.wait(15) is not None, (tmp_path / "log").read_text()
    assert not run.exists()


def listening(pid: int) -> set[str]:
    """Addresses on which the process accepts connections."""
    import psutil

    found = psutil.Process(pid).net_connections(kind="tcp")
    return {re.sub(r"^::1", "[::1]", f"{each.laddr.ip}:{each.laddr.port}") for each in found if each.status == "LISTEN"}


@pytest.mark.timeout(90)
def test_people_sign_in_where_a_provider_is_named(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from infra.door import main; main()", "dashboards", "--port", str(port)]
    with provider() as company, open(tmp_path / "log", "wb") as log:
        company.configure(data, address)
        company.person = {"sub": "u-1", "groups": ["board"]}
        process = subprocess.Popen(
            [*command, "--data-dir", str(data)], stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "CLAUSEWATCH_WAREHOUSE": "127.0.0.1:9"},
        )  # fmt: skip
        try:
            listens(f"127.0.0.1:{port}", process)
            told = b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
            assert SECRET.encode() not in told
            assert (data / "sign-in.key").read_bytes() not in told
            with httpx.Client(base_url=address, timeout=30) as browser:
                assert browser.get("/_stcore/metrics").status_code == 403
                wanted = "/register?days=90"
                back = browser.get("/sign-in", params={"to": wanted}, follow_redirects=True)
                assert [each.url.path for each in back.history] == [
                    "/sign-in", "/auth/login", "/authorize", "/oauth2callback",
                ]  # fmt: skip
                assert str(back.url) == address + wanted
                assert browser.get("/_stcore/metrics").status_code == 200
                (data / "sign-in.deny").write_text("u-1")
                assert browser.get("/_stcore/metrics").status_code == 403
                (data / "sign-in.deny").unlink()
                copied = dict(browser.cookies)
                browser.get("/sign-out", follow_redirects=True)
                assert httpx.get(f"{address}/_stcore/metrics", cookies=copied, timeout=30).status_code == 403
        finally:
            process.terminate()
            assert process.wait(15) is not None, (tmp_path / "log").read_text()
        assert SECRET not in (tmp_path / "log").read_text()


def listens(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process answers there."""
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < 60:
        try:
            httpx.get(f"http://{address}/_stcore/health", timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the pages did not answer")
