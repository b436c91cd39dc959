"""Silences from the page Alerts: kept with author, reason and end, and ended there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, sign_in, store
from dashboards.components.silences import _kept, fault, silence
from dashboards.sign_in import NotAllowedError, Viewer
from infra.warehouse.roles import may
from streams.alerts.matching import all_hold, matchers
from tests.support.drawn import World, answered, world
from tests.support.seeded import NOW, Seeded


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(sign_in, "viewer", lambda: Viewer("ann", "officer"))
    return world(Seeded(share=0.02))


def opened(day: World) -> AppTest:
    store.install(day.reader)
    questions.install(day.desk)
    return AppTest.from_function(_page, default_timeout=20).run()


def _page() -> None:
    from dashboards.components.silences import silences
    from dashboards.speech import Speech

    silences(Speech())


def kept(day: World) -> list[dict[str, Any]]:
    return list(day.seeded.store.query("silences", {"now": day.seeded.clock.now()}).to_pylist())


def test_what_is_chosen_is_what_the_alerts_are_matched_by() -> None:
    row = silence("ann", {"clause": "NEWS-5", "system": None, "severity": "low"}, "why", timedelta(hours=8), NOW)
    found = matchers(row["matchers"])
    assert all_hold(found, {"clause": "NEWS-5", "severity": "low", "system": "crm"})
    assert not all_hold(found, {"clause": "NEWS-5", "severity": "high"})
    assert row["ends_at"] - row["starts_at"] == timedelta(hours=8)


def test_a_silence_has_labels_and_a_reason_without_anything_personal() -> None:
    assert fault({"clause": None, "system": None}, "why") == "labels"
    assert fault({"clause": "NEWS-5"}, "") == "reason"
    assert fault({"clause": "NEWS-5"}, "asked by jan@example.org") == "reason"
    assert fault({"clause": "NEWS-5"}, "planned work") is None


def test_it_is_set_and_ended_from_the_page(day: World) -> None:
    test = opened(day)
    test.button[-1].click().run()
    assert "choose a promise" in test.error[0].value
    assert kept(day) == []
    test.selectbox[0].set_value("NEWS-5")
    test.text_input[0].set_value("planned work")
    test.button[-1].click().run()
    assert not test.exception
    (row,) = kept(day)
    assert (row["matchers"], row["author"], row["reason"]) == ('clause="NEWS-5"', "ann", "planned work")
    assert row["ends_at"] - row["starts_at"] == timedelta(hours=1)

    test = opened(day)
    for _ in range(20):
        for known in day.desk._known.values():
            known.tried -= 1000
        test.run()
        if len(test.button) > 1:
            break
        answered(day.desk)
    test.button[0].click().run()
    assert test.success[0].value == "Done."
    assert kept(day) == []


def test_only_an_officer_silences(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards import acting

    def refuse(roles: object) -> Viewer:
        raise NotAllowedError("role")

    test = opened(day)
    monkeypatch.setattr(acting, "allowed", refuse)
    test.selectbox[0].set_value("NEWS-5")
    test.text_input[0].set_value("planned work")
    test.button[-1].click().run()
    assert not test.exception
    assert not test.button
    assert _kept(lambda who, now: pytest.fail("it was made")) == "role"
    assert kept(day) == []
    assert may("dashboards", "silence")
    assert not may("dashboards", "alert")
