"""A draft of the policy on the page: its faults, its trial in a process of its own, what it flips."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, store
from dashboards.pages import what_if
from dashboards.pages.what_if import fault_list, flip_list
from dashboards.sign_in import NotAllowedError
from dashboards.speech import Speech
from dashboards.trial import Trial, checked, command
from expectations.policy import CUSTOM_CONNECT
from tests.support.drawn import html, world
from tests.support.warehouse import rows

SAY = Speech()
DRAFT = (CUSTOM_CONNECT / "2018-05-25.yaml").read_bytes()
FLIP = {
    "clause": "CLICK-1",
    "from": "breach",
    "to": "pass",
    "outcomes": 1200,
    "examples": [{"source": "/website", "event_id": "<e-0>"}],
}


def program(*lines: object, code: int = 0, then: str = "") -> list[str]:
    """A program that says this and ends so."""
    said = "".join(f"print({json.dumps(json.dumps(line))}, flush=True);" for line in lines)
    return [sys.executable, "-c", f"import sys, time;{said}{then or 'pass'};sys.exit({code})"]


def ended(trial: Trial, seconds: float = 20) -> Trial:
    last = time.monotonic() + seconds
    while trial.state == "running":
        assert time.monotonic() < last
        time.sleep(0.02)
    return trial


def test_a_sound_draft_has_no_faults_and_a_wrong_one_names_line_and_cure() -> None:
    assert checked("mine.yaml", DRAFT) == []
    wrong = DRAFT.replace(b"unsubscribe_erasure: 24h", b"unsubscribe_erasure: one day")
    assert wrong != DRAFT
    (fault,) = checked("mine.yaml", wrong)
    assert fault.file == "mine.yaml"
    assert fault.line == wrong[: wrong.index(b"one day")].count(b"\n") + 1
    html = fault_list([fault], SAY)
    assert f"mine.yaml:{fault.line}" in html
    assert fault.cure.split(";")[0] in html
    assert checked("mine.yaml", b"\xff\xfe\x00")


def test_a_trial_tells_how_far_it_is_and_what_flips(tmp_path: Path) -> None:
    trial = ended(Trial("mine.yaml").start(DRAFT, tmp_path, program({"judged": 5000}, {"judged": 7000}, FLIP, code=1)))
    assert (trial.state, trial.judged, trial.flips) == ("done", 7000, [FLIP])
    html = flip_list(trial, SAY)
    assert "✖ breach" in html
    assert "1\u202f200" in html
    assert 'href="breaches?clause=CLICK-1&amp;q=%3Ce-0%3E&amp;state=all"' in html
    calm = ended(Trial("mine.yaml").start(DRAFT, tmp_path, program({"judged": 3})))
    assert "Every outcome stays as it is." in flip_list(calm, SAY)


def test_one_that_fails_says_why(tmp_path: Path) -> None:
    says = program(code=2, then="print('no warehouse is there', file=sys.stderr)")
    trial = ended(Trial("mine.yaml").start(DRAFT, tmp_path, says))
    assert (trial.state, trial.failed) == ("failed", "no warehouse is there")


def test_one_that_is_cancelled_ends_its_process(tmp_path: Path) -> None:
    trial = Trial("mine.yaml").start(DRAFT, tmp_path, program({"judged": 1}, then="time.sleep(60)"))
    last = time.monotonic() + 20
    while not trial.judged:
        assert time.monotonic() < last
        time.sleep(0.02)
    trial.cancel()
    assert trial._process is not None
    trial._process.wait(10)
    assert (trial.state, trial.flips) == ("cancelled", [])


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("running", "Trying mine.yaml: 7\u202f000 events judged so far"),
        ("done", "1\u202f200 outcomes would flip under mine.yaml"),
        ("failed", "The trial ended without an answer: no warehouse is there"),
        ("cancelled", "The trial was cancelled."),
    ],
)
def test_the_page_shows_how_a_trial_stands(state: str, shown: str) -> None:
    seen = world()
    store.install(seen.reader)
    questions.install(seen.desk)
    test = AppTest.from_function(_page, default_timeout=20)
    trial = Trial("mine.yaml", 7000, [FLIP], state, "no warehouse is there" if state == "failed" else "")
    test.session_state["what_if_trial"] = trial
    test.run()
    assert not test.exception
    assert shown in html(test)
    if state == "running":
        test.button(key="what_if_cancel").click().run()
        assert trial.state == "cancelled"
        assert "The trial was cancelled." in html(test)


def _page() -> None:
    from dashboards.pages.what_if import page
    from dashboards.speech import Speech

    page(Speech())


def test_only_the_officer_may_and_each_trial_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = world()
    questions.install(seen.desk)
    assert what_if._refused("mine.yaml", 10, SAY) == ""
    assert "draft mine.yaml" in [row["purpose"] for row in rows(seen.seeded.store, "SELECT purpose FROM looks")]
    assert "1 MB" in what_if._refused("mine.yaml", 1 << 21, SAY)

    def nobody(_: object) -> None:
        raise NotAllowedError("only for: officer")

    monkeypatch.setattr(what_if, "allowed", nobody)
    assert what_if._refused("mine.yaml", 10, SAY) == "Only the officer may try a draft."


def test_without_a_warehouse_the_real_command_says_what_to_do(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_bytes(DRAFT)
    trial = ended(Trial("mine.yaml").start(DRAFT, tmp_path / "none"), 60)
    assert trial.state == "failed"
    assert "clausewatch up" in trial.failed
    assert command(tmp_path, draft)[3:5] == ["audit", "--policy"]
