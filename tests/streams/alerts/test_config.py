"""The file of routes and receivers: what is wrong is told with file and line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from expectations import lined
from expectations.lined import FileError
from infra import door
from streams.alerts import config
from streams.alerts.config import Config

SOUND = """\
global: {smtp_from: audit@example.org, smtp_smarthost: 'mail.example.org:587', smtp_auth_password_file: /run/mail}
route:
  receiver: officer
  group_by: [clause]
  group_wait: 1m30s
  routes:
    - matchers: ['severity="critical"', 'clause=~"NEWS-.*"']
      receiver: pager
      continue: true
    - matchers: [system=crm]
      group_by: ['...']
receivers:
  - name: officer
    language: nl
    email_configs: [{to: dpo@example.org}]
  - name: pager
    webhook_configs:
      - url: http://pager.example/hook
        send_resolved: false
inhibit_rules:
  - {source_matchers: ['kind="silent"'], target_matchers: ['kind="no_evidence"'], equal: [system]}
clausewatch: {link: 'https://audit.example/', nearing: [10, 50], silent_after: {crm: 1h}}
"""


def read(text: str) -> Config:
    return config.of(lined.parse(text, "alerts.yaml"))


def faults(text: str) -> list[str]:
    with pytest.raises(FileError) as refused:
        read(text)
    return [str(each) for each in refused.value.faults]


def test_a_route_inherits_what_it_does_not_say() -> None:
    found = read(SOUND)
    pager, crm = found.route.routes
    assert (pager.receiver, pager.group_by, pager.group_wait) == ("pager", ("clause",), timedelta(seconds=90))
    assert (crm.receiver, crm.group_by, crm.repeat_interval) == ("officer", ("...",), timedelta(hours=4))
    assert pager.id == '{}/{severity="critical",clause=~"NEWS-.*"}'


def test_mail_takes_what_global_says_and_a_secret_is_only_a_place() -> None:
    (mail,) = read(SOUND).receivers["officer"].integrations
    assert mail.options["smarthost"] == "mail.example.org:587"
    assert mail.options["auth_password_file"] == "/run/mail"
    assert not read(SOUND).receivers["pager"].integrations[0].send_resolved


def test_when_alerts_are_raised_is_said_there_too() -> None:
    raising = read(SOUND).raising
    assert (raising.link, raising.nearing) == ("https://audit.example", (50, 10))
    assert raising.silent_after == {"crm": timedelta(hours=1)}


def test_without_a_file_alerts_are_kept_and_critical_ones_wait_less() -> None:
    found = config.load()
    assert [each.group_wait.total_seconds() for each in (found.route, *found.route.routes)] == [30, 5]
    assert found.receivers["pages"].integrations == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("receiver: pager\n", "receiver: pages\n", 'alerts.yaml:8 route.routes[0].receiver: no receiver is'),
        ("1m30s", "soon", "alerts.yaml:5 route.group_wait:"),
        ("[system=crm]", "['=crm']", 'alerts.yaml:10 route.routes[1].matchers[0]: "=crm" is no matcher'),
        ("NEWS-.*", "NEWS-(", "alerts.yaml:7 route.routes[0].matchers[1]:"),
        ("send_resolved: false", "password: hunter2", "alerts.yaml:19 receivers[1].webhook_configs[0].password:"),
        ("url: http://pager.example/hook", "max_alerts: 3", "alerts.yaml:18 receivers[1].webhook_configs[0]: where it"),
        ("name: pager", "name: officer", "alerts.yaml:16 receivers[1].name:"),
        ("continue: true", "mute_time_intervals: [nights]", "alerts.yaml:9 route.routes[0].mute_time_intervals[0]:"),
        ("smtp_from: audit@example.org, ", "", "alerts.yaml:15 receivers[0].email_configs[0]: from is not said"),
        ("  receiver: officer\n", "", "alerts.yaml:2 route: the first route takes every alert"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_field_and_cure(old: str, new: str, told: str) -> None:
    assert old in SOUND
    found = faults(SOUND.replace(old, new, 1))
    assert any(each.startswith(told) and "; " in each for each in found), found


def test_the_example_beside_the_compose_file_is_sound() -> None:
    found = config.load(Path(__file__).parents[3] / "infra" / "alerts.yaml")
    assert set(found.receivers) == {"officer", "on-call"}
    assert found.raising.link == "https://clausewatch.example.org"
    assert config.load(None, "http://127.0.0.1:9000/").raising.link == "http://127.0.0.1:9000"


def test_check_says_what_it_read_or_all_that_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(SOUND, "utf-8")
    assert door.run(["alerts", "check", str(file)]) == 0
    assert capsys.readouterr().out == "alerts.yaml: 3 routes, 2 receivers with 2 integrations, 1 inhibitions\n"
    file.write_text(SOUND.replace("name: pager", "name: other"), "utf-8")
    assert door.run(["alerts", "check", str(file)]) == 1
    assert "alerts.yaml:8 route.routes[0].receiver" in capsys.readouterr().out


def test_route_says_who_would_be_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(SOUND, "utf-8")
    given = ["severity=critical", "clause=NEWS-5", "system=crm"]
    assert door.run(["alerts", "route", "--config", str(file), *given]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["pager: webhook[0] (en)", "officer: email[0] (nl)"]
    assert "grouped by clause=NEWS-5;" in lines[2]
    assert door.run(["alerts", "route", "nonsense"]) == 2
    assert "is no label" in capsys.readouterr().err
