"""The proxy of infra/compose.yaml before real pages: TLS, headers on every path, signing in, the socket."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tests.support.certificates import Authority
from tests.support.pages import free_port
from tests.support.provider import Company, provider

CADDY = shutil.which("caddy")
CADDYFILE = Path(__file__).parents[2] / "infra/Caddyfile"
pytestmark = pytest.mark.skipif(CADDY is None, reason="needs Debian's caddy")
HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """`client` of the proxy; `company`, the provider; `port`, the proxy's; `tls`, who trusts it."""
    directory = tmp_path_factory.mktemp("proxy")
    port, pages = free_port(), free_port()
    address = f"https://localhost:{port}"
    authority = Authority()
    for name, text in zip(("proxy.pem", "proxy.key"), authority.server("localhost"), strict=True):
        (directory / name).write_bytes(text)
    environment = {
        **os.environ,
        "CLAUSEWATCH_WAREHOUSE": "127.0.0.1:9",
        "PROXY_LISTEN": f":{port}",
        "PROXY_TO": f"127.0.0.1:{pages}",
        "PROXY_CERT": str(directory / "proxy.pem"),
        "PROXY_KEY": str(directory / "proxy.key"),
        "HOME": str(directory),
    }
    tls = ssl.create_default_context(cadata=authority.pem.decode())
    with provider() as company, open(directory / "log", "wb") as log:
        company.configure(directory / "data", address)
        company.person = {"sub": "u-1", "groups": ["board"]}
        commands = (
            [str(CADDY), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
            [sys.executable, "-m", "infra", "dashboards", "--port", str(pages), "--data-dir", str(directory / "data")],
        )
        started = [subprocess.Popen(each, env=environment, stdout=log, stderr=log) for each in commands]
        try:
            with httpx.Client(base_url=address, verify=tls, timeout=30) as client:
                _await(client, started, directory / "log")
                yield SimpleNamespace(client=client, company=company, port=port, tls=tls, address=address)
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(15)


def _await(client: httpx.Client, started: list[subprocess.Popen[bytes]], log: Path) -> None:
    began = time.monotonic()
    while time.monotonic() - began < 60 and all(each.poll() is None for each in started):
        try:
            if client.get("/_stcore/health").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8", "replace")[-2000:])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/breaches", 200),
        ("/_stcore/health", 200),
        ("/fonts/inter.ttf", 200),
        ("/media/guessed.csv", 403),
        ("/_stcore/metrics", 404),
        ("/_stcore/script-health-check", 404),
        ("/component/none/x", 404),
    ],
)
def test_every_path_has_its_headers_and_gives_nothing_away(house: SimpleNamespace, path: str, status: int) -> None:
    answer = httpx.get(house.address + path, verify=house.tls, timeout=30)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_people_sign_in_through_it_with_cookies_for_tls_only(house: SimpleNamespace) -> None:
    back = house.client.get("/sign-in", params={"to": "/register?days=90"}, follow_redirects=True)
    assert str(back.url) == f"{house.address}/register?days=90"
    given = [line for each in back.history for line in each.headers.get_list("set-cookie")]
    assert any(line.startswith("_streamlit_user=") for line in given)
    assert all("Secure" in line for line in given)
    assert house.client.get("/media/guessed.csv").status_code == 404
    assert house.client.get("/_stcore/metrics").status_code == 404
    assert isinstance(house.company, Company)


def test_without_tls_nothing_is_answered(house: SimpleNamespace) -> None:
    assert httpx.get(f"http://localhost:{house.port}/", timeout=10).status_code == 400
    old = ssl.create_default_context()
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("localhost", house.port)) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain)


@pytest.mark.parametrize(("origin", "status"), [("", 101), ("https://evil.example", 403)])
def test_the_pages_socket_passes_from_our_own_origin_only(house: SimpleNamespace, origin: str, status: int) -> None:
    lines = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: localhost:{house.port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: streamlit",
        f"Origin: {origin or house.address}",
    )
    with (
        socket.create_connection(("localhost", house.port), timeout=30) as plain,
        house.tls.wrap_socket(plain, server_hostname="localhost") as made,
    ):
        made.sendall("\r\n".join((*lines, "", "")).encode())
        assert int(made.recv(4096).split()[1]) == status
