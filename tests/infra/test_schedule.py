"""When a snapshot falls due: by local clocks, the last of each kind, and no draft of a quarter that is over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from infra.errors import UserError
from infra.quarter import Quarter
from infra.schedule import DRAFTS, FINAL, Due, Schedule
from infra.settings import Settings

Q3, Q4 = Quarter.of("2026Q3"), Quarter.of("2026Q4")
FINAL_Q3 = Due(Q3, True, datetime(2026, 10, 10, 5, tzinfo=UTC))  # 07:00 of summer time


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z")


@pytest.mark.parametrize(
    ("now", "drafts"),
    [
        ("2026-11-30T05:59:59", "2026-11-23T06:00:00"),  # Monday, a second before 07:00 of winter time
        ("2026-11-30T06:00:00", "2026-11-30T06:00:00"),
        ("2026-10-26T05:59:59", "2026-10-19T05:00:00"),  # the clocks were set back on the 25th
    ],
)
def test_a_draft_falls_due_each_week_by_local_clocks(now: str, drafts: str) -> None:
    assert Schedule.load({}).due(at(now)) == [FINAL_Q3, Due(Q4, False, at(drafts))]


def test_a_final_one_falls_due_on_its_day_and_stays_the_last_for_a_quarter() -> None:
    schedule = Schedule.load({DRAFTS: "never"})
    assert schedule.due(at("2026-10-10T04:59:59")) == [
        Due(Quarter.of("2026Q2"), True, datetime(2026, 7, 10, 5, tzinfo=UTC))
    ]
    assert schedule.due(at("2026-10-10T05:00:00")) == schedule.due(at("2027-01-10T05:59:59")) == [FINAL_Q3]
    assert schedule.closes(Q4) == at("2027-01-10T06:00:00")


def test_of_a_quarter_that_is_over_no_draft_is_made() -> None:
    schedule = Schedule.load({DRAFTS: "monday 07:00 UTC", FINAL: "never"})
    assert schedule.due(at("2026-09-30T23:59:59")) == [Due(Q3, False, at("2026-09-28T07:00:00"))]
    assert schedule.due(at("2026-10-01T00:00:00")) == []
    assert schedule.closes(Q3) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [(DRAFTS, "someday 07:00 UTC"), (DRAFTS, "monday 07:00"), (DRAFTS, "monday 25:00 UTC"), (FINAL, "0 07:00 UTC"),
     (FINAL, "61 07:00 UTC"), (FINAL, "10 07:00 Mars/Olympus")],
)  # fmt: skip
def test_what_tells_no_time_is_refused_with_the_variables_name(name: str, text: str) -> None:
    with pytest.raises(UserError, match=f'{name}: "{text}" tells no time') as told:
        Settings.load({name: text})
    assert "or never" in told.value.cure
