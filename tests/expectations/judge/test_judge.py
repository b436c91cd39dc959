"""The suites are the judge: changing one changes verdicts, and one that raises cannot tell."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from expectations.judge import BREACH, CANNOT_TELL, PASS, Judge
from expectations.judge.expectation import ExpectClauseToHold
from expectations.judge.judge import clause_of
from expectations.model import registry

VERSION = "v1"
VISIT = {
    "row": [0, 1, 2],
    "type": ["website.page_viewed"] * 3,
    "role": ["controller"] * 3,
    "personal_envelope": [False] * 3,
    "tracked": [True, True, None],
    "dnt": [False, True, False],
    "gpc": [True, False, None],
}


@pytest.fixture
def judge() -> Judge:
    return Judge({VERSION: {}})


def said(judge: Judge, clause: str, columns: dict[str, Any] = VISIT) -> dict[int, int]:
    found = judge.events(pl.DataFrame(columns), VERSION, [clause])
    return {row: outcome for row, _, outcome in found.iter_rows()}


def test_outcomes_are_three_valued(judge: Judge) -> None:
    assert said(judge, "CLICK-4") == {0: BREACH, 1: BREACH, 2: CANNOT_TELL}


def test_a_changed_suite_changes_the_verdict(judge: Judge) -> None:
    (expectation,) = [each for each in judge.suites[VERSION].expectations if clause_of(each) == "CLICK-4"]
    expectation.readings = json.dumps({"honour_gpc": False})
    # Without the newer signal the first visit may be kept, and the third, untold, could not have been wrong.
    assert said(judge, "CLICK-4") == {0: PASS, 1: BREACH, 2: PASS}


def test_an_expectation_that_raises_cannot_tell(judge: Judge) -> None:
    (expectation,) = [each for each in judge.suites[VERSION].expectations if clause_of(each) == "CLICK-4"]
    expectation.readings = json.dumps({"no_such_reading": True})
    assert said(judge, "CLICK-4") == dict.fromkeys(range(3), CANNOT_TELL)


def test_a_processor_event_is_not_applicable(judge: Judge) -> None:
    assert said(judge, "CLICK-4", {**VISIT, "role": ["processor"] * 3}) == {}


def test_every_clause_of_the_suite_is_described_by_its_promise(judge: Judge) -> None:
    described = {clause_of(each): each.description for each in judge.suites[VERSION].expectations}
    assert set(described) == set(registry())
    assert all(clause.promise in described[name] for name, clause in registry().items())


@pytest.mark.parametrize(
    ("course", "outcome"),
    [
        ({"due_at": 10, "met_at": 10}, PASS),
        ({"due_at": 10, "met_at": 11}, BREACH),
        ({"due_at": 10}, BREACH),
        ({"due_at": 10, "cancelled_at": 5}, None),
        ({"due_at": 10, "undecided": True}, CANNOT_TELL),
        ({"due_at": 10, "undecided": True, "met_at": 9}, PASS),
        ({}, None),
    ],
)
def test_an_obligation_is_judged_by_its_times(judge: Judge, course: dict[str, Any], outcome: int | None) -> None:
    instants = {name: [course.get(name)] for name in ("due_at", "met_at", "cancelled_at")}
    columns = {"row": [0], "clause": ["NEWS-5"], "undecided": [course.get("undecided", False)], "misstep": [False]}
    frame = pl.DataFrame({**columns, **instants}).with_columns(
        pl.col(list(instants)).cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
    )
    found = judge.obligations(frame, VERSION)["outcome"].to_list()
    assert found == ([] if outcome is None else [outcome])


def test_a_clause_on_events_that_is_an_obligation_too_has_an_expectation_for_each(judge: Judge) -> None:
    sides = [type(each).__name__ for each in judge.suites[VERSION].expectations if clause_of(each) == "RIGHT-4"]
    assert sides == ["ExpectClauseToHold", "ExpectObligationToBeMet"]
    use = {
        "row": [0],
        "type": ["data.processed"],
        "role": ["controller"],
        "personal_envelope": [False],
        "purpose": ["newsletter"],
        "legal_basis": ["consent"],
        "subject.upheld_since": [0],
        "subject.upheld_some_since": [None],
    }
    assert said(judge, "RIGHT-4", use) == {0: BREACH}
    owed = pl.DataFrame({"row": [0], "clause": ["RIGHT-4"], "due_at": [10], "met_at": [9], "cancelled_at": [None],
                         "undecided": [False], "misstep": [False]})  # fmt: skip
    assert judge.obligations(owed, VERSION)["outcome"].to_list() == [PASS]


def test_a_result_tells_how_many_were_judged_and_which_rows_broke_it() -> None:
    outcome = pl.Series([BREACH, PASS, None, CANNOT_TELL, BREACH], dtype=pl.Int8)
    frame = pl.DataFrame({"row": [3, 4, 5, 6, 9], "outcome": outcome})
    expectation = ExpectClauseToHold(clause="CLICK-4", readings="{}", meta={"clause": "CLICK-4"})
    told = expectation._validate({ExpectClauseToHold.metric_dependencies[0]: frame})
    assert told == {
        "success": False,
        "result": {
            "observed_value": "2 of 4",
            "element_count": 4,
            "unexpected_count": 2,
            "unexpected_percent": 50.0,
            "unexpected_index_list": [{"row": 3}, {"row": 9}],
        },
    }
    nothing = expectation._validate({ExpectClauseToHold.metric_dependencies[0]: frame.clear()})
    assert (nothing["success"], nothing["result"]["unexpected_percent"]) == (True, 0)
