"""Real cases: the breach is found at the right event with the right clause, and its twin breaks nothing.

All cases share an audit, each with subjects, ids and links of its own; so do all twins.
"""

from __future__ import annotations

import random

import pytest

from expectations.contract.decode import Record
from expectations.policy import load
from streams.audit import audit
from streams.core.examine import Engine
from tests.support import builders
from tests.support.cases import AS_OF, CASES, broken, differing, wanted, whole


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("twin", [False, True], ids=["cases", "twins"])
def test_each_case_is_found_and_no_twin_breaks_anything(twin: bool, shuffled: bool, engine: Engine) -> None:
    events = [each for number, case in enumerate(CASES) for each in whole(case, number, twin=twin)]
    piece = len(events)
    if shuffled:
        random.Random(7).shuffle(events)
        piece = 17
    records = [Record(builders.line(each), None, (), "case", 0, number) for number, each in enumerate(events)]
    found = broken(audit(records, engine=engine, as_of=AS_OF, piece=piece).findings)
    assert not differing(found, {} if twin else wanted()), "case: (found, wanted)"
