"""Scenarios: cases in YAML, many of them audited together, in any order, twice, facts last.

A file: `clause`, `story`, `given` (events before or around), `event` (the judged one), `cases`. A case:
`says`, `kind`, `alone` (only what is said; else `builders.beside` adds what is not),
`but` (what is different in the judged event), `given` (more events; `only`: instead of the
file's), `as_of` (default: long after), `readings` (by clause), `known_as` (the judged event's attributes as
the audit writes them, where it redacts), `finds` (clause -> breach or indeterminate: exactly those of the
judged event), `states` (clause -> state of its obligation; null: none opens), `due` (clause -> when it is due, UTC),
`keys` (clause -> the obligation's key).

Cases with equal `as_of` and `readings` share one audit: subjects, ids and links of the shape `s-1` are made
the case's own, so that none sees another's facts.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from expectations import lined
from expectations.vocabulary import TYPES
from tests.support import builders

FOLDER = Path(__file__).parents[1] / "scenarios"
KINDS = ("breach", "twin", "boundary", "late", "duplicate", "missing", "processor", "edge")
LONG_AFTER = "2027-06-01T00:00:00Z"

_REDACTED = re.compile(r"(\[redacted:\w+\])#[0-9a-f]+")  # a keyed mark keeps two redacted ids apart
_OUTCOMES = {
    "met": "pass",
    "met_late": "breach",
    "overdue": "breach",
    "cancelled": "not_applicable",
    "indeterminate": "indeterminate",
}
_LINK = re.compile(r"[a-z]{1,3}-\d{1,3}")
_CASE_KEYS = {"says", "kind", "but", "given", "only", "as_of", "readings", "known_as", "alone"}
_SAID = {"finds", "states", "due", "keys"}
_FILE_KEYS = {"clause", "story", "given", "event", "cases", "alone"}


@dataclass(frozen=True)
class Case:
    """One case, its events whole. `judged`: (source, id) by which its findings are known."""

    file: str
    line: int
    number: int
    clause: str
    says: str
    kind: str
    given: tuple[dict[str, Any], ...]
    event: dict[str, Any]
    judged: tuple[str, str]
    as_of: datetime
    readings: Mapping[str, Mapping[str, Any]]
    finds: Mapping[str, str]
    lacks: frozenset[str] = frozenset()  # fields that the judged event does not say, and would by default
    states: Mapping[str, str | None] = field(default_factory=dict)
    due: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str | None] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.says}"

    @property
    def group(self) -> tuple[datetime, str]:
        """Cases of one group may share an audit."""
        return self.as_of, repr(sorted((clause, sorted(each.items())) for clause, each in self.readings.items()))


def files() -> list[Path]:
    """All scenario files, area by area."""
    return sorted(FOLDER.glob("*/*.yaml"))


def read(path: Path, first: int = 0) -> list[Case]:
    """The cases of a file; AssertionError names file, line and what is not of their form."""
    file = lined.read(path)
    name = f"{path.parent.name}/{path.name}"
    data = file.data
    assert set(data) <= _FILE_KEYS, f"{name}: unknown {set(data) - _FILE_KEYS}"
    cases = []
    for number, case in enumerate(data["cases"]):
        where = f"{name}:{file.line(('cases', number))}"
        unknown = set(case) - _CASE_KEYS - _SAID
        assert not unknown, f"{where}: unknown {unknown}"
        assert case.get("kind") in KINDS, f"{where}: kind is one of {KINDS}"
        assert isinstance(case.get("says"), str), f"{where}: says what?"
        assert isinstance(case.get("finds"), dict), f"{where}: finds what? (nothing: {{}})"
        assert set(case["finds"].values()) <= {"breach", "indeterminate"}, f"{where}: {case['finds']}"
        said = case.get("only", [*data.get("given", []), *case.get("given", [])])
        judged = builders.event({**data["event"], **case.get("but", {})}, "e-0")
        if not case.get("alone", data.get("alone", False)):
            types = {each["type"] for each in said}
            said = [*said, *(each for each in builders.beside(judged) if each["type"] not in types)]
        own = made_own(f"q{first + number}")
        event = own(judged)
        known = {**event, **case.get("known_as", {})}
        cases.append(
            Case(
                file=name,
                line=file.line(("cases", number)),
                number=first + number,
                clause=data["clause"],
                says=case["says"],
                kind=case["kind"],
                given=tuple(own(builders.event(each, f"e-{at + 1}")) for at, each in enumerate(said)),
                event=event,
                judged=(known["source"], known["id"]),
                as_of=datetime.fromisoformat(case.get("as_of", LONG_AFTER)),
                readings=case.get("readings", {}),
                finds=case["finds"],
                lacks=frozenset(name for name, value in case.get("but", {}).items() if value is None),
                states=case.get("states", {}),
                due=case.get("due", {}),
                keys=case.get("keys", {}),
            )
        )
    return cases


def made_own(mark: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Makes subjects, ids and links of the shape `s-1` the case's own: `q7.s-1`."""

    def change(value: Any) -> Any:
        return f"{mark}.{value}" if isinstance(value, str) and _LINK.fullmatch(value) else value

    def own(event: dict[str, Any]) -> dict[str, Any]:
        changed = {key: change(value) for key, value in event.items() if key != "data"}
        return {**changed, "data": {key: change(value) for key, value in event["data"].items()}}

    return own


