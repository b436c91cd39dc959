"""Each section of a snapshot, asked of a small world that was made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from infra.clock import FixedClock
from infra.quarter import Quarter
from infra.warehouse.schema import ALERTS
from infra.warehouse.store import Store
from tests.support.warehouse import NOON, batch, event, fact, obligation, verdict

ZONE = "Europe/Amsterdam"
QUARTER = Quarter.of("2026Q1")
SINCE, UNTIL = QUARTER.since(ZONE), QUARTER.until(ZONE)
MORNING, LAST = SINCE, UNTIL - timedelta(minutes=1)  # the quarter's first instant and its last minute
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def world() -> Iterator[tuple[Store, FixedClock]]:
    clock = FixedClock(NOON)
    with Store(":memory:", clock=clock.now) as store:
        store.claim([0], "w")
        yield store, clock


def when(name: str, time: datetime, **given: Any) -> dict[str, Any]:
    return {**event(name, **given), "time": time}


def asked(store: Store, name: str, **given: Any) -> list[dict[str, Any]]:
    from infra.warehouse.queries import parameters

    known = {"since": SINCE, "now": UNTIL, "zone": ZONE, "most": 200} | given
    wanted = parameters(f"snapshot_{name}")
    asking = {key: each for key, each in known.items() if key in wanted}
    return list(store.query(f"snapshot_{name}", asking).to_pylist())


def test_verdicts_are_counted_by_local_day_from_midnight_to_midnight(world: tuple[Store, FixedClock]) -> None:
    store, _ = world
    inside = [when("a", MORNING), when("b", NOON, passed="GEN-1"), when("c", LAST)]
    outside = [when("d", MORNING - timedelta(seconds=1)), when("e", UNTIL)]
    store.apply(batch(*inside, *outside, verdicts=[verdict(inside[1], "GEN-4")]))
    assert [(row["clause"], row["day"], row["outcome"], row["n"]) for row in asked(store, "counts")] == [
        ("GEN-1", 0, "pass", 1), ("GEN-1", 60, "pass", 1), ("GEN-1", 89, "pass", 1),
        ("GEN-2", 0, "pass", 1), ("GEN-2", 89, "pass", 1), ("GEN-4", 60, "breach", 1),
    ]  # fmt: skip
    assert asked(store, "sources") == [{"system": "crm", "n": 3, "days": 3}]


def test_breaches_are_grouped_with_people_and_the_time_until_they_were_seen(world: tuple[Store, FixedClock]) -> None:
    store, clock = world
    told = [when("a", NOON - HOUR), when("b", NOON - 3 * HOUR), when("c", NOON - 5 * HOUR, subject="s2")]
    other = when("d", NOON - DAY, system="website")
    early, late = when("e", MORNING - HOUR), when("f", UNTIL)
    clock.at = NOON
    found = [verdict(each) for each in (*told, early, late)]
    owed = obligation(when("g", NOON - 40 * DAY), days=30)  # a breach at its due instant, ten days before
    store.apply(batch(*told, other, early, late, verdicts=[*found, verdict(other, severity="low")]))
    store.apply(batch(when("g", NOON - 40 * DAY), obligations=[owed], entities=("s1",)))
    rows = asked(store, "breaches")
    assert [
        (row["clause"], row["severity"], row["system"], row["day"], row["n"], row["people"], row["seen_p50"])
        for row in rows
    ] == [
        ("GEN-4", "high", "crm", 60, 3, 2, 3 * 3600),
        ("GEN-4", "low", "website", 59, 1, 1, 86400),
        ("RIGHT-1", "high", "crm", 50, 1, 1, None),  # an obligation is known before it is broken
    ]
    names = [row["id"] for row in asked(store, "findings", after=None, rows=10)]
    assert sorted(names) == ["a", "b", "c", "d", "g"]
    first = asked(store, "findings", after=None, rows=2)
    rest = asked(store, "findings", after=first[-1]["finding"], rows=10)
    assert [row["id"] for row in (*first, *rest)] == names


def test_obligations_stand_where_they_stood_at_the_quarters_end(world: tuple[Store, FixedClock]) -> None:
    store, _ = world
    made = []
    for name, opened, days, given in (
        ("met", NOON, 28, {"met_at": NOON + 10 * DAY, "outcome": "pass"}),
        ("late", NOON - 30 * DAY, 28, {"met_at": NOON + DAY}),
        ("overdue", NOON - 30 * DAY, 28, {}),
        ("overdue long", SINCE - 60 * DAY, 28, {}),
        ("open", UNTIL - 5 * DAY, 28, {}),
        ("met after the end", UNTIL - 5 * DAY, 28, {"met_at": UNTIL + DAY, "outcome": "pass"}),
        ("paused", UNTIL - 9 * DAY, 28, {"suspensions": [{"since": UNTIL - 8 * DAY, "until": None}]}),
        ("cancelled", NOON, 28, {"cancelled_at": NOON + HOUR}),
        ("met before", SINCE - 20 * DAY, 28, {"met_at": SINCE - DAY, "outcome": "pass"}),
        ("opened after", UNTIL + HOUR, 28, {}),
        ("far off", UNTIL - DAY, 1000, {}),
    ):
        of = when(name, opened, subject=name)
        made.append(obligation(of, days=days, **given))
        store.apply(batch(of, obligations=[made[-1]], entities=(name,)))
    rows = asked(store, "obligations")
    assert [(row["state"], row["day"], row["n"]) for row in rows] == [
        ("met", 70, 1),
        ("met_late", 58, 1),
        ("open", 113, 2),
        ("open", None, 1),
        ("overdue", -32, 1),
        ("overdue", 58, 1),
        ("suspended", 109, 1),
    ]
    (terms,) = asked(store, "terms")
    assert (terms["n"], terms["took_p50"], terms["took_max"], terms["term"]) == (2, 864000, 31 * 86400, 28 * 86400)


def test_requests_are_told_by_right_and_days_to_the_answer(world: tuple[Store, FixedClock]) -> None:
    store, _ = world
    for name, right, opened, given in (
        ("a", "access", NOON, {"met_at": NOON + 3 * DAY + HOUR, "outcome": "pass"}),
        ("b", "access", NOON, {"met_at": NOON + 3 * DAY, "outcome": "pass"}),
        ("c", "erasure", NOON - 30 * DAY, {"met_at": NOON}),
        ("d", "erasure", NOON - 30 * DAY, {}),
        ("e", "access", NOON, {}),  # its clock runs
        ("f", "access", SINCE - 60 * DAY, {"met_at": SINCE - 50 * DAY, "outcome": "pass"}),  # another quarter's
    ):
        data = json.dumps({"right": right, "request": name})
        of = when(name, opened, subject=name, type="rights.request_received", data=data)
        store.apply(batch(of, obligations=[obligation(of, **given)], entities=(name,)))
    rows = asked(store, "requests")
    assert [(row["right"], row["state"], row["days"], row["n"], row["people"]) for row in rows] == [
        ("access", "met", 3, 2, 2), ("access", "overdue", None, 1, 1),
        ("erasure", "met_late", 30, 1, 1), ("erasure", "overdue", None, 1, 1),
    ]  # fmt: skip


def test_transfers_agreements_and_incidents_are_those_of_the_quarter(world: tuple[Store, FixedClock]) -> None:
    store, _ = world

    def disclosed(name: str, time: datetime, country: str | None, recipient: str, *safeguards: str) -> dict[str, Any]:
        data = {"recipient_country": country, "safeguards": list(safeguards)}
        return when(name, time, type="data.disclosed", recipient=recipient, data=json.dumps(data))

    store.apply(
        batch(
            disclosed("a", NOON, "IN", "r-1", "scc"),
            disclosed("b", NOON, "IN", "r-2", "scc", "bcr"),
            disclosed("c", NOON, "NL", "r-3"),
            disclosed("d", SINCE - HOUR, "US", "r-4", "dpf"),
            when("e", NOON, type="breach.detected", data=json.dumps({"incident": "i-1", "subjects_affected": 12})),
            when("f", UNTIL, type="breach.detected", data=json.dumps({"incident": "i-2"})),
        )
    )
    assert [tuple(row.values()) for row in asked(store, "transfers")] == [("IN", 2, 2, "bcr scc"), ("NL", 1, 1, "")]
    assert [(row["incident"], row["people"], row["risk"]) for row in asked(store, "incidents")] == [("i-1", 12, None)]


def test_what_came_late_is_told_by_the_quarter_that_it_restates(world: tuple[Store, FixedClock]) -> None:
    store, clock = world
    before = Quarter.of("2025Q4").since(ZONE)
    clock.at = before + 10 * DAY
    known, gone = when("known", before + 8 * DAY), when("gone", before + 9 * DAY)
    revised = when("revised", before + 9.5 * DAY)
    store.apply(batch(known, gone, revised, verdicts=[verdict(known), verdict(gone)]))
    clock.at = NOON
    late = when("late", before + 7 * DAY)
    store.apply(batch(late, facts=[fact(late)], verdicts=[verdict(late)]))
    work = [row["rejudge"] for row in store.pending([0], NOON).to_pylist()]
    judged = [verdict(known), verdict(revised), verdict(late)]
    store.apply(batch(known, gone, revised, late, verdicts=judged, facts=[fact(late)], revises=tuple(work)))
    (row,) = asked(store, "restated")
    assert (row["year"], row["quarter"], row["added"], row["late"], row["withdrawn"]) == (2025, 4, 2, 1, 1)
    (told,) = asked(store, "late", since=before, now=SINCE, known=before + 11 * DAY)
    assert (told["clause"], told["n"], told["late"]) == ("GEN-4", 2, 1)
    assert asked(store, "late", since=before, now=SINCE, known=NOON + HOUR) == []


def raised(name: str, at: datetime, **given: Any) -> dict[str, Any]:
    row = dict.fromkeys(ALERTS.names) | {"alert": name, "kind": "breach", "clause": "GEN-4", "severity": "high"}
    row |= {"backfill": False, "labels": "{}", "starts_at": at, "state": "firing", "raised_at": at, "turned_at": at}
    return row | given


def said(name: str, type: str, time: datetime, **data: Any) -> dict[str, Any]:
    return when(name, time, system="compliance", source="/compliance", type=type, data=json.dumps(data))


def test_alerts_are_told_with_those_taken_up_and_how_long_half_of_them_stood(world: tuple[Store, FixedClock]) -> None:
    store, _ = world
    rows = [
        raised("a", NOON, state="resolved", ended_at=NOON + HOUR),
        raised("b", NOON),
        raised("c", NOON, state="withdrawn", ended_at=NOON + HOUR),
        raised("d", SINCE - HOUR),
        raised("e", NOON, state="resolved", ended_at=UNTIL + HOUR),  # it stood at the end
    ]
    store.alert(store.lease("alerts", "me", 60), {"alerts": pa.Table.from_pylist(rows, schema=ALERTS)})
    store.apply(
        batch(
            said("1", "alert.acknowledged", NOON + HOUR, alert="b", actor="o.1"),
            said("2", "alert.resolved", NOON + 3 * HOUR, alert="b", actor="o.1"),
        )
    )
    assert asked(store, "alerts") == [
        {"clause": "GEN-4", "severity": "high", "n": 3, "taken": 1, "resolved": 2, "resolved_p50": 3600}
    ]


def test_a_waiver_counts_when_two_gave_it_and_it_runs(world: tuple[Store, FixedClock]) -> None:
    store, _ = world
    rows = [raised(name, NOON) for name in ("two", "one", "over", "again")]
    store.alert(store.lease("alerts", "me", 60), {"alerts": pa.Table.from_pylist(rows, schema=ALERTS)})
    made = []
    for alert, actors, until in (
        ("two", ("o.1", "o.2"), UNTIL + DAY), ("one", ("o.1", "o.1"), UNTIL + DAY), ("over", ("o.1", "o.2"), UNTIL),
        ("again", ("o.1", "o.2"), UNTIL + DAY),
    ):  # fmt: skip
        for n, actor in enumerate(actors):
            told = {"alert": alert, "actor": actor, "reason": "a court case", "until": until.isoformat()}
            made.append(said(f"{alert}-{n}", "alert.waived", NOON + n * HOUR, **told))
    made.append(said("r", "alert.reopened", NOON + 5 * HOUR, alert="again", actor="o.3"))
    store.apply(batch(*made))
    (row,) = asked(store, "waivers")
    assert (row["alert"], row["clause"], row["actors"], row["reason"]) == ("two", "GEN-4", "o.1, o.2", "a court case")
    assert row["until"].astimezone(UTC) == UNTIL + DAY
