"""Real cases: the breach is found at the right event with the right clause, and its twin breaks nothing.

All cases share an audit, each with subjects, ids and links of its own; so do all twins.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations.contract.decode import Record
from expectations.policy import load
from streams.audit import audit
from streams.core.examine import Engine
from tests.support import builders, scenarios

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def read(name: str, *, alone: bool) -> list[dict[str, Any]]:
    """The cases of a file; `alone`: nothing but the envelope is filled up."""
    cases = yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))["cases"]
    return [{**each, "alone": alone} for each in cases]


CASES = [*read("enforcement.yaml", alone=False), *read("decisions.yaml", alone=True)]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


def whole(case: Mapping[str, Any], number: int, *, twin: bool) -> list[dict[str, Any]]:
    """The events of a case or of its twin; times as YAML reads them, names the case's own."""
    said = [dict(each) for each in case["events"]]
    if twin:
        different = dict(case["twin"])
        said[different.pop("event")].update(different)
    for each in said:
        each["time"] = each["time"].isoformat() if isinstance(each["time"], datetime) else each["time"]
    own = scenarios.made_own(f"k{number}")
    return [own(builders.event(each, f"e-{at}", alone=case["alone"])) for at, each in enumerate(said)]


def broken(events: Sequence[Mapping[str, Any]], engine: Engine, piece: int) -> dict[int, list[tuple[str, int]]]:
    """What each case breaks: number of the case -> clause and number of the event, once per finding."""
    records = [Record(builders.line(each), None, (), "case", 0, number) for number, each in enumerate(events)]
    told: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for each in audit(records, engine=engine, as_of=AS_OF, piece=piece).findings:
        if each["outcome"] == "breach":
            case, _, event = each["event_id"].removeprefix("k").partition(".e-")
            told[int(case)].append((each["clause"], int(event)))
    return {case: sorted(each) for case, each in told.items()}


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("twin", [False, True], ids=["cases", "twins"])
def test_each_case_is_found_and_no_twin_breaks_anything(twin: bool, shuffled: bool, engine: Engine) -> None:
    events = [each for number, case in enumerate(CASES) for each in whole(case, number, twin=twin)]
    wanted = {} if twin else {number: sorted(case["breaks"].items()) for number, case in enumerate(CASES)}
    piece = len(events)
    if shuffled:
        random.Random(7).shuffle(events)
        piece = 17
    found = broken(events, engine, piece)
    differing = {
        CASES[number]["case"]: (found.get(number), wanted.get(number))
        for number in {*found, *wanted}
        if found.get(number) != wanted.get(number)
    }
    assert not differing, "case: (found, wanted)"
