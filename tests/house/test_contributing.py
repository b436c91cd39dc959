"""CONTRIBUTING.md works: its clause and its scenarios, written into a copy of the repository, hold there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^`([\w/.]+)`\n\n```(?:yaml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCENARIOS = """
from expectations.model import registry
from tests.scenarios.test_scenarios import CASES, test_scenarios_hold_however_the_events_arrive as hold
from tests.support import scenarios

assert "CLICK-3" in registry()
cases = [case for case in CASES if case.clause == "CLICK-3"]
assert {case.kind for case in cases} == set(scenarios.KINDS), cases
for readings in ({}, {"CLICK-3": {"k_min": 50}}):
    chosen = [case for case in cases if dict(case.readings) == readings]
    assert chosen
    hold(chosen)
"""
DOOR = "from infra.door import main; main(['policy', 'check'])"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository with the files of CONTRIBUTING.md in it."""
    root = tmp_path / "copy"
    for name in ("expectations", "streams", "infra", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "house"))
    shutil.copy(ROOT / "pyproject.toml", root)
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert [name.rpartition(".")[2] for name, _ in blocks] == ["yaml", "py"]
    for name, text in blocks:
        (root / name).write_text(text, "utf-8")
    return root


def run(copy: Path, *command: str) -> None:
    """Runs Python in the copy, with the copy's own rooms."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "HOME": str(copy), "GX_ANALYTICS_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_worked_clause_holds_its_scenarios(copy: Path) -> None:
    run(copy, "-c", SCENARIOS)


def test_the_worked_clause_is_clean_and_the_policy_still_loads(copy: Path) -> None:
    run(copy, "-m", "ruff", "check", "expectations/clauses/clickstream")
    run(copy, "-m", "ruff", "format", "--check", "expectations/clauses/clickstream")
    run(copy, "-c", DOOR)
