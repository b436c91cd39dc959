"""The mutants' own tools: what is changed, what notices it, and reasons that still speak of our code."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml

from tests.mutants import trial

SOURCE = '''
"""A rule."""
@clause("X-1", on="newsletter.sent", promise="A newsletter is fine.")
def rule(event: Event, at: datetime | None) -> Condition:
    if at is None:
        return event.given < event.time
    return (event.topic == "own") & ~event.sold
'''
TRIED = """
from pathlib import Path
from tests.mutants import trial
trial.preload()
path = "expectations/clauses/newsletter/news_5_unsubscribed_means_deleted.py"
source = Path(path).read_text()
late = source.replace("opener.time < each.time <= due", "opener.time < each.time < due")
assert late != source
print(*trial.killed_by(path, [source, late, "raise ValueError", source], trial.every_case()), sep="\\n")
"""


def test_what_decides_is_changed_and_what_people_read_is_not() -> None:
    pytest.importorskip("cosmic_ray", reason="make mutants installs it")
    from tests.mutants.operators import mutants

    changes = {each.change for each in mutants(SOURCE)}
    lines = [
        ("return event.given < event.time", "return event.given <= event.time"),
        ("if at is None:", "if at is not None:"),
        ('return (event.topic == "own") & ~event.sold', 'return (event.topic == "another") & ~event.sold'),
        ('return (event.topic == "own") & ~event.sold', 'return (event.topic != "own") & ~event.sold'),
        ('return (event.topic == "own") & ~event.sold', 'return (event.topic == "own") | ~event.sold'),
        ('return (event.topic == "own") & ~event.sold', 'return (event.topic == "own") & event.sold'),
    ]
    clause = '@clause("X-1", on="newsletter.sent", promise="A newsletter is fine.")'
    wanted = {
        f"{before} → {after}" for before, after in [*lines, (clause, clause.replace("newsletter.sent", "another"))]
    }
    assert wanted <= changes
    assert {each for each in changes - wanted if "if not at" not in each} == set()


@pytest.mark.skipif(not os.environ.get("CI"), reason="takes ten seconds: with CI=true")
def test_a_changed_rule_is_noticed_and_the_rule_itself_is_not() -> None:
    done = subprocess.run([sys.executable, "-c", TRIED], cwd=trial.ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    same, late, broken, again = done.stdout.split("\n")[:4]
    assert (same, again) == ("", "")
    assert "at the last instant too" in late
    assert broken == "raises ValueError:"


def test_reasons_of_survivors_speak_of_lines_that_exist() -> None:
    told = yaml.safe_load((trial.ROOT / "tests" / "mutants" / "survivors.yaml").read_text("utf-8"))
    for path, changes in told.items():
        source = " ".join((trial.ROOT / path).read_text("utf-8").split())
        for each in changes:
            before, arrow, _ = each["change"].partition(" → ")
            assert arrow, each
            assert before in source, f"{path}: {before}"
            assert each["why"].strip().endswith("."), each