def every_case() -> list[Case]:
    """The cases of all files, each with a number of its own."""
    cases: list[Case] = []
    for path in files():
        cases += read(path, len(cases))
    return cases


def ways(cases: Sequence[Case]) -> Iterator[tuple[str, list[bytes], int]]:
    """The same events, delivered in four ways: name, lines, and after how many of them a batch ends.

    A handful of cases that stands alone for its `as_of` or readings goes two ways: each audit has its price.
    """
    given = [builders.line(each) for case in cases for each in case.given]
    judged = [builders.line(case.event) for case in cases]
    ordered = [builders.line(each) for case in cases for each in (*case.given, case.event)]
    shuffled = ordered[:]
    random.Random(20180525).shuffle(shuffled)
    yield "in order", ordered, len(ordered)
    yield "facts last, in a batch of their own", [*judged, *given], len(judged)
    if len(cases) < 5:
        return
    yield "shuffled, in three batches", shuffled, len(shuffled) // 3 + 1
    yield "twice", [*ordered, *ordered], len(ordered)


def disagreements(cases: Sequence[Case], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where the audit and the cases differ; one line each."""
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for each in found:
        told[_REDACTED.sub(r"\1", each["source"]), _REDACTED.sub(r"\1", each["event_id"])].append(each)
    differing = []
    for case in cases:
        of_case = told[case.judged]
        bad = sorted(
            (each["clause"], each["outcome"]) for each in of_case if each["outcome"] in ("breach", "indeterminate")
        )
        if bad != sorted(case.finds.items()):
            differing.append(f"{case} [{case.clause}, {case.kind}]\n    expected {dict(case.finds)}, got {bad}")
        differing += [
            f"{case}\n    {each['clause']} names {each['evidence']['missing']} as missing"
            for each in of_case
            if each["outcome"] == "indeterminate" and not _may_be_missed(each["evidence"]["missing"], case)
        ]
        differing += [
            f"{case}\n    {each['clause']} is {each['state']} and {each['outcome']}"
            for each in of_case
            if each["due_at"] and each["outcome"] != _OUTCOMES.get(each["state"], each["outcome"])
        ]
        for clause, state in case.states.items():
            states = [each["state"] for each in of_case if each["clause"] == clause]
            if states != ([] if state is None else [state]):
                differing.append(f"{case}\n    expected {clause} {state}, got {states}")
        for told_as, wanted in (("due_at", case.due), ("obligation", case.keys)):
            for clause, value in wanted.items():
                values = [each[told_as] for each in of_case if each["clause"] == clause]
                if values != [value]:
                    differing.append(f"{case}\n    expected {clause} {told_as} {value}, got {values}")
    return differing


def _may_be_missed(named: Sequence[str], case: Case) -> bool:
    """Whether those are fields that an event of the case could have said and did not, or lists with a hole."""
    absent = {
        name
        for each in (*case.given, case.event)
        for name in TYPES[each["type"]].fields
        if each["data"].get(name) is None or isinstance(each["data"][name], list)
    }
    return bool(named) and absent.issuperset(named) and (not case.lacks or not case.lacks.isdisjoint(named))
