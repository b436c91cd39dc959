"""Real cases: the breach is found at the right event with the right clause, and its twin breaks nothing."""

from __future__ import annotations

import random
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
from tests.support import builders

CASES = yaml.safe_load((Path(__file__).parent / "enforcement.yaml").read_text("utf-8"))["cases"]
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


def whole(case: Mapping[str, Any], *, twin: bool) -> list[dict[str, Any]]:
    """The events of a case or of its twin; times as YAML reads them."""
    said = [dict(each) for each in case["events"]]
    if twin:
        different = dict(case["twin"])
        said[different.pop("event")].update(different)
    for each in said:
        each["time"] = each["time"].isoformat() if isinstance(each["time"], datetime) else each["time"]
    return [builders.event(each, f"e-{number}") for number, each in enumerate(said)]


def broken(events: Sequence[Mapping[str, Any]], engine: Engine, piece: int) -> dict[str, int]:
    records = [Record(builders.line(each), None, (), "case", 0, number) for number, each in enumerate(events)]
    found = audit(records, engine=engine, as_of=AS_OF, piece=piece).findings
    breaches = [each for each in found if each["outcome"] == "breach"]
    told = {each["clause"]: int(each["event_id"].partition("-")[2]) for each in breaches}
    assert len(told) == len(breaches), breaches
    return told


@pytest.mark.parametrize("case", CASES, ids=[each["case"][:60] for each in CASES])
def test_the_case_is_found_and_its_twin_breaks_nothing(case: Mapping[str, Any], engine: Engine) -> None:
    for twin, wanted in ((False, case["breaks"]), (True, {})):
        events = whole(case, twin=twin)
        assert broken(events, engine, len(events)) == wanted, f"twin: {twin}"
        random.Random(7).shuffle(events)
        assert broken(events, engine, 2) == wanted, f"shuffled, twin: {twin}"
