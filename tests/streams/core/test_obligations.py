"""Obligations are worked out anew whenever a fact comes that some obligation asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import polars as pl

from expectations.contract.decode import Record, decode
from expectations.facts import Fact, Facts, facts_of
from expectations.model import registry
from expectations.policy import load
from streams.core.examine import Engine
from streams.core.obligations import BEARING, obligations
from tests.support import builders, scenarios

PROCESSED = {"processed"}  # the most of all facts: it counts for whom something is owed already
FIELDS = ("kind", "about", "link", "word", "flag", "at", "jurisdiction", "time", "source", "id")


class Asked(Facts):
    """Facts that note which kinds were asked for."""

    def __init__(self, facts: Iterable[Fact], kinds: set[str]) -> None:
        super().__init__(facts)
        self.kinds = kinds

    def of(self, *kinds: str) -> Iterator[Fact]:
        self.kinds.update(kinds)
        return super().of(*kinds)


def readings(clause: str, at: datetime) -> Any:
    return registry()[clause].readings


def test_what_obligations_ask_for_bears_on_them_and_nothing_else_does() -> None:
    events = [event for case in scenarios.every_case() for event in (*case.given, case.event)]
    lines = [Record(builders.line(each), None, (), "scenario", 0, number) for number, each in enumerate(events)]
    known: dict[str, list[Fact]] = defaultdict(list)
    for entity, *told in facts_of(decode(lines, key=b"k").events).select("entity", *FIELDS).iter_rows():
        known[entity].append(Fact(*told))
    kinds = set(PROCESSED)
    for found in known.values():
        facts = Asked(found, kinds)
        for clause in registry().values():
            if clause.follow is not None:
                for opener in list(Facts(found).of(*clause.opens)):
                    clause.courses(opener, facts, readings)
                kinds |= clause.opens
    assert kinds == BEARING | PROCESSED


def test_what_was_cancelled_is_stored_as_not_applicable() -> None:
    said = [("newsletter.unsubscribed", "2026-03-02T10:00:00Z"), ("newsletter.subscribed", "2026-03-02T11:00:00Z")]
    events = [builders.event({"type": kind, "time": time}, f"e-{n}") for n, (kind, time) in enumerate(said)]
    lines = [Record(builders.line(each), None, (), "scenario", 0, number) for number, each in enumerate(events)]
    facts, engine = facts_of(decode(lines, key=b"k").events), Engine(load())
    (row,) = obligations(facts, ["s-1"], engine.policy, engine.judge)
    assert (row["clause"], row["outcome"]) == ("NEWS-5", "not_applicable")
    (left,) = obligations(facts.filter(pl.col("kind") != "subscribed"), ["s-1"], engine.policy, engine.judge)
    assert left["outcome"] == "breach"  # once its instants have passed
