"""The canaries' events break their clause and no other, whenever they are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain

import msgspec
import pytest

from expectations.canaries import ANNOTATING, canaries, segments, sending
from expectations.contract.canaries import mark_in
from expectations.contract.decode import Decoded, Record, decode
from expectations.model import registry
from expectations.policy import load
from expectations.readings import of_clauses
from streams.audit import findings_of
from streams.core.examine import Engine

KEY = b"k" * 32
POLICY = load(None, of_clauses())
OF_SYSTEM = segments(POLICY.systems)


def came(sent_at: datetime, key: bytes = KEY) -> Decoded:
    """One canary of each clause, as the worker decodes them."""
    events = chain.from_iterable(sending(each, sent_at, KEY, OF_SYSTEM) for each in canaries().values())
    records = [Record(msgspec.json.encode(each), None, (), "t", 0, at) for at, each in enumerate(events)]
    return decode(records, key=key)


def test_every_clause_that_can_be_broken_has_one() -> None:
    assert set(canaries()) == set(registry()) - ANNOTATING


@pytest.mark.parametrize(
    "sent_at",
    ["2026-11-27T01:12:00", "2026-12-24T23:30:00", "2027-03-28T01:30:00", "2028-02-29T08:00:00"],
)
def test_each_breaks_its_clause_and_no_other(sent_at: str) -> None:
    now = datetime.fromisoformat(sent_at).replace(tzinfo=UTC)
    found = findings_of(came(now).canaries, Engine(POLICY), now)
    told = {(row["clause"], row["outcome"], mark.clause) for row in found if (mark := mark_in(row["id"]))}
    assert {each for each in told if each[1] in ("breach", "indeterminate")} == {
        (clause, "breach", clause) for clause in canaries()
    }
    assert len([row for row in found if row["outcome"] == "breach"]) == len(canaries())
