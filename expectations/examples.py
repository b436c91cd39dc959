"""The cases that each clause is tested with, for people: what happened, and what is found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import yaml

FILE = "examples.json"  # beside the clauses' pages, in every installation
SCENARIOS = Path(__file__).parents[1] / "tests" / "scenarios"  # in a checkout; an installation has none


@dataclass(frozen=True)
class Example:
    """One case. `kind`: breach, twin, boundary, late, duplicate, missing, processor, edge. `finds`: by clause."""

    story: str
    kind: str
    says: str
    finds: Mapping[str, str]


Examples = Mapping[str, Sequence[Example]]  # by clause


def of_scenarios(folder: Path = SCENARIOS) -> Examples:
    """Those of the scenario files; those that are shipped where there is no such folder."""
    if not folder.is_dir():
        return shipped()
    found: dict[str, list[Example]] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        file = yaml.safe_load(path.read_text("utf-8"))
        story = str(file["story"]).rstrip(".")
        cases = [Example(story, case["kind"], str(case["says"]), case["finds"]) for case in file["cases"]]
        found.setdefault(file["clause"], []).extend(cases)
    return found


@cache
def shipped() -> Examples:
    """Those that are shipped with the package: the same, kept so by a test."""
    told = json.loads(resources.files("expectations").joinpath("docs", "clauses", FILE).read_text("utf-8"))
    return {clause: tuple(Example(**each) for each in cases) for clause, cases in told.items()}


def written(examples: Examples) -> str:
    """The file's text, a case a line."""
    blocks = (f"{json.dumps(clause)}: [\n{_lines(cases)}\n]" for clause, cases in sorted(examples.items()))
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _lines(cases: Sequence[Example]) -> str:
    return ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in cases)
