"""Real cases of `tests/cases`, told in events; each with a twin that differs in one detail and breaks nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tests.support import builders, scenarios

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)  # after the last of them
FOLDER = Path(__file__).parents[1] / "cases"

Found = dict[int, list[tuple[str, int]]]  # number of a case -> clause and number of the event, once per finding


def read(name: str, *, alone: bool) -> list[dict[str, Any]]:
    """The cases of a file; `alone`: nothing but the envelope is filled up."""
    cases = yaml.safe_load((FOLDER / name).read_text("utf-8"))["cases"]
    return [{**each, "alone": alone} for each in cases]


CASES = [*read("enforcement.yaml", alone=False), *read("decisions.yaml", alone=True)]


def whole(case: Mapping[str, Any], number: int, *, twin: bool) -> list[dict[str, Any]]:
    """The events of a case or of its twin; times as YAML reads them, names the case's own."""
    said = [dict(each) for each in case["events"]]
    if twin:
        different = dict(case["twin"])
        said[different.pop("event")].update(different)
    for each in said:
        each["time"] = each["time"].isoformat() if isinstance(each["time"], datetime) else each["time"]
    own = scenarios.made_own(f"k{number}")
    return [own(builders.event(each, f"e-{at}", alone=case["alone"])) for at, each in enumerate(said)]


def wanted() -> Found:
    """What the cases break."""
    return {number: sorted(case["breaks"].items()) for number, case in enumerate(CASES)}


def broken(findings: Iterable[Mapping[str, Any]]) -> Found:
    """What each case breaks among the audit's findings."""
    told: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for each in findings:
        if each["outcome"] == "breach":
            case, _, event = each["event_id"].removeprefix("k").partition(".e-")
            told[int(case)].append((each["clause"], int(event)))
    return {case: sorted(each) for case, each in told.items()}


def differing(found: Found, wanted: Found) -> dict[str, tuple[Any, Any]]:
    """The names of cases whose breaches are not those wanted -> (found, wanted)."""
    return {
        CASES[number % len(CASES)]["case"]: (found.get(number), wanted.get(number))
        for number in {*found, *wanted}
        if found.get(number) != wanted.get(number)
    }
