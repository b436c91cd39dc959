"""What clauses say of themselves is true: what opens an obligation, and which reading is the default."""

from __future__ import annotations

from collections import defaultdict

from expectations.contract.decode import Record, decode
from expectations.facts import facts_of
from expectations.model import registry
from expectations.policy import load
from expectations.vocabulary import TYPES
from tests.support import builders


def stated() -> dict[str, set[tuple[str, str]]]:
    """Kind of fact -> the types of event, with their role, that state it."""
    names = [(name, role) for name in TYPES for role in ("controller", "processor")]
    said = [{"type": name, "time": "2026-03-02T10:00:00Z", "subject": "s-1", "role": role} for name, role in names]
    events = [builders.event(each, f"e-{number}") for number, each in enumerate(said)]
    lines = [Record(builders.line(each), None, (), "scenario", 0, number) for number, each in enumerate(events)]
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, name in facts_of(decode(lines, key=b"k").events).select("kind", "id").iter_rows():
        found[kind].add(names[int(name.removeprefix("e-"))])
    return found


def test_an_obligation_is_opened_by_the_types_that_it_names() -> None:
    known = stated()
    for clause in registry().values():
        opening = {name for kind in clause.opens for name, _ in known[kind]}
        assert clause.opened_by == opening, clause.id
        roles = {role for kind in clause.opens for _, role in known[kind]}
        assert not clause.opens or clause.roles == roles, clause.id


def test_the_first_version_of_the_policy_reads_as_the_clauses_do_by_default() -> None:
    chosen = load().versions[0].readings
    for clause in registry().values():
        assert clause.reading(chosen.get(clause.id, {})) == clause.readings, clause.id
