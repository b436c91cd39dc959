"""CONTRIBUTING.md works: its clause and its scenarios are those of the house, which `tests/scenarios` runs."""

from __future__ import annotations

import re
from pathlib import Path

from expectations.model import registry
from tests.support import scenarios

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^`([\w/.]+)`\n\n```(?:yaml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_worked_clause_is_the_one_of_the_house() -> None:
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert [name.rpartition(".")[2] for name, _ in blocks] == ["yaml", "py"]
    for name, text in blocks:
        assert (ROOT / name).read_text("utf-8") == text, f"{name} differs from CONTRIBUTING.md"


def test_the_worked_clause_has_scenarios_of_every_kind() -> None:
    assert "CLICK-3" in registry()
    assert {case.kind for case in scenarios.every_case() if case.clause == "CLICK-3"} == set(scenarios.KINDS)
