"""The figures of Now, from bundles written by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboards.components.wall import wall
from dashboards.figures import State, breaches, needs, now, standing
from dashboards.speech import Speech
from dashboards.store import Bundle

NOW = datetime(2026, 11, 26, 12, 45, tzinfo=UTC)
TOP = NOW.replace(minute=0)


@dataclass(frozen=True)
class Clause:
    """A clause's words, and no rule."""

    id: str
    section: str = "2"
    promise: str = "We promise."
    breach: str = "It was not kept."
    remedy: str = "Mend it."
    severity: str = "high"
    is_obligation: bool = False


CLAUSES = {"NEWS-4": Clause("NEWS-4"), "RIGHT-1": Clause("RIGHT-1", is_obligation=True)}


def counted(clause: str, hours_ago: int, outcome: str, n: int) -> dict[str, Any]:
    return {"clause": clause, "hour": TOP - timedelta(hours=hours_ago), "outcome": outcome, "n": n}


def clocks(**given: Any) -> dict[str, Any]:
    zero = dict.fromkeys(("open", "suspended", "overdue", "late", "met_24h", "undecided", "near"), 0)
    return {"clause": "RIGHT-1", **zero, "next_due": None, "last_breach": None, "last_met": None, **given}


def state(bundle: Bundle, clause: str) -> State:
    found = {promise.clause.id: promise.state for promise in now(bundle, CLAUSES).promises}
    return found[clause]


EMPTY = Bundle(taken_at=NOW)


def test_no_evidence_is_neither_kept_nor_broken() -> None:
    figures = now(EMPTY, CLAUSES)
    assert [promise.state for promise in figures.promises] == [State.SILENT, State.SILENT]
    assert (figures.count(State.KEPT), figures.evidenced, figures.fresh) == (0, 0, 0)


def test_kept_evidenced_and_fresh_are_three_figures() -> None:
    bundle = replace(EMPTY, wall=(counted("NEWS-4", 5, "pass", 3),))
    figures = now(bundle, CLAUSES)
    assert (figures.count(State.KEPT), figures.evidenced, figures.fresh) == (1, 1, 0)
    later = now(replace(bundle, wall=(counted("NEWS-4", 1, "pass", 1),)), CLAUSES)
    assert later.fresh == 1


def test_an_old_breach_that_nobody_resolved_still_breaks_the_promise() -> None:
    old = {"clause": "NEWS-4", "n": 2, "last_hour": TOP - timedelta(days=9)}
    bundle = replace(EMPTY, wall=(counted("NEWS-4", 0, "pass", 50),), standing=(old,))
    figures = now(bundle, CLAUSES)
    assert figures.promises[0].state is State.BROKEN
    assert (figures.standing, figures.recent, figures.count(State.KEPT)) == (2, 0, 0)


def test_what_cannot_be_told_puts_a_promise_at_risk_and_is_no_evidence() -> None:
    bundle = replace(EMPTY, wall=(counted("NEWS-4", 2, "indeterminate", 1),))
    assert state(bundle, "NEWS-4") is State.RISK
    assert now(bundle, CLAUSES).evidenced == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"open": 3}, State.RUNNING),
        ({"suspended": 1}, State.RUNNING),
        ({"open": 3, "near": 1}, State.RISK),
        ({"open": 3, "near": 1, "overdue": 1}, State.BROKEN),
        ({"late": 1}, State.BROKEN),
        ({"met_24h": 4}, State.KEPT),
        ({"undecided": 1}, State.RISK),
        ({}, State.SILENT),
    ],
)
def test_clocks_decide_an_obligation(given: dict[str, int], expected: State) -> None:
    assert state(replace(EMPTY, clocks=(clocks(**given),)), "RIGHT-1") is expected


def test_a_clause_that_is_both_is_broken_by_a_breach_on_either_side() -> None:
    met = clocks(met_24h=2)
    used = {"clause": "RIGHT-1", "n": 1, "last_hour": TOP}
    assert state(replace(EMPTY, clocks=(met,), wall=(counted("RIGHT-1", 1, "pass", 3),)), "RIGHT-1") is State.KEPT
    bundle = replace(EMPTY, clocks=(met,), wall=(counted("RIGHT-1", 0, "breach", 1),), standing=(used,))
    assert state(bundle, "RIGHT-1") is State.BROKEN
    assert "1 breach in 24 h" in wall(now(bundle, CLAUSES), Speech("en", "UTC"))


