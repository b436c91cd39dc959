from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.errors import UserError
from infra.parts import Part, last_words, says_where
from infra.settings import Settings, alive

Make = Callable[[str], Part]
SAYS = "from infra.settings import Settings; Settings.load().run_file('part').write(address='127.0.0.1:7')\n"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A part that runs a Python text."""
    made: list[Part] = []

    def build(text: str, name: str = "part") -> Part:
        settings = Settings(data_dir=tmp_path)
        environment = {**os.environ, "CLAUSEWATCH_DATA_DIR": str(tmp_path)}
        part = Part(name, lambda: [sys.executable, "-c", text], settings, environment, says_where, grace=2)
        made.append(part)
        return part

    yield build
    for part in made:
        part.stop()


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_a_part_is_ready_when_its_own_run_file_says_where_it_is(make: Make, tmp_path: Path) -> None:
    Settings(data_dir=tmp_path).run_file("part").write(address="127.0.0.1:6")  # of another process
    part = make(SAYS + "import time; time.sleep(60)")
    part.start()
    assert part.wait_ready(20) == "127.0.0.1:7"


def test_a_part_that_does_not_start_is_told_by_its_last_words(make: Make) -> None:
    part = make("import sys; sys.exit('✖ port 8501 is taken\\n  → choose another')")
    part.start()
    with pytest.raises(UserError, match="part did not start: port 8501 is taken") as caught:
        part.wait_ready(20)
    assert str(part.log) in caught.value.cure


def test_a_part_that_dies_is_named_and_restarted_with_back_off(make: Make) -> None:
    part = make("import sys; sys.exit(3)")
    part.start()
    now, told, delays = time.monotonic(), [], []
    for _ in range(4):
        assert until(lambda: not part.running())
        told.append(part.watch(now))
        assert part.due is not None
        delays.append(round(part.due - now))
        assert part.watch(now + delays[-1] - 0.5) is None
        now = part.due
        assert part.watch(now) == "part is started again"
    assert delays == [1, 2, 4, 8]
    assert told[0] is not None
    assert told[0].startswith("part ended (3); again in 1 s")


def test_one_that_had_run_well_is_restarted_soon(make: Make) -> None:
    part = make("")
    part.delay = 30
    part.start()
    assert until(lambda: not part.running())
    part.watch(time.monotonic() + 61)
    assert part.delay == 2


def test_one_that_may_finish_is_not_restarted(make: Make) -> None:
    part = make("")
    part.once = True
    part.start()
    assert until(lambda: not part.running())
    assert part.watch(time.monotonic()) == "part has finished"
    assert part.watch(time.monotonic() + 100) is None


def test_one_that_does_not_stop_is_killed(make: Make) -> None:
    part = make("import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(60)")
    part.grace = 0.3
    part.start()
    assert until(lambda: part.log.exists() and "on" in part.log.read_text())
    assert part.stop() is False
    assert not part.running()


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death signal is Linux's")
def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time, pathlib; from infra.processes import spawn\n"
            f"print(spawn(['sleep', '60'], log=pathlib.Path({str(tmp_path / 'log')!r})).pid, flush=True)\n"
            "time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    assert until(lambda: not alive(child))


def test_the_last_words_are_those_for_a_person(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"event": "x"}\n✖ the disk is full\n  → free some\n')
    assert last_words(log) == "the disk is full"
    assert last_words(tmp_path / "none") == ""
