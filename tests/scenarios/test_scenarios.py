"""Each clause does what its scenarios say, however the events arrive."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest

from expectations.contract.decode import Record
from expectations.model import registry
from streams.audit import audit
from streams.core.examine import Engine
from tests.support import scenarios
from tests.support.readings import policy_with
from tests.support.scenarios import Case

CASES = scenarios.every_case()
GROUPS = [list(found) for _, found in groupby(sorted(CASES, key=lambda case: case.group), key=lambda case: case.group)]
NEVER_BROKEN = {"POPIA-1": {"breach"}}  # it annotates
NEEDED = set(scenarios.KINDS) - {"edge"}


@pytest.mark.parametrize("cases", GROUPS, ids=[f"{g[0].as_of:%Y-%m-%dT%H%M%S}-{g[0].number}" for g in GROUPS])
def test_scenarios_hold_however_the_events_arrive(cases: Sequence[Case]) -> None:
    engine = Engine(policy_with(cases[0].readings))
    differing = []
    for way, lines, piece in scenarios.ways(cases):
        records = [Record(line, None, (), "scenario", 0, number) for number, line in enumerate(lines)]
        found = audit(records, engine=engine, as_of=cases[0].as_of, piece=piece).findings
        differing += [f"{way}: {each}" for each in scenarios.disagreements(cases, found)]
    assert not differing, "\n" + "\n".join(differing)


def lacking(clause: str, cases: Sequence[Case]) -> set[str]:
    """The kinds of scenario that a clause has to have and has not."""
    kinds = {case.kind for case in cases if case.clause == clause}
    return NEEDED - NEVER_BROKEN.get(clause, set()) - kinds


@pytest.mark.parametrize("clause", sorted(registry()))
def test_every_clause_has_its_scenarios(clause: str) -> None:
    """Breach, smallest compliant twin, boundary, late, duplicate, missing field, processor."""
    assert lacking(clause, CASES) == set()


@pytest.mark.parametrize("kind", sorted(NEEDED))
def test_a_clause_without_one_kind_of_scenario_fails(kind: str) -> None:
    left = [case for case in CASES if (case.clause, case.kind) != ("NEWS-5", kind)]
    assert lacking("NEWS-5", left) == {kind}
    assert lacking("NEWS-4", left) == set()


def test_a_clause_without_a_file_of_scenarios_fails() -> None:
    assert lacking("NEWS-5", [case for case in CASES if case.clause != "NEWS-5"]) == NEEDED


def test_a_scenario_stands_beside_its_clause_by_name() -> None:
    from expectations import clauses

    stems = {path.stem: path.parent.name for root in clauses.__path__ for path in _modules(root)}
    for path in scenarios.files():
        assert stems.get(path.stem) == path.parent.name, f"{path.parent.name}/{path.name} has no clause's file"


def _modules(root: str) -> list[Any]:
    from pathlib import Path

    return [path for path in Path(root).glob("*/*.py") if path.stem != "__init__"]


def test_breach_and_twin_differ_in_their_finding() -> None:
    for clause in {case.clause for case in CASES}:
        own = [case for case in CASES if case.clause == clause]
        assert all(case.finds.get(clause) == "breach" for case in own if case.kind == "breach"), clause
        assert all(clause not in case.finds for case in own if case.kind == "twin"), clause
