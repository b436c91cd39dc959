"""The desk: pages never wait for the warehouse, and the same question costs once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from dashboards import questions
from dashboards.questions import Answer, Desk, question
from infra.clock import FixedClock
from tests.support.seeded import NOW

ASKED = question("findings", clause="NEWS-4", system=None)


class Told:
    """Answers with how often it was asked; fails or hangs when told to."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.fails = False
        self.let_go = threading.Event()
        self.let_go.set()

    def query(self, name: str, parameters: Mapping[str, Any]) -> Any:
        self.asked.append(parameters)
        self.let_go.wait(20)
        if self.fails:
            raise ConnectionError("no answer")
        return pa.table({"n": [len(self.asked)]})


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def desk(told: Told) -> Desk:
    return Desk(lambda: told, clock=FixedClock(NOW))


def test_the_first_answer_is_waited_for_and_the_next_is_not_asked_again(desk: Desk, told: Told) -> None:
    (first,) = desk.ask(ASKED, wait=5)
    assert first == Answer(({"n": 1},), NOW)
    assert desk.ask(ASKED, ASKED) == (first, first)
    assert told.asked == [{"clause": "NEWS-4", "now": NOW}]


def test_a_warehouse_that_hangs_keeps_a_page_a_moment_only(desk: Desk, told: Told) -> None:
    told.let_go.clear()
    began = time.monotonic()
    assert desk.ask(ASKED, wait=0.1) == (Answer(),)
    assert desk.ask(ASKED, wait=0.1) == (Answer(),)
    assert time.monotonic() - began < 2
    assert len(told.asked) == 1
    told.let_go.set()
    assert desk.ask(ASKED, wait=5)[0].rows == ({"n": 1},)


def test_what_failed_keeps_its_last_answer_and_says_so(desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    (good,) = desk.ask(ASKED, wait=5)
    monkeypatch.setattr(questions, "SOONER", 0.0)
    told.fails = True
    assert desk.ask(ASKED, mark="new") == (good,)  # the last answer, while it is asked anew
    wait_until(lambda: desk.ask(ASKED, mark="new")[0].failed)
    assert desk.ask(ASKED, mark="new")[0].rows == good.rows
    told.fails = False
    wait_until(lambda: not desk.ask(ASKED, mark="new")[0].failed)


def test_something_new_hastens_an_answer(desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.ask(ASKED, mark=1, wait=5)
    monkeypatch.setattr(questions, "SOONER", 0.0)
    desk.ask(ASKED, mark=2)
    wait_until(lambda: desk.ask(ASKED, mark=2)[0].rows == ({"n": 2},))
    assert len(told.asked) == 2


def test_no_more_than_so_many_questions_are_remembered(desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST", 2)
    for clause in ("A-1", "A-2", "A-3"):
        desk.ask(question("findings", clause=clause), wait=5)
    desk.ask(question("findings", clause="A-1"), wait=5)
    assert [each["clause"] for each in told.asked] == ["A-1", "A-2", "A-3", "A-1"]


def wait_until(true: Any) -> None:
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
