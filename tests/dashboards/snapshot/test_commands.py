"""`clausewatch snapshot` and `verify BUNDLE` at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.snapshot.commands import snapshot, verify
from infra.errors import UserError


def test_verify_of_a_bundle_says_that_all_agrees(bundle: Path) -> None:
    done = CliRunner().invoke(verify, [str(bundle)], standalone_mode=False)
    assert done.return_value == 0, done.output
    assert "2026Q4-draft: " in done.output
    assert "no faults" in done.output


def test_verify_of_a_changed_bundle_names_the_file(bundle: Path, tmp_path: Path) -> None:
    content = bundle.read_bytes()
    forged = tmp_path / bundle.name
    forged.write_bytes(content[:-40] + b"\0" * 40)
    with pytest.raises(UserError, match=bundle.name):
        CliRunner().invoke(verify, [str(forged)], standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize(
    ("given", "fault"),
    [([], "which quarter"), (["2026Q9"], "no quarter"), (["2026Q3"], "no warehouse is at")],
)
def test_a_mistake_is_told_with_its_cure(tmp_path: Path, given: list[str], fault: str) -> None:
    where = ["--data-dir", str(tmp_path)]
    with pytest.raises(UserError, match=fault):
        CliRunner().invoke(snapshot, [*given, *where], standalone_mode=False, catch_exceptions=False)
