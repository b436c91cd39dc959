"""Figures of another moment are those that the pages showed, or would have shown, at that moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboards import past, questions
from dashboards.as_of import Moment
from dashboards.figures import now
from dashboards.questions import Desk, question
from dashboards.store import Bundle, Reader
from expectations.contract.decode import Record
from expectations.model import registry
from expectations.policy import load
from infra.clock import FixedClock
from infra.warehouse.store import Store
from streams.core.examine import Engine
from streams.worker.pipeline import Pipeline, Taken
from tests.support.truth import after, simulated

PARTS = ("wall", "standing", "clocks", "due", "days", "latest", "late", "controls")
OWN = ("believed_from", "became_at")  # instants of belief are the store's own
END = after(13)
MOMENT = after(8.3)  # within an hour

SINCE = {"since": MOMENT - timedelta(weeks=13)}
WEEKS = {**SINCE, "zone": "Europe/Amsterdam"}
SYSTEMS: dict[str, dict[str, Any]] = {  # the queries of the pages of one system
    "newsletter_consents": WEEKS,
    "newsletter_leaving": SINCE,
    "recruitment_kept": {"within": 30},
    "recruitment_pool": WEEKS,
    "recruitment_categories": {**SINCE, "special": "cv health identity_number"},
    "website_cookies": WEEKS,
    "website_forms": SINCE,
    "website_parties": SINCE,
    "website_visits": {"minutes": 3000},
}


class Installation:
    """A store at a clock that stands, and the worker's pipeline over it."""

    def __init__(self, engine: Engine, at: datetime) -> None:
        self.clock = FixedClock(at)
        self.store = Store(":memory:", clock=self.clock.now)
        self.pipeline = Pipeline(self.store, engine, b"key", self.clock, self.store.claim([0], "one").epochs)
        self.read = 0

    def take(self, lines: Sequence[bytes]) -> Installation:
        """Store and judge these, and whatever is judged again because of them."""
        records = [Record(line, None, (), "t", 0, self.read + n) for n, line in enumerate(lines)]
        self.pipeline.records([Taken("t", 0, self.read, self.read + len(records), records)])
        self.read += len(records)
        while self.pipeline.revise():
            pass
        return self

    def live(self) -> Bundle:
        """What the pages show at the clock's moment."""
        return Reader(lambda: self.store, clock=self.clock).poll()

    def past(self, moment: Moment) -> Bundle:
        """What they show of another moment."""
        questions.install(Desk(lambda: self.store, clock=self.clock))
        for _ in range(50):
            found, failed = past.bundle(self.live(), moment, figures=True)
            assert not failed
            if found is not None:
                return found
        raise AssertionError("not answered")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return simulated(11, 25, 13)[0]


@pytest.fixture(scope="module")
def whole(engine: Engine, lines: list[bytes]) -> Installation:
    return Installation(engine, END).take(lines)


def time_of(line: bytes) -> datetime:
    try:
        return datetime.fromisoformat(json.loads(line)["time"])
    except (ValueError, KeyError, TypeError):
        return END + timedelta(days=1)  # unreadable: of no moment


def shown(bundle: Bundle, *without: str) -> dict[str, Any]:
    """The parts; instants of belief, which are the store's own, are left out."""
    return {
        part: [{key: value for key, value in row.items() if key != "believed_from"} for row in getattr(bundle, part)]
        for part in PARTS
        if part not in without
    }


