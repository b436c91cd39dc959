"""The routing tree and its time intervals, as Alertmanager has them."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations import lined
from streams.alerts import config
from streams.alerts.intervals import span
from streams.alerts.matching import all_hold, duration, matchers
from streams.alerts.routing import matching

AMTOOL = shutil.which("amtool")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_matcher_asks_the_whole_value_and_an_absent_label_is_empty() -> None:
    given = {"clause": "NEWS-5", "system": "newsletter"}
    assert all_hold(matchers('{clause=~"NEWS-[0-9]", system!="crm",}'), given)
    assert not all_hold(matchers('clause=~"NEWS"'), given)
    assert all_hold(matchers('team="", clause!~"REC-.*"'), given)
    assert matchers(r'a="say \"so\", {b}"')[0].value == 'say "so", {b}'


@pytest.mark.parametrize("text", ["clause", "=x", 'a="b" c="d"', '5a="b"', 'a=~"("'])
def test_what_is_no_matcher_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no"):
        matchers(text)


def test_durations() -> None:
    assert [duration(each).total_seconds() for each in ("1d12h", "30s", "500ms", "2w")] == [129600, 30, 0.5, 1209600]
    for wrong in ("", "5", "1h1d", "m"):
        with pytest.raises(ValueError, match="is no duration"):
            duration(wrong)


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [
        ({"times": [{"start_time": "22:00", "end_time": "24:00"}], "location": "Europe/Amsterdam"},
         "2026-07-01T20:00", "2026-07-01T22:00"),
        ({"weekdays": ["monday:friday"]}, "2026-11-27T12:00", "2026-11-28T12:00"),
        ({"days_of_month": ["-3:-1"]}, "2028-02-27T12:00", "2028-02-26T12:00"),
        ({"months": ["november:december", "2"], "years": ["2026"]}, "2026-02-03T00:00", "2027-02-03T00:00"),
        ({"days_of_month": ["1"], "location": "Africa/Johannesburg"}, "2026-10-31T22:30", "2026-10-31T21:30"),
    ],
)  # fmt: skip
def test_an_interval_counts_in_its_zone(given: dict[str, Any], inside: str, outside: str) -> None:
    found = span(given)
    assert found.holds(instant(inside))
    assert not found.holds(instant(outside))


@pytest.mark.parametrize(
    "given", [{"location": "Mars/Base"}, {"weekdays": ["noday"]}, {"months": ["13"]}, {"days_of_month": ["0"]},
              {"times": [{"start_time": "9", "end_time": "10:00"}]},
              {"times": [{"start_time": "9:00", "end_time": "8:00"}]}],
)  # fmt: skip
def test_an_interval_that_is_none_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        span(given)
    assert refused.value.args[0] in given


LABELS = {"clause": ("NEWS-1", "NEWS-5", "CRM-1"), "system": ("crm", "newsletter"), "severity": ("critical", "low")}


def tree(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """A random route with its children, in the file's form."""
    name = chance.choice(list(LABELS))
    made: dict[str, Any] = {"receiver": f"r{chance.randrange(6)}"}
    if depth:
        sign = chance.choice(("=", "!=", "=~", "!~"))
        made["matchers"] = [f'{name}{sign}"{chance.choice((*LABELS[name], ".*S-.*"))}"']
        made["continue"] = chance.random() < 0.4
    if depth < 3:
        made["routes"] = [tree(chance, depth + 1) for _ in range(chance.randrange(4))]
    return made


@pytest.mark.skipif(AMTOOL is None, reason="needs amtool (Debian's prometheus-alertmanager)")
def test_routes_are_taken_as_alertmanager_takes_them(tmp_path: Path) -> None:
    chance = random.Random(7)
    for n in range(25):
        given = {"route": tree(chance), "receivers": [{"name": f"r{n}"} for n in range(6)]}
        file = tmp_path / f"{n}.yaml"
        file.write_text(yaml.safe_dump(given), "utf-8")
        labels = {name: chance.choice(values) for name, values in LABELS.items()}
        asked = [f"{name}={value}" for name, value in labels.items()]
        told = subprocess.run(
            [str(AMTOOL), "config", "routes", "test", f"--config.file={file}", *asked],
            capture_output=True, text=True, check=True, timeout=20,
        ).stdout  # fmt: skip
        ours = [each.receiver for each in matching(config.of(lined.read(file)).route, labels)]
        assert ours == told.strip().split(","), (given, labels)
