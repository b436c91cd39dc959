"""Pieces of a run add up, and only the rounds that lack are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill.__main__ import lives, main
from tests.kill.figures import Figures, Round


def test_pieces_add_up_by_kind_of_fault(tmp_path: Path) -> None:
    path = tmp_path / "figures.jsonl"
    Figures(path).add(7, 1, ["worker killed", "broker killed"], 10.04)
    Figures(path).add(7, 2, ["worker killed"], 20, failed="kept/here")
    Figures(path).add(8, 1, ["worker killed"], 30)
    assert Figures(path).read()[:2] == [
        Round(7, 1, ["worker killed", "broker killed"], 10.0),
        Round(7, 2, ["worker killed"], 20, "kept/here"),
    ]
    rows = [line.split(maxsplit=4) for line in Figures(path).table(["worker killed", "broker frozen"]).splitlines()]
    assert rows[1:] == [
        ["2", "1", "20.0", "30.0", "all rounds"],
        ["2", "1", "20.0", "30.0", "worker killed"],
        ["0", "0", "-", "-", "broker frozen"],
    ]


def test_lives_are_of_ten_rounds_with_seeds_of_their_own() -> None:
    assert list(lives(23, 5)) == [(5, 10), (6, 10), (7, 3)]
    assert list(lives(0, 5)) == []


def test_nothing_is_run_when_no_round_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "figures.jsonl"
    Figures(path).add(7, 1, ["worker killed"], 10)
    assert main(["--rounds", "1", "--figures", str(path)]) == 0
    assert "0 rounds, seeds from 8" in capsys.readouterr().out