def test_figures_as_of_a_moment_are_those_of_the_events_up_to_it(
    whole: Installation, engine: Engine, lines: list[bytes]
) -> None:
    at = MOMENT
    then = Installation(engine, at).take([line for line in lines if time_of(line) <= at])
    expected, found = then.live(), whole.past(Moment(at))
    assert shown(found) == shown(expected)
    assert found.taken_at == at
    figures = [now(replace(each, sources=()), registry()) for each in (found, expected)]
    assert figures[0] == figures[1]
    assert figures[0].standing > 0
    assert figures[0].open > 0
    for name, parameters in (
        ("evidence", {}), ("breaches", {"rows": 500}), ("clocks", {"rows": 500}), ("clocks_pace", {}),
        ("register_seen", {"types": "crm.record_changed newsletter.sent"}), ("transfers", {}), ("agreements", {}),
        ("register_kept", {"clauses": "REC-1 CRM-1 NEWS-5 WEB-1 CCTV-2"}), *SYSTEMS.items(),
    ):  # fmt: skip
        tables = [each.store.query(name, {**parameters, "now": at}) for each in (whole, then)]
        answers = [each.drop_columns([one for one in OWN if one in each.column_names]).to_pylist() for each in tables]
        assert answers[0] == answers[1], name
        assert answers[0] or name.startswith("website_"), name  # little happens there in this life
    for system in (None, "newsletter"):
        given = {**WEEKS, "clauses": " ".join(registry()), "system": system, "now": at}
        told = whole.store.query("system_weeks_as_of", given).to_pylist()
        assert told == then.store.query("system_weeks", given).to_pylist()
        assert told


def test_at_known_at_it_is_what_was_shown_then(engine: Engine, lines: list[bytes]) -> None:
    """A third of the events come days late: findings, deadlines and doubts are as they were believed before."""
    first, second = MOMENT, END
    known = [line for line in lines if time_of(line) <= first]
    late = known[::3]
    one = Installation(engine, first).take([line for line in known if line not in set(late)])
    before, figures = one.live(), now(one.live(), registry())
    asked = [
        question("evidence"),
        question("breaches", rows=500),
        question("clocks", rows=500),
        question("clocks_pace"),
        question("register_kept", clauses="REC-1 CRM-1 NEWS-5"),
        question("system_weeks_as_of", **WEEKS, clauses=" ".join(registry())),
        *(question(name, **given) for name, given in SYSTEMS.items()),
    ]
    answered = {
        each.name: one.store.query(each.name, {**dict(each.parameters), "now": first}).to_pylist() for each in asked
    }
    one.clock.at = second
    one.take([*late, *(line for line in lines if time_of(line) > first)])
    moment = Moment(first, first + timedelta(hours=1))
    found = one.past(moment)
    assert shown(one.past(Moment(first)), "wall") != shown(before, "wall")
    assert shown(found, "wall") == shown(before, "wall")
    judged = [[row for row in each.wall if row["outcome"] != "pass"] for each in (found, before)]
    assert judged[0] == judged[1]
    assert (now(found, registry()).standing, now(found, registry()).overdue) == (figures.standing, figures.overdue)
    weekly = {**WEEKS, "clauses": " ".join(registry())}
    weeks = [one.store.query("system_weeks_as_of", {**weekly, **each}).to_pylist() for each in (moment.parameters, {})]
    found_weeks = [
        [row for row in rows if row["outcome"] != "pass"] for rows in (*weeks, answered["system_weeks_as_of"])
    ]
    assert found_weeks[0] == found_weeks[2] != found_weeks[1]
    for name in ("breaches", "clocks", "clocks_pace", "register_kept", *SYSTEMS):
        given = {**dict(next(each for each in asked if each.name == name).parameters), **moment.parameters}
        assert one.store.query(name, given).to_pylist() == answered[name], name
    # Of passes no belief is stored: they are those of today, but where another verdict was believed.
    totals = [
        sum(row["judged"] for row in rows)
        for rows in (one.store.query("evidence", moment.parameters).to_pylist(), answered["evidence"])
    ]
    assert abs(totals[0] - totals[1]) < 0.05 * totals[1]


def test_an_answer_about_the_past_is_asked_once(whole: Installation) -> None:
    asked: list[str] = []

    class Counting:
        def query(self, name: str, parameters: Any) -> Any:
            asked.append(name)
            return whole.store.query(name, parameters)

        subject = look = None

    desk = Desk(Counting, clock=whole.clock, threads=1)  # type: ignore[arg-type, return-value]
    moment = Moment(MOMENT, MOMENT)
    for mark in range(3):
        (answer,) = desk.ask(question("now_clocks"), at=moment, mark=mark, wait=20)
    assert answer.taken_at == MOMENT
    assert asked == ["now_clocks"]
    desk.ask(question("now_clocks"), at=Moment(END, MOMENT), wait=20)
    assert asked == ["now_clocks"] * 2
