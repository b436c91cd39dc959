"""Each clause has a page that is true: what stands in the repository is what is made now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from expectations.model import registry
from expectations.pages import INDEX, pages
from expectations.policy import load
from expectations.readings import of_clauses
from infra.door import run

ROOT = Path(__file__).parents[2]


def test_the_pages_of_the_repository_are_those_made_now() -> None:
    made = pages(load(clauses=of_clauses()), ROOT / "tests" / "scenarios")
    folder = ROOT / "expectations" / "docs" / "clauses"
    kept = {each.name: each.read_text("utf-8") for each in folder.iterdir()}
    assert sorted(kept) == sorted(made), "run `make docs`"
    assert [name for name in made if kept[name] != made[name]] == [], "run `make docs`"


def test_an_installation_without_scenarios_has_the_same_examples(tmp_path: Path) -> None:
    policy = load(clauses=of_clauses())
    assert pages(policy, tmp_path / "none") == pages(policy, ROOT / "tests" / "scenarios")


def test_data_docs_show_every_promise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "docs", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "clauses" / INDEX).is_file()
    (page,) = (tmp_path / "data_docs" / "expectations").glob("*.html")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text("utf-8")))
    missing = [each.id for each in registry().values() if f"{each.id}:" not in text]
    assert missing == []