def test_open_obligations_count_neither_as_kept_nor_as_evidence() -> None:
    figures = now(replace(EMPTY, clocks=(clocks(open=7),)), CLAUSES)
    assert (figures.count(State.KEPT), figures.evidenced, figures.open) == (0, 0, 7)


@pytest.mark.parametrize(
    ("silent", "given", "expected"),
    [
        ((), {}, State.KEPT),
        (("firewall",), {}, State.SILENT),
        (("firewall",), {"met_24h": 3}, State.SILENT),
        (("firewall",), {"open": 1}, State.RUNNING),
        ((), {"overdue": 1}, State.BROKEN),
    ],
)
def test_what_is_reported_again_and_again_is_evidence_and_its_silence_none(
    silent: tuple[str, ...], given: dict[str, Any], expected: State
) -> None:
    bundle = replace(EMPTY, clocks=(clocks(**given),))
    promise = now(bundle, CLAUSES, {"RIGHT-1": silent}).promises[1]
    assert promise.state is expected
    assert promise.evidence == (not silent)
    assert promise.silent == silent


def test_a_verdict_of_yesterday_hour_is_left_of_the_wall() -> None:
    bundle = replace(EMPTY, wall=(counted("NEWS-4", 24, "pass", 1), counted("NEWS-4", 23, "pass", 1)))
    cells = now(bundle, CLAUSES).promises[0].cells
    assert [cell.passes for cell in cells] == [1] + [0] * 23


def owed(finding: str, kind: str, due_in: timedelta, severity: str = "high") -> dict[str, Any]:
    return {
        "finding": finding, "clause": "RIGHT-1", "severity": severity, "state": kind, "due_at": NOW + due_in,
        "system": "crm", "opened_at": NOW - timedelta(days=1),
    }  # fmt: skip


def broke(finding: str, ago: timedelta) -> dict[str, Any]:
    return {
        "finding": finding, "clause": "NEWS-4", "severity": "critical", "time": NOW - ago, "system": "newsletter",
    }  # fmt: skip


def test_what_needs_somebody_is_ordered_by_urgency_and_grouped_by_promise() -> None:
    bundle = replace(
        EMPTY,
        due=(owed("a", "overdue", -timedelta(hours=9)), owed("b", "overdue", -timedelta(hours=1)),
             owed("c", "open", timedelta(hours=3))),
        clocks=(clocks(open=5, overdue=2),),
        latest=(broke("d", timedelta(minutes=1)), broke("e", timedelta(hours=1))),
        standing=({"clause": "NEWS-4", "n": 12, "last_hour": TOP},),
    )  # fmt: skip
    rows = needs(bundle, CLAUSES)
    assert [(row["finding"], row["kind"], row["n"]) for row in rows] == [
        ("a", "overdue", 2),
        ("d", "breach", 12),
        ("c", "open", 5),
    ]
    assert [row["finding"] for row in needs(bundle, CLAUSES, "NEWS-4")] == ["d"]


def test_a_missed_deadline_is_a_breach_from_its_due_instant() -> None:
    late = {**owed("l", "overdue", -timedelta(minutes=30)), "met_at": None}
    bundle = replace(EMPTY, latest=(broke("d", timedelta(minutes=1)), broke("e", timedelta(hours=1))), late=(late,))
    assert [row["finding"] for row in breaches(bundle)] == ["d", "l", "e"]


def test_a_system_that_sends_nothing_is_named_with_how_long() -> None:
    sources = (
        {"system": "crm", "recorded_at": NOW - timedelta(seconds=5)},
        {"system": "recruitment", "recorded_at": NOW - timedelta(minutes=26)},
    )
    assert now(replace(EMPTY, sources=sources), CLAUSES).quiet == (("recruitment", timedelta(minutes=26)),)


def test_what_the_title_counts_is_what_the_wall_counts() -> None:
    late = clocks(overdue=3, late=1)
    used = {"clause": "NEWS-4", "n": 12, "last_hour": TOP}
    bundle = replace(EMPTY, clocks=(late,), standing=(used, {**used, "clause": "GONE-1"}))
    assert standing(bundle, CLAUSES) == now(bundle, CLAUSES).standing == 16
