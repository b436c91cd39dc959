"""Slack and Teams are told over TLS by their own addresses; a proxy on this machine stands where their hosts would."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from streams.alerts import channels
from streams.alerts.config import Integration
from tests.streams.alerts.test_channels import MESSAGE, NOW, notice
from tests.support.certificates import Authority

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    f"https://default0123.45.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows"
    f"/{'a' * 32}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={'b' * 43}"
)


class Tunnel(BaseHTTPRequestHandler):
    """A proxy that is each host that it is asked for: it notes what it is told, and answers with `server.answer`."""

    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0]
        self.send_response(200)
        self.end_headers()
        file: Path = self.server.folder / f"{self.host}.pem"  # type: ignore[attr-defined]
        file.write_bytes(b"".join(self.server.authority.server(self.host)))  # type: ignore[attr-defined]
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")  # type: ignore[assignment]
        self.handle_one_request()

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.host, self.path, told))  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b"ok")
        self.wfile.flush()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
    server.authority, server.folder, server.got, server.answer = Authority(), tmp_path, [], 200
    (tmp_path / "ca.pem").write_bytes(server.authority.pem)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SLACK", SLACK)
    monkeypatch.setenv("TEAMS", TEAMS)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


SLACK_WAY = Integration("slack", 0, {"api_url_env": "SLACK"})
TEAMS_WAY = Integration("msteamsv2", 0, {"webhook_url_env": "TEAMS"})


def test_slack_is_told_in_plain_lines(world: Any) -> None:
    assert channels.send(SLACK_WAY, "nl", notice(), NOW).fault is None
    ((host, path, told),) = world.got
    assert f"https://{host}{path}" == SLACK
    (shown,) = told["attachments"]
    assert shown["title"] == "▲ NEWS-5: 3 beloften zijn te laat (1 nieuw), nieuwsbrief"
    lines = shown["text"].splitlines()
    assert "Belofte: NEWS-5 – Wie zich afmeldt, wordt van de lijst verwijderd." in lines
    assert "Wat te doen: Verwijder de abonnee nu, en controleer de taak die dat had moeten doen." in lines
    assert lines[-1].startswith("Bewijs: https://audit.example/alerts?clause=NEWS-5&amp;system=newsletter")


def test_teams_is_told_by_a_card_whose_lines_stay_apart_and_whose_link_opens(world: Any) -> None:
    assert channels.send(TEAMS_WAY, "en", notice(repeated=True), NOW).fault is None
    ((host, path, told),) = world.got
    assert host == "default0123.45.environment.api.powerplatform.com"
    assert path.partition("?")[0] in TEAMS
    title, text = told["attachments"][0]["content"]["body"]
    assert title["text"] == "▲ NEWS-5: 3 promises are overdue (1 new), newsletter"
    lines = text["text"].split("\n\n")
    assert lines[0].startswith("Sent again after an interruption")
    assert "**What to do:** Delete the subscriber now, and check the job that should have done it." in lines
    assert lines[-1].startswith("**Evidence:** [https://audit.example/alerts?clause=NEWS-5&")
    assert lines[-1].endswith(")")


@pytest.mark.parametrize("way", [SLACK_WAY, TEAMS_WAY])
def test_no_message_makes_its_reader_ask_another_host(world: Any, way: Integration) -> None:
    resolved = {
        **MESSAGE,
        "status": "resolved",
        "sets": [{**MESSAGE["sets"][0], "firing": 0, "resolved": 3, "fresh": 0}],
    }
    channels.send(way, "en", notice(), NOW)
    channels.send(way, "en", notice(resolved), NOW)
    assert len(world.got) == 2
    schema = "http://adaptivecards.io/schemas/adaptive-card.json"  # the name of a form; nobody fetches it
    for _, _, told in world.got:
        text = json.dumps(told).replace(schema, "").replace("https://audit.example/", "")
        assert "http" not in text


@pytest.mark.parametrize("way", [SLACK_WAY, TEAMS_WAY])
def test_a_chat_that_refuses_or_is_not_trusted_is_tried_again(
    world: Any, way: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.answer = 500
    assert channels.send(way, "en", notice(), NOW).fault == "the channel did not take it"
    world.answer = 200
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    found = channels.send(way, "en", notice(), NOW)
    assert (found.fault, found.lasting) == ("the channel did not take it", False)
    assert len(world.got) == 1
