"""Every alarm has a runbook and names it. The alarms are read from the code, so that a new one cannot be forgotten."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
import yaml

from dashboards.components.chip import WORDS, said
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness
from infra import door, logs, runbooks
from infra.doctor import Finding, told
from infra.parts import Part
from infra.settings import Settings
from streams.worker.metrics import Metrics
from tests.house.test_house import commands

ROOT = Path(__file__).parents[2]
ROOMS = ("expectations", "streams", "infra", "dashboards")
HEADINGS = ("**Alarm.**", "**What it means.**", "**How to see it.**", "**What to do.**", "**Over when.**")
COUNTED = {  # metrics that tell how much, and are no alarm at any value
    *("clausewatch_events", "clausewatch_duplicates", "clausewatch_batches", "clausewatch_verdicts"),
    *("clausewatch_revised_rows", "clausewatch_stage_seconds"),
}
CALM = {"live", "starting", "waiting", "empty"}  # words of the pages that say that all is well, or not known yet


def calls(*rooms: str) -> Iterator[tuple[str, ast.Call]]:
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def words_of(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def logged() -> dict[str, str]:
    """Event → place of every line of ours from warning on."""
    found = {}
    for place, node in calls(*ROOMS):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("warning", "error", "exception", "critical"):
            owner = ast.unparse(node.func.value)
            if ("log" in owner or "logger" in owner) and (words := words_of(node)):
                found[words.partition(",")[0]] = place
    return found


def checked() -> dict[str, str]:
    """What is looked at → place of every finding of the doctor."""
    return {
        words: place
        for place, node in calls("infra")
        if ast.unparse(node.func).rpartition(".")[2] == "Finding" and (words := words_of(node))
    }


def shown() -> set[str]:
    words = yaml.safe_load((ROOT / "dashboards/words/en.yaml").read_text("utf-8"))
    states = {name for name in words["state"] if not name.endswith("_note")}
    return ({*states, *WORDS} - CALM) | {"silent", "behind", "events_note", "screen_note"}


def measured() -> set[str]:
    return {family.name for family in Metrics().registry.collect()} - COUNTED


def test_every_line_from_warning_on_has_a_runbook() -> None:
    found = logged()
    assert {"gap", "stuck", "store_broken", "refused"} <= set(found)
    assert {words: place for words, place in found.items() if runbooks.of("log", words) is None} == {}


def test_every_check_of_the_doctor_has_a_runbook() -> None:
    found = checked()
    assert {"disk", "warehouse", "backlog"} <= set(found)
    assert {words: place for words, place in found.items() if runbooks.of("doctor", words) is None} == {}


def test_every_metric_has_a_runbook_or_is_only_a_count() -> None:
    assert {name for name in measured() if runbooks.of("metric", name) is None} == set()


def test_every_state_of_the_pages_has_a_runbook() -> None:
    assert {name for name in shown() if runbooks.of("page", name) is None} == set()


@pytest.mark.parametrize("page", sorted(runbooks.PAGES))
def test_a_page_is_short_names_its_alarms_and_tells_what_to_type(page: str) -> None:
    text = runbooks.text(page)
    places = [text.find(heading) for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    assert text.count("\n") <= 40
    alarms = re.findall(r"`([^`]+)`", text.partition(HEADINGS[1])[0].replace("\n", " "))
    assert [each for each in runbooks.PAGES[page] if each.partition(" ")[2] not in alarms] == []
    typed = re.findall(r"`clausewatch ([a-z]+)(?: ([a-z-]+))?", text.replace("\n", " "))
    assert {name for name, _ in typed} <= set(commands())
    assert {other for name, other in typed if name == "runbook"} <= set(runbooks.PAGES)


def test_every_file_is_the_page_of_an_alarm() -> None:
    folder = resources.files("infra").joinpath("docs", "runbooks")
    assert {file.name.removesuffix(".md") for file in folder.iterdir()} == set(runbooks.PAGES)


def test_a_warning_names_its_page_and_good_news_does_not() -> None:
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        log = logs.configure("worker", to=stream)
        log.warning("fenced", partition=1)
        log.info("assigned", partitions=4)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    fenced, assigned = map(json.loads, stream.getvalue().splitlines())
    assert fenced["runbook"] == "fenced"
    assert "runbook" not in assigned


def test_the_doctor_names_the_page_of_what_is_not_fine() -> None:
    assert told(Finding("disk", "note", "2 GB free", "free some"))[-1].endswith("→ clausewatch runbook disk")
    assert len(told(Finding("disk", "fine", "90 GB free"))) == 1


@pytest.mark.parametrize(("code", "page"), [(5, "stuck"), (75, "store-broken"), (2, "part-ended")])
def test_a_part_that_ended_names_the_page_of_its_exit_code(tmp_path: Path, code: int, page: str) -> None:
    command = ["/bin/sh", "-c", f"exit {code}"]
    part = Part("worker-1", lambda: command, Settings(data_dir=tmp_path), {}, lambda _: None)
    part.start()
    assert part.process is not None
    part.process.wait(10)
    assert f"`clausewatch runbook {page}`" in str(part.watch(0.0))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_the_pages_say_of_a_fault_names_its_page(language: str) -> None:
    words = yaml.safe_load((ROOT / f"dashboards/words/{language}.yaml").read_text("utf-8"))
    states = words["state"]
    for state, key in {"hangs": "hangs", "part": "part", "panel": "panel", "nothing": "nothing_note"}.items():
        assert f"clausewatch runbook {runbooks.of('page', state)}" in states[key]
    assert "clausewatch runbook refused-call" in words["sign_in"]["address_note"]


def test_the_chip_is_told_the_page_of_each_state_that_is_an_alarm() -> None:
    told = said(Bundle(), Freshness(None, 0.0), Speech("en", "UTC"), "")["runbooks"]
    assert told["blind"] == "clausewatch runbook blind"
    assert set(told) == set(WORDS) - CALM


@pytest.mark.parametrize("words", [["disk"], ["store_broken"], ["warehouse", "unavailable"], ["/live"]])
def test_a_page_is_found_by_its_name_and_by_its_alarm(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert door.run(["runbook", *words]) == 0
    assert capsys.readouterr().out == runbooks.text(runbooks.found(" ".join(words)))


def test_an_unknown_alarm_says_where_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.run(["runbook", "nonsense"]) == 2
    assert "`clausewatch runbook` lists" in capsys.readouterr().err
    assert door.run(["runbook"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(runbooks.PAGES)
