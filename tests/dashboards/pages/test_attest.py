"""Vouching from the page Policy: an event that the contract takes, by an officer, pending until it came back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, sign_in, store
from dashboards.acting import NotDoneError
from dashboards.components import attest
from dashboards.pages import policy
from dashboards.sign_in import Viewer
from expectations.attestations import standing
from expectations.contract.decode import Record, decode
from tests.support.drawn import World, answered, world
from tests.support.seeded import NOW, batch, event

TODAY = date(2026, 11, 26)


@pytest.fixture
def day() -> World:
    return world()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(attest, "publish", found.extend)
    monkeypatch.setattr(sign_in, "viewer", lambda: Viewer("ann", "officer"))
    return found


@pytest.mark.parametrize("about", ["SEC-3", "2.newsletter.01"])
def test_what_is_published_is_taken_by_the_contract_and_vouches(about: str) -> None:
    made = attest.attestation(about, "minute-2026-44", TODAY + timedelta(days=90), "ann")
    found = decode([Record(json.dumps(made).encode(), None, (), "compliance.events", 0, 0)], key=b"k" * 32)
    assert len(found.quarantine) == 0
    assert len(found.events) == 1
    told = {"type": made["type"], "time": NOW, "data": json.dumps(made["data"])}
    (counts,) = standing([told], NOW).values()
    assert (counts.about, counts.actor, counts.evidence) == (about, "ann", "minute-2026-44")


@pytest.mark.parametrize(
    ("about", "evidence", "days", "wrong"),
    [
        (None, "m-1", 9, "about"),
        ("SEC-3", "", 9, "evidence"),
        ("SEC-3", "jan@example.org", 9, "evidence"),
        ("SEC-3", "m" * 129, 9, "evidence"),
        ("SEC-3", "m-1", 0, "until"),
        ("SEC-3", "m-1", 1, None),
    ],
)
def test_what_is_wrong_is_told_and_not_sent(about: str | None, evidence: str, days: int, wrong: str | None) -> None:
    assert attest.fault(about, evidence, TODAY + timedelta(days=days), TODAY) == wrong


def opened(day: World) -> AppTest:
    store.install(day.reader)
    questions.install(day.desk)
    test = AppTest.from_function(_page, default_timeout=20)
    test.query_params["clause"] = "SEC-3"
    return test.run()


def _page() -> None:
    from dashboards.pages import policy
    from dashboards.speech import Speech

    policy.page(Speech())


def test_it_is_pending_until_it_came_back(day: World, sent: list[dict[str, Any]]) -> None:
    test = opened(day)
    test.button[0].click().run()
    assert [each.value for each in test.error] == [
        "Not done: say where the evidence is, by a reference without anything personal."
    ]
    test.text_input[0].set_value("minute-2026-44")
    test.button[0].click().run()
    assert not test.exception
    assert "Sent." in test.info[0].value
    (made,) = sent
    assert made["data"]["clause"] == "SEC-3"
    assert made["data"]["actor"] == "ann"

    row = event(day.seeded.chance, "compliance", made["type"], NOW, "", 77)
    day.seeded.store.apply(batch(day.seeded.epoch, [{**row, "id": made["id"], "data": json.dumps(made["data"])}]))
    for known in day.desk._known.values():
        known.tried -= 1000
    for _ in range(20):
        test.run()
        if test.success:
            break
        answered(day.desk)
    assert "counts" in test.success[0].value


def test_nobody_vouches_without_the_role(
    day: World, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise NotDoneError("role")

    monkeypatch.setattr(attest, "actor", refuse)
    test = opened(day)
    test.text_input[0].set_value("minute-2026-44")
    test.button[0].click().run()
    assert test.error[0].value == "Not done: only an officer vouches."
    assert sent == []


@pytest.mark.parametrize(("role", "forms"), [("officer", 1), ("management", 0), ("engineer", 0)])
def test_the_form_is_drawn_for_who_may_vouch(
    day: World, monkeypatch: pytest.MonkeyPatch, role: str, forms: int
) -> None:
    monkeypatch.setattr(policy, "viewer", lambda: Viewer("ann", role))
    test = opened(day)
    assert not test.exception
    assert len(test.button) == forms
