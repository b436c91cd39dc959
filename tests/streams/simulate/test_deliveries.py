"""What is delivered: the same bytes from the same seed, every type, about five per cent trouble."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice, pairwise
from typing import Any

import pytest

from expectations.contract.decode import Record, decode
from expectations.vocabulary import TYPES
from streams.simulate import deliveries
from streams.simulate.calendar import DAY, instant
from streams.simulate.deliveries import make_world, one_by_one, side_by_side
from streams.simulate.readings import OTHER_WAY
from streams.simulate.truth import Truth
from tests.support.truth import START, simulated

# Every clause but POPIA-1, which is never broken; so that one that is not written yet is lived already.
COUNTED = {"SCOPE": 3, "GEN": 4, "WEB": 4, "CLICK": 4, "CRM": 4, "NEWS": 8, "REC": 6, "SHARE": 3, "XFER": 3,
           "RIGHT": 11, "SEC": 4, "BREACH": 4, "AMEND": 1, "CCTV": 2}  # fmt: skip
CLAUSES = {f"{area}-{number}" for area, count in COUNTED.items() for number in range(1, count + 1)}

World = tuple[list[bytes], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def small() -> World:
    return simulated(7, 600, 3)


def _events(lines: list[bytes]) -> list[dict[str, Any]]:
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def test_the_same_seed_gives_the_same_bytes(small: World) -> None:
    assert simulated(7, 600, 3) == small


def test_another_seed_gives_other_people(small: World) -> None:
    others = {event.get("subject") for event in _events(simulated(8, 600, 3)[0])}
    people = {event.get("subject") for event in _events(small[0])}
    assert len(people) > 300
    assert len(people & others) < 25  # the published values of the litter


def test_lines_that_wait_in_files_come_out_the_same(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "LINES_IN_MEMORY", 500)
    assert simulated(7, 600, 3) == small


def test_slices_of_the_people_are_the_whole_world() -> None:
    def told(people: int | range) -> tuple[set[str], set[str]]:
        lines, truth = simulated(7, people, 2)
        parsed = {json.dumps(event, sort_keys=True) for event in _events(lines)}  # one that came twice may be turned
        return parsed, {json.dumps(line, sort_keys=True) for line in truth}

    events, truth = told(6)
    first, second = told(range(2)), told(range(2, 6))
    assert (first[0] | second[0], first[1] | second[1]) == (events, truth)
    assert len(first[0]) < len(events) > len(second[0])


def test_every_type_occurs(small: World) -> None:
    assert set(TYPES) - {event["type"] for event in _events(small[0])} == set()


def test_every_clause_is_broken(small: World) -> None:
    broken = {line["clause"] for line in small[1] if line["outcome"] == "breach"}
    assert broken == CLAUSES


def test_about_five_per_cent_are_trouble(small: World) -> None:
    lines, truth = small
    wrong = [line for line in truth if line["under"] != OTHER_WAY]
    assert 0.03 < len(wrong) / len(lines) < 0.07


def test_the_contract_takes_all_but_the_lines_said_to_be_none(small: World) -> None:
    lines, truth = small
    records = [Record(line, None, (), "file", 0, offset) for offset, line in enumerate(lines)]
    decoded = decode(records, key=b"k" * 32)
    told = {line["reason"] for line in truth if line["clause"] is None} - {"id_conflict"}
    assert set(decoded.quarantine["reason"].to_list()) == told
    # unknown fields are dropped and counted: only the notes of GEN-3 are unknown
    notes = sum("note" in event["data"] for event in _events(lines) if event["specversion"] == "1.0")
    assert decoded.dropped_fields == notes


def test_subjects_stand_where_their_type_wants_them(small: World) -> None:
    spoilt = {line["event_id"] for line in small[1] if line["clause"] is None}
    for event in _events(small[0]):
        kind = TYPES.get(event["type"])
        if kind is None or event["id"] in spoilt:
            continue
        if kind.subject == "required":
            assert event.get("subject"), event
        elif kind.subject == "none":
            assert "subject" not in event, event


def test_some_arrive_late_and_some_twice(small: World) -> None:
    events = _events(small[0])
    seen = Counter((event["source"], event["id"]) for event in events)
    assert 0.003 < sum(count > 1 for count in seen.values()) / len(seen) < 0.03
    times = [event["time"] for event in events if event["time"].endswith("Z")]
    late = sum(a > b for a, b in pairwise(times))
    assert late > 100


def test_side_by_side_goes_on_in_order_at_the_live_rate() -> None:
    world = make_world(seed=3, start=instant(START), subjects=100, days=1, truth=Truth(), per_day=3, live_rate=20)
    begin, last, count = world.live_from, 0, 0
    for events in side_by_side(world, 100):
        for made in events:
            last = max(last, made.time)
            count += begin <= made.time
        if last > begin + 10 * 60 * 1000:
            break
    assert 15 < count / 600 < 30


def test_one_life_at_a_time_is_in_memory() -> None:
    world = make_world(seed=3, start=instant(START), subjects=10**6, days=365, truth=Truth(), per_day=0.01, live_rate=0)
    assert len(list(islice(one_by_one(world, range(10**6)), 20_000))) == 20_000
    assert world.end - world.start == 365 * DAY
