# ruff: noqa: F811 - fixtures of other folders
"""Snapshots by themselves: each is made once, tried again when it fails, and told to whom the file names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from dashboards.snapshot.bundle import Snapshot
from infra.clock import FixedClock
from infra.quarter import Quarter
from infra.schedule import Due, Schedule
from infra.settings import Settings
from infra.warehouse.answers import Held
from infra.warehouse.server import WarehouseServer
from infra.warehouse.store import Store
from streams.alerts import channels, snapshot_texts
from streams.alerts.config import Integration
from streams.alerts.delivery import Outcome
from streams.alerts.reports import PATIENCE, TOLD_AFTER, Maker, MakingError, Reports, pages
from tests.dashboards.snapshot.conftest import bundle, made, seeded_store  # noqa: F401
from tests.streams.alerts.conftest import FILE, Scene, read
from tests.streams.alerts.test_channels import Hook, hook, mail, mailed  # noqa: F401
from tests.support.seeded import NOW, Seeded
from tests.support.warehouse import batch, event

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)  # 07:00 in Amsterdam
DRAFT = Due(Quarter.of("2026Q4"), False, MONDAY)
CONFIG = read(FILE + "  - {name: board, language: nl, email_configs: [{to: a@b.c, from: d@e.f, smarthost: 'h:25'}]}\n"
              "clausewatch: {snapshots: [board, officer]}\n")  # fmt: skip


class Press:
    """Makes what it is asked for, unless it is to fail."""

    def __init__(self, bundle: Path) -> None:
        self.bundle, self.asked, self.failing = bundle, list[Due](), False

    def __call__(self, due: Due) -> Path:
        self.asked.append(due)
        if self.failing:
            raise MakingError("nothing is stored of 2026Q4")
        return self.bundle


class Office(Scene):
    """A scene in which snapshots are made, from a Friday on."""

    press: Press

    def start(self) -> None:
        super().start()
        self.alerts._snapshots = Reports(Schedule.load({}), self.press)

    def told(self) -> list[tuple[str, str]]:
        """Whom what was sent to so far."""
        sent = [(each["receiver"], json.loads(each["message"])) for each in self.receivers.sent]
        return sorted((name, snapshot_texts.title("en", each)) for name, each in sent if "snapshot" in each)


@pytest.fixture
def office(bundle: Path) -> Iterator[Office]:
    clock = FixedClock(MONDAY - timedelta(days=3))
    with Store(":memory:", clock=clock.now) as store:
        Office.press = Press(bundle)
        scene = Office(store, clock, config=CONFIG)
        scene.store.apply(batch(event("first", 0), epoch=scene.epoch))
        yield scene


def test_a_draft_is_made_once_at_its_hour_and_told_to_whom_the_file_names(
    office: Office, made: Snapshot
) -> None:  # fmt: skip
    office.wait(hours=71.9)
    assert office.press.asked == []  # nor what fell due before there were records
    office.wait(hours=0.2)
    office.turn()
    assert office.press.asked == [DRAFT]
    states = made.figures["states"]
    title = f"Privacy compliance snapshot, draft, Q4 2026: {states['broken']} of {sum(states.values())} promises broken"
    assert office.told() == [("board", title), ("officer", title)]
    for _ in range(2):
        office.start()  # another process, which knows nothing but the ledger
        office.wait(hours=1)
    assert len(office.press.asked) == 1
    assert len(office.told()) == 2
    office.wait(days=7)
    assert [each.at for each in office.press.asked] == [MONDAY, MONDAY + timedelta(days=7)]


def test_of_two_runners_one_makes_it(office: Office) -> None:
    office.wait(hours=72)
    second = Office(office.store, office.clock, config=CONFIG)
    office.store.lease("alerts", "elsewhere/1", 30.0, office.alerts.holder)
    with pytest.raises(Held):
        second.turn()
    assert len(office.press.asked) == 1


def test_the_final_one_is_made_on_its_day_and_one_missed_while_nobody_ran_is_made_at_the_start(office: Office) -> None:
    office.wait(days=50)
    assert office.press.asked[0] == Due(Quarter.of("2026Q4"), True, datetime(2027, 1, 10, 6, tzinfo=UTC))
    assert [str(each.quarter) for each in office.press.asked] == ["2026Q4", "2027Q1"]


def test_one_that_fails_is_tried_again_and_its_readers_learn_of_it_once(office: Office) -> None:
    office.press.failing = True
    office.wait(hours=72)
    for _ in range(TOLD_AFTER + 2):
        office.wait(minutes=10)
    assert len(office.press.asked) == TOLD_AFTER + 3
    assert {title for _, title in office.told()} == {"▲ The privacy compliance snapshot of Q4 2026 is not made yet"}
    assert len(office.told()) == 2
    (row,) = [each for each in office.rows("notices") if each["way"] == "made"]
    assert (row["state"], row["fault"]) == ("waiting", "nothing is stored of 2026Q4")
    office.press.failing = False
    office.wait(minutes=10)
    office.turn()
    assert len(office.told()) == 4
    office.press.failing = True
    office.wait(days=7)
    office.wait(days=7)
    office.wait(days=PATIENCE.days)
    assert "dead" in {each["state"] for each in office.rows("notices") if each["way"] == "made"}


def test_one_that_was_cut_off_is_made_again(office: Office) -> None:
    office.alerts._snapshots.attempt = lambda notice: Outcome("cut off")  # type: ignore[union-attr,method-assign]
    office.wait(hours=72)
    (row,) = [each for each in office.rows("notices") if each["way"] == "made"]
    assert row["state"] == "waiting"
    office.start()
    office.wait(minutes=1)
    assert office.press.asked == [DRAFT]


def message(bundle: Path, **given: Any) -> dict[str, Any]:
    known = {"quarter": "2026Q4", "final": False, "due": MONDAY.isoformat()}
    told = Reports(Schedule.load({}), lambda _: bundle).attempt({"message": json.dumps({"snapshot": known})}).told
    assert told is not None
    return {"snapshot": {**told, "failed": False, **given}, "link": "https://audit.example"}


def notice(of: dict[str, Any], **given: Any) -> dict[str, Any]:
    row = {"notice": "n" * 32, "receiver": "board", "way": "email[0]", "grouped": "snapshot 2026Q4 2026-11-30"}
    return {**row, "repeated": False, "made_at": MONDAY, "message": json.dumps(of), **given}


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [("en", "Privacy compliance snapshot, draft, Q4 2026: ", "Read it: https://audit.example/snapshots?edition="),
     ("nl", "Kwartaalbericht privacy, concept, Q4 2026: ", "Lees het: https://audit.example/snapshots?edition=")],
)  # fmt: skip
def test_a_mail_has_the_report_in_the_receivers_language(
    mail: Any, bundle: Path, made: Snapshot, language: str, subject: str, line: str
) -> None:  # fmt: skip
    assert channels.send(mailed(mail), language, notice(message(bundle)), MONDAY).fault is None
    (envelope,) = mail.handler.got
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert letter["Subject"].startswith(subject)
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert line + bundle.stem in text
    assert f"{made.figures['states']['broken']} " in text
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == f"{bundle.stem}-{language}.pdf"
    assert pages(message(bundle)["snapshot"], language) == (attached.get_filename(), attached.get_content())
    assert attached.get_content().startswith(b"%PDF-1.7")


def test_a_bundle_that_is_another_by_now_is_linked_and_not_attached(mail: Any, bundle: Path) -> None:
    of = message(bundle, digest="0" * 64)
    assert channels.send(mailed(mail), "en", notice(of), MONDAY).fault is None
    letter = message_from_bytes(mail.handler.got[0].content, policy=policy.default)
    assert list(letter.iter_attachments()) == []
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "attached" not in text


def test_a_webhook_gets_it_as_an_alert_that_is_over(hook: Any, bundle: Path) -> None:
    way = Integration("webhook", 0, {"url": hook.url})
    assert channels.send(way, "en", notice(message(bundle)), MONDAY).fault is None
    told = hook.got[0][1]
    assert (told["version"], told["status"], told["groupKey"]) == ("4", "resolved", "snapshot 2026Q4 2026-11-30")
    assert told["commonLabels"] == {"alertname": "snapshot", "quarter": "2026Q4", "severity": "low"}
    assert told["alerts"][0]["generatorURL"] == f"https://audit.example/snapshots?edition={bundle.stem}"
    of = {"snapshot": {"quarter": "2026Q4", "failed": True}, "link": "https://audit.example"}
    assert channels.send(way, "nl", notice(of), MONDAY).fault is None
    told = hook.got[1][1]
    assert told["status"] == "firing"
    assert "clausewatch runbook snapshot-failed" in told["commonAnnotations"]["description"]


@pytest.mark.slow
def test_the_maker_calls_the_command_with_the_parts_own_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded = Seeded(share=0.01).day()
    settings = Settings(data_dir=tmp_path / "data").ensure()
    server = WarehouseServer(seeded.store, settings.tokens.caller)
    monkeypatch.setenv("CLAUSEWATCH_WAREHOUSE", server.address)
    try:
        made = Maker(settings)(Due(Quarter.of("2026Q4"), False, NOW))
        assert made == settings.data_dir / "snapshots" / "2026Q4-draft.zip"
        assert made.exists()
        assert {each.name for each in (settings.data_dir / "tokens").iterdir()} >= {"alerts.token"}
        assert not (settings.data_dir / "tokens" / "operator.token").exists()
        with pytest.raises(MakingError, match="nothing is stored of 2025Q1"):
            Maker(settings)(Due(Quarter.of("2025Q1"), True, NOW))
    finally:
        server.shutdown()
