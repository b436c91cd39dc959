"""When an obligation's clock and what is silent are worth an alert."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.canaries import canaries
from expectations.model import registry
from streams.alerts import messages, texts
from streams.alerts.config import Raising
from streams.alerts.raising import crossing, of_surroundings
from tests.support.warehouse import NOON, at

RAISING = Raising()
HOUR = timedelta(hours=1)
LONG_AGO = NOON - 4 * HOUR
DUE = NOON + timedelta(days=10)


def test_the_last_threshold_that_was_passed_is_the_crossing() -> None:
    passed = {
        0: None,
        119: None,
        120: "50%",
        179: "50%",
        180: "25%",
        215: "25%",
        216: "1d",
        239: "1d",
        240: "due",
        999: "due",
    }
    assert {hours: crossing(NOON, DUE, NOON + timedelta(hours=hours), RAISING) for hours in passed} == passed


def test_a_term_shorter_than_a_day_has_no_day_before() -> None:
    due = NOON + timedelta(hours=20)
    assert crossing(NOON, due, NOON, RAISING) is None
    assert crossing(NOON, due, NOON + timedelta(hours=18), RAISING) == "10%"


@given(st.integers(1, 10_000), st.lists(st.integers(0, 20_000), min_size=2, max_size=8))
@settings(max_examples=100, deadline=None)
def test_time_only_brings_it_nearer(minutes: int, moments: list[int]) -> None:
    due = at(minutes)
    order = [None, "50%", "25%", "10%", "1d", "due"]
    found = [crossing(NOON, due, at(moment), RAISING) for moment in sorted(moments)]
    thresholds = {"50%": minutes / 2, "25%": minutes * 0.75, "10%": minutes * 0.9, "1d": minutes - 1440, "due": minutes}
    ranks = [-1.0 if each is None else thresholds[each] for each in found]
    assert set(found) <= set(order)
    assert ranks == sorted(ranks)


def surroundings(
    evidence: list[dict[str, Any]],
    firing: list[dict[str, Any]] | None = None,
    judged: list[dict[str, Any]] | None = None,
    began: datetime = NOON,
) -> list[dict[str, Any]]:
    return of_surroundings([], evidence, judged or [], NOON, firing or [], RAISING, began, NOON).to_dicts()


def test_a_clause_that_had_evidence_every_day_and_has_none_is_told_once_and_ends() -> None:
    row = {"clause": "CRM-4", "system": "crm", "days": 7, "last_at": NOON - timedelta(hours=26)}
    (alert,) = surroundings([row])
    assert (alert["kind"], json.loads(alert["labels"])["clause"]) == ("no_evidence", "CRM-4")
    assert surroundings([row], [alert]) == []
    (over,) = surroundings([{**row, "last_at": NOON}], [alert])
    assert (over["state"], over["cause"]) == ("resolved", "heard")
    assert surroundings([{**row, "days": 3}]) == []


def told(hours: float = 0.5, **found: float | None) -> list[dict[str, Any]]:
    """Rows of `canaries`: the last of each was judged and found so many hours ago, of some (NEWS_4=…) found before."""
    proved = {clause: found.get(clause.replace("-", "_"), hours) for clause in canaries()}
    return [
        {"clause": clause, "judged_at": NOON - hours * HOUR, "fired_at": None if each is None else NOON - each * HOUR}
        for clause, each in proved.items()
    ]


def test_a_clause_that_does_not_find_its_canary_is_told_once_and_ends_when_it_proves_itself() -> None:
    missed = told(NEWS_4=2)
    (alert,) = surroundings([], judged=missed)
    assert (alert["kind"], alert["clause"], alert["severity"]) == ("unproved", "NEWS-4", "high")
    assert alert["starts_at"] == NOON - 2 * HOUR
    assert surroundings([], [alert], missed) == []
    (over,) = surroundings([], [alert], told())
    assert (over["state"], over["cause"]) == ("resolved", "proved")
    (again,) = surroundings([], judged=told(NEWS_4=1))
    assert again["alert"] != alert["alert"]


def test_that_no_canary_comes_is_one_alert_and_that_none_was_ever_sent_is_none() -> None:
    assert surroundings([], judged=told(4)) == []  # it begins to look: the next may be on their way
    (alert,) = surroundings([], judged=told(4), began=LONG_AGO)
    assert (alert["kind"], alert["clause"], alert["starts_at"]) == ("no_canaries", None, NOON - 4 * HOUR)
    assert surroundings([], [alert], told(4)) == []  # nor does it end because another looks
    (over,) = surroundings([], [alert], told())
    assert (over["state"], over["cause"]) == ("resolved", "heard")
    assert surroundings([]) == []


def test_a_clause_of_which_no_canary_comes_while_others_prove_themselves_is_told_in_time() -> None:
    others = [row for row in told() if row["clause"] != "NEWS-4"]
    assert surroundings([], judged=others, began=NOON - 3 * HOUR) == []
    (alert,) = surroundings([], judged=others, began=LONG_AGO)
    assert (alert["kind"], alert["clause"], alert["severity"]) == ("unproved", "NEWS-4", "medium")
    late = [*others, {"clause": "NEWS-4", "judged_at": NOON - 5 * HOUR, "fired_at": NOON - 5 * HOUR}]
    (alert,) = surroundings([], judged=late, began=LONG_AGO)
    assert alert["starts_at"] == NOON - 5 * HOUR
    (whole,) = surroundings([], [alert], told(5), LONG_AGO)  # now none comes: what fires did not prove itself
    assert whole["kind"] == "no_canaries"


def test_each_language_has_the_same_words_and_every_kind_has_a_text() -> None:
    def names(tree: Any) -> Any:
        return {key: names(value) for key, value in tree.items()} if isinstance(tree, dict) else None

    assert names(texts.words("en")) == names(texts.words("nl"))
    for language in texts.LANGUAGES:
        for kind in texts.words("en")["kind"]:
            assert texts.counted(language, kind, 2)


def test_what_nears_or_was_done_late_is_not_told_as_if_it_were_broken() -> None:
    asked = {"firing": 1, "fresh": 1, "resolved": 0, "withdrawn": 0, "cause": None, "alert": "a", "since": None}
    told = {
        kind: texts.facts(
            "en",
            {**asked, "due_at": None, "labels": {"kind": kind, "clause": "RIGHT-1", "severity": "high"}},
            "https://x.example",
        )
        for kind in ("breach", "indeterminate", "nearing", "due", "overdue", "late")
    }
    clause = registry()["RIGHT-1"]
    assert [kind for kind, lines in told.items() if lines["What to do"] == clause.remedy] == ["breach", "overdue"]
    assert [kind for kind, lines in told.items() if lines["What happened"] == clause.breach] == [
        "breach",
        "overdue",
        "late",
    ]
    assert told["nearing"]["What to do"] == "Do what was promised before the deadline."


def test_a_message_names_no_subject_and_no_event() -> None:
    row = {
        "alert": "a" * 32,
        "finding": "f" * 32,
        "stands": "firing",
        "cause": None,
        "n": 1,
        "fresh": 1,
        "starts_at": NOON,
        "ended_at": None,
        "due_at": None,
        "since": NOON,
        "subject": "p-secret",
        "id": "e-secret",
    }
    labels = json.dumps({"kind": "breach", "clause": "NEWS-5", "severity": "high", "system": "newsletter"})
    made = messages.message({}, {labels: [row]}, "https://x.example", NOON, timedelta(hours=1))
    assert made is not None
    notice = {"notice": "n", "receiver": "r", "grouped": "g", "repeated": False}
    told = [
        messages.version_4(notice, made, "en"),
        messages.version_2(notice, made, "nl", NOON),
        texts.body("nl", made),
    ]
    assert "secret" not in json.dumps([made, *told])
