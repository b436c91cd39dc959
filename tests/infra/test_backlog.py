from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra import doctor
from infra.backlog import standing, watch

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CRM = ("crm.events", 0)
HOUR = timedelta(hours=1)


def row(next: int, ago: timedelta = HOUR, now: datetime = NOW) -> dict[str, Any]:
    return {"topic": CRM[0], "partition": CRM[1], "next": next, "recorded_at": now - ago}


def test_a_partition_that_moved_is_at_work() -> None:
    assert standing([CRM], [row(5)], [row(6)], NOW) == []


def test_a_partition_that_has_its_turn_now_and_then_is_at_work() -> None:
    assert standing([CRM], [row(5, timedelta(seconds=30))], [row(5, timedelta(seconds=30))], NOW) == []


def test_a_partition_where_nothing_moves_stands_still() -> None:
    assert standing([CRM], [row(5)], [row(5)], NOW) == [CRM]


def test_a_partition_of_which_nothing_was_ever_stored_stands_still_until_its_first_batch() -> None:
    assert standing([CRM], [], [], NOW) == [CRM]
    assert standing([CRM], [], [row(3)], NOW) == []


def test_others_at_work_hide_none_that_stands_still() -> None:
    other = {**row(9), "partition": 1}
    assert standing([CRM, ("crm.events", 1)], [row(5), other], [row(5), {**other, "next": 10}], NOW) == [CRM]


def test_a_record_that_has_just_come_is_given_time() -> None:
    answers = iter([row(5), row(5), row(5), row(6)])
    assert watch(lambda: [next(answers)], [CRM], 5) == []


class Asked:
    """A warehouse with one worker or none, whose `next` is what the list says, answer by answer."""

    def __init__(self, workers: int, *following: int) -> None:
        self.num_rows = workers
        self._following = list(following)

    def query(self, name: str) -> Any:
        return self

    def to_pylist(self) -> list[dict[str, Any]]:
        return [row(self._following.pop(0) if len(self._following) > 1 else self._following[0])]


@pytest.mark.parametrize(
    ("asked", "left", "state", "words"),
    [
        (Asked(1, 5), {}, "fine", "everything published is judged"),
        (Asked(0, 5), {CRM: 3}, "note", "3 records wait to be judged, and no worker is alive"),
        (Asked(1, 5, 5, 8), {CRM: 3}, "fine", "3 records wait to be judged, and are being worked off"),
        (Asked(1, 5), {CRM: 3}, "note", "3 records wait to be judged; crm.events[0] stand still"),
    ],
)
def test_the_doctor_warns_of_a_backlog_only_when_nobody_works_it_off(
    asked: Any, left: dict[Any, int], state: str, words: str
) -> None:
    (finding,) = doctor.backlog(asked, left, seconds=0.3)
    assert (finding.state, finding.words) == (state, words)
