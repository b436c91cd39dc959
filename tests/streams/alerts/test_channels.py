"""Notices leave by real channels: a mail server, receivers that fail and hang, Debian's Alertmanager."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from infra.processes import free_port
from streams.alerts import channels
from streams.alerts.config import Integration
from tests.streams.alerts.conftest import until

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LABELS = {"clause": "NEWS-5", "kind": "overdue", "severity": "high", "system": "newsletter"}
SET = {
    "labels": LABELS,
    "firing": 3,
    "fresh": 1,
    "resolved": 0,
    "withdrawn": 0,
    "cause": None,
    "alert": "a" * 32,
    "since": "2026-11-26T10:00:00+00:00",
    "due_at": "2026-11-26T10:00:00+00:00",
}
ALERT = {
    "alert": "a" * 32,
    "stands": "firing",
    "labels": LABELS,
    "ended_at": None,
    "starts_at": "2026-11-26T10:00:00+00:00",
    "due_at": "2026-11-26T10:00:00+00:00",
}
MESSAGE: dict[str, Any] = {
    "status": "firing",
    "group": {"clause": "NEWS-5"},
    "sets": [SET],
    "alerts": [ALERT],
    "more": 2,
    "link": "https://audit.example",
    "until": "2099-11-26T20:00:00+00:00",
}


def notice(message: dict[str, Any] = MESSAGE, **given: Any) -> dict[str, Any]:
    row = {"notice": "n1", "receiver": "officer", "way": "webhook[0]", "grouped": "{}:{}", "repeated": False}
    return {**row, "message": json.dumps(message), **given}


class Hook(BaseHTTPRequestHandler):
    """Answers as its server is told to; `hang`: not at all."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))  # type: ignore[attr-defined]
        answer = self.server.answer  # type: ignore[attr-defined]
        if answer == "hang":
            self.server.over.wait(10)  # type: ignore[attr-defined]
            return
        self.send_response(answer)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.answer, server.over = [], 200, threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_alertmanagers_version_4(hook: Any) -> None:
    assert channels.send(Integration("webhook", 0, {"url": hook.url}), "en", notice(), NOW).fault is None
    headers, told = hook.got[0]
    assert headers["Idempotency-Key"] == "n1"
    assert {name: told[name] for name in ("version", "status", "receiver", "truncatedAlerts", "groupLabels")} == {
        "version": "4",
        "status": "firing",
        "receiver": "officer",
        "truncatedAlerts": 2,
        "groupLabels": {"clause": "NEWS-5"},
    }
    assert told["commonLabels"] == {"alertname": "NEWS-5", **LABELS}
    assert told["commonAnnotations"]["summary"] == "▲ NEWS-5: 3 promises are overdue (1 new), newsletter"
    (alert,) = told["alerts"]
    assert (alert["status"], alert["generatorURL"]) == ("firing", "https://audit.example/alerts?alert=" + "a" * 32)
    assert "What to do: Delete the subscriber now" in alert["annotations"]["description"]
    assert "repeated" not in told["commonAnnotations"]


def test_what_may_have_arrived_before_says_so(hook: Any) -> None:
    channels.send(Integration("webhook", 0, {"url": hook.url}), "nl", notice(repeated=True), NOW)
    told = hook.got[0][1]["commonAnnotations"]
    assert told["repeated"] == "true"
    assert told["description"].startswith("Opnieuw verstuurd na een onderbreking")


@pytest.mark.parametrize(("code", "lasting"), [(500, False), (429, False), (401, False), (400, True), (413, True)])
def test_a_refusal_is_tried_again_unless_it_lasts(hook: Any, code: int, lasting: bool) -> None:
    hook.answer = code
    found = channels.send(Integration("webhook", 0, {"url": hook.url}), "en", notice(), NOW)
    assert (found.fault, found.lasting) == (f"answered {code}", lasting)


def test_a_receiver_that_hangs_is_left_after_its_time(hook: Any) -> None:
    hook.answer = "hang"
    began = time.monotonic()
    found = channels.send(Integration("webhook", 0, {"url": hook.url, "timeout": "300ms"}), "en", notice(), NOW)
    assert (found.fault, found.lasting) == ("no answer within 0.3 s", False)
    assert time.monotonic() - began < 3


def test_nobody_there_is_tried_again() -> None:
    address = f"http://127.0.0.1:{free_port()}/"
    found = channels.send(Integration("webhook", 0, {"url": address}), "en", notice(), NOW)
    assert (found.fault, found.lasting) == ("not reached (ConnectionRefusedError)", False)


