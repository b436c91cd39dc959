"""Real cases through the running stream: each breach is found at its event, and no twin breaks anything."""

from __future__ import annotations

import pytest

from streams.audit import finding
from tests.support import builders
from tests.support.cases import AS_OF, CASES, broken, differing, wanted, whole
from tests.support.pipeline import PARTITIONS, House, Line, shuffled

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def line(event: dict[str, object]) -> Line:
    """As a system publishes it on its own topic; what is about nobody is keyed by itself, so goes to any partition."""
    system = str(event["source"]).strip("/").partition("/")[0]
    return Line(f"{system}.events", str(event.get("subject") or event["id"]), builders.line(event))


@pytest.mark.parametrize("twin", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["cases", "twins"])
def test_two_workers_find_each_case_and_no_twin(twin: bool, house: House) -> None:
    events = [line(each) for number, case in enumerate(CASES) for each in whole(case, number, twin=twin)]
    house.start("warehouse", "worker-1", "worker-2")
    house.wait_until(lambda: house.owned() == PARTITIONS, 60, "both workers have partitions")
    house.publish(shuffled(events, seed=7))
    house.wait_until_read()
    with house.warehouse() as warehouse:
        rows = warehouse.query("audit_findings", {"now": AS_OF, "known": None}).to_pylist()
    assert not differing(broken(map(finding, rows)), {} if twin else wanted()), "case: (found, wanted)"
