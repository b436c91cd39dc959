"""POPIA-1 annotates: whatever is found of somebody in South Africa names POPIA and its regulator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from expectations.contract.decode import Record
from expectations.model import registry
from streams.audit import audit
from tests.support import builders, scenarios
from tests.support.scenarios import Case

NOBODY = ("AMEND-", "BREACH-", "CCTV-", "CLICK-3", "SEC-3")  # what these judge has no subject
EXPLAINED = ("GEN-3", "RIGHT-9", "POPIA-1")  # a redacted subject; another country's authority; never broken


def test_every_finding_of_somebody_there_names_popia_and_its_regulator() -> None:
    seen = set()
    for each in _found_there():
        told, clause = each["evidence"], registry()[each["clause"]]
        assert told["jurisdiction"] == "ZA", each
        assert told["popia"] == [article for article in clause.law if article.startswith("POPIA")], each
        assert told["regulator"] == "information_regulator", each
        seen.add(clause.id)
    assert {name for name in registry().keys() - seen if not name.startswith((*NOBODY, *EXPLAINED))} == set()


def _found_there() -> Iterator[dict[str, Any]]:
    """The breaches of all scenarios, moved to South Africa, that are about somebody."""
    cases = [_there(case) for case in scenarios.every_case() if case.kind == "breach" and not case.readings]
    for as_of, some in groupby(sorted(cases, key=lambda case: case.as_of), key=lambda case: case.as_of):
        asked = list(some)
        events = [event for case in asked for event in (*case.given, case.event)]
        records = [Record(builders.line(event), None, (), "scenario", 0, number) for number, event in enumerate(events)]
        judged = {case.judged for case in asked}
        for each in audit(records, as_of=as_of).findings:
            known = (each["source"], each["event_id"]) in judged and each["subject"] is not None
            if known and each["outcome"] == "breach":
                yield each


def _there(case: Case) -> Case:
    return replace(case, event={**case.event, "data": {**case.event["data"], "jurisdiction": "ZA"}})