def test_secrets_come_from_files_and_the_environment(
    hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("hush\n", "utf-8")
    file.chmod(0o600)
    login = {"http_config": {"authorization": {"credentials_file": str(file)}}, "url_env": "HOOK"}
    assert channels.send(Integration("webhook", 0, login), "en", notice(), NOW).fault == "HOOK is not set"
    monkeypatch.setenv("HOOK", hook.url)
    assert channels.send(Integration("webhook", 0, login), "en", notice(), NOW).fault is None
    assert hook.got[0][0]["Authorization"] == "Bearer hush"
    file.chmod(0o644)
    found = channels.send(Integration("webhook", 0, login), "en", notice(), NOW)
    assert found.fault == f"others can read {file}"


class Mailbox:
    """Notes what is delivered."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.got.append(envelope)
        return self.answer


@pytest.fixture
def mail() -> Iterator[Any]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield server
    server.stop()


def mailed(server: Any) -> Integration:
    said = {"from": "audit@example.org", "to": "dpo@example.org", "smarthost": f"127.0.0.1:{server.port}"}
    return Integration("email", 0, {**said, "require_tls": False, "timeout": "5s"})


@pytest.mark.parametrize(
    ("language", "subject", "line", "promise"),
    [("en", "▲ NEWS-5: 3 promises are overdue (1 new), newsletter", "By when: 2026-11-26 10:00 UTC",
      "Promise: NEWS-5 – Who unsubscribes is deleted from the list."),
     ("nl", "▲ NEWS-5: 3 beloften zijn te laat (1 nieuw), nieuwsbrief", "Voor wanneer: 2026-11-26 10:00 UTC",
      "Belofte: NEWS-5 – Wie zich afmeldt, wordt van de lijst verwijderd.")],
)  # fmt: skip
def test_a_mail_says_what_to_do_by_when(mail: Any, language: str, subject: str, line: str, promise: str) -> None:
    from email import message_from_bytes, policy

    assert channels.send(mailed(mail), language, notice(way="email[0]"), NOW).fault is None
    (envelope,) = mail.handler.got
    assert (envelope.mail_from, envelope.rcpt_tos) == ("audit@example.org", ["dpo@example.org"])
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert letter["Subject"] == subject
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert line in text
    assert promise in text
    assert "https://audit.example/alerts?clause=NEWS-5" in text


def test_a_mail_server_that_refuses_is_tried_again(mail: Any) -> None:
    mail.handler.answer = "451 later"
    found = channels.send(mailed(mail), "en", notice(), NOW)
    assert (found.fault, found.lasting) == ("the channel did not take it", False)


def test_an_apprise_address_stands_in_a_file(hook: Any, tmp_path: Path) -> None:
    file = tmp_path / "channels"
    file.write_text(f"# the on-call list\njson://127.0.0.1:{hook.server_port}/\n", "utf-8")
    file.chmod(0o600)
    assert channels.send(Integration("apprise", 0, {"url_file": str(file)}), "en", notice(), NOW).fault is None
    assert hook.got[0][1]["title"].startswith("▲ NEWS-5: 3 promises are overdue")
    file.write_text("nonsense://x", "utf-8")
    found = channels.send(Integration("apprise", 0, {"url_file": str(file)}), "en", notice(), NOW)
    assert found.fault == "an address that Apprise does not know"


PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


@pytest.mark.skipif(PROGRAM is None, reason="needs Debian's prometheus-alertmanager")
def test_a_running_alertmanager_takes_what_fires_and_what_is_over(tmp_path: Path) -> None:
    port = free_port()
    file = tmp_path / "am.yml"
    file.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n", "utf-8")
    where = [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", f"--storage.path={tmp_path}"]
    running = subprocess.Popen([str(PROGRAM), f"--config.file={file}", *where], stderr=subprocess.DEVNULL)
    way = Integration("alertmanager", 0, {"url": f"http://127.0.0.1:{port}"})

    def active() -> list[Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/alerts?active=true", timeout=5) as answer:
            return list(json.loads(answer.read()))

    try:
        until(lambda: channels.send(way, "en", notice(), datetime.now(UTC)).fault is None, 20)
        until(lambda: len(active()) == 1)
        (alert,) = active()
        assert alert["labels"] == {"alertname": "NEWS-5", **LABELS}
        assert alert["annotations"]["firing"] == "3"
        over = {**MESSAGE, "status": "resolved", "sets": [{**SET, "firing": 0, "fresh": 0, "resolved": 3}]}
        assert channels.send(way, "en", notice(over), datetime.now(UTC)).fault is None
        until(lambda: active() == [])
    finally:
        running.kill()
        running.wait()
