from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import click
import pytest

from infra import door
from infra.errors import UserError
from infra.lazy import Lazy, present

Give = Callable[[Callable[[], int | None]], None]


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Give:
    """Makes `clausewatch act` do what it is given."""
    monkeypatch.setenv("CLAUSEWATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("CLAUSEWATCH_DEBUG", raising=False)

    def install(act: Callable[[], int | None]) -> None:
        monkeypatch.setattr(door, "_rooms", lambda: {"act": click.command("act")(act)})

    return install


def test_a_user_error_is_told_with_its_cure_and_without_traceback(
    give: Give, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> None:
        raise UserError("port 9092 is taken", "choose another with --port", exit_code=1)

    give(act)
    assert door.run(["act"]) == 1
    assert capsys.readouterr().err == "✖ port 9092 is taken\n  → choose another with --port\n"


def test_a_fault_says_where_its_log_is_and_keeps_its_message_out(
    give: Give, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def act() -> None:
        raise ValueError("jan@example.nl")

    give(act)
    assert door.run(["act"]) == 70
    told = capsys.readouterr().err
    log = (tmp_path / "data" / "logs" / "faults.log").read_text()
    assert "ValueError at test_door.py" in told
    assert str(tmp_path / "data" / "logs" / "faults.log") in told
    assert '"error": "ValueError"' in log
    assert "jan@" not in told + log


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_a_command_returns_is_the_exit_code(give: Give, answer: int | None, code: int) -> None:
    give(lambda: answer)
    assert door.run(["act"]) == code


def test_an_interrupted_command_ends_with_130(give: Give) -> None:
    def act() -> None:
        raise KeyboardInterrupt

    give(act)
    assert door.run(["act"]) == 130


def test_bad_usage_ends_with_2(give: Give, capsys: pytest.CaptureFixture[str]) -> None:
    give(lambda: 0)
    assert door.run(["dance"]) == 2
    assert "No such command 'dance'" in capsys.readouterr().err


def test_a_room_without_commands_is_left_out_but_a_broken_one_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken_room.py").write_text("import no_such_library\ncommands = []\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = [
        metadata.EntryPoint("absent", "no_such_room.commands:commands", door.GROUP),
        metadata.EntryPoint("infra", "infra.commands:commands", door.GROUP),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    assert "topics" in door._rooms()
    points.append(metadata.EntryPoint("broken", "broken_room:commands", door.GROUP))
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        door._rooms()


def test_a_command_appears_when_its_module_is_there() -> None:
    there = Lazy("door", "infra.door:door", "")
    assert present([there, Lazy("x", "infra.no_such:x", ""), Lazy("y", "no_such_room.x:y", "")]) == [there]
    assert there.load() is door.door
