"""Disclosures and agreements as the page Third parties asks for them, and the breaches that its figures lead to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.warehouse.store import Store
from tests.support.warehouse import at, batch, event, verdict

NOW = at(60 * 24)


def disclosed(name: str, minutes: float = 0, recipient: str | None = "r-1", **given: Any) -> dict[str, Any]:
    data = {"recipient_country": "IN", "ground": "contract", "safeguards": ["scc"]}
    data |= given.pop("data", {})
    told = json.dumps({key: value for key, value in data.items() if value is not None})
    return event(name, minutes, type="data.disclosed", recipient=recipient, data=told, **given)


def asked(store: Store, name: str, **given: Any) -> list[dict[str, Any]]:
    return list(store.query(name, {"now": NOW, **given}).to_pylist())


@pytest.fixture
def told(store: Store) -> Store:
    """Two disclosures into India to one recipient, one of them with two breaches; one long ago; others elsewhere."""
    a, b = disclosed("a"), disclosed("b", 5, subject="s2")
    c, d = disclosed("c", 6, "r-2", agreement="g-1"), disclosed("d", 7, None, data={"recipient_country": None})
    old, held = disclosed("old", -60 * 24 * 40), disclosed("held", held=True)
    other = event("o")
    verdicts = [
        verdict(a, "XFER-1"), verdict(a, "SHARE-1"), verdict(a, "GEN-3"), verdict(b, "SHARE-3", "indeterminate"),
        verdict(c, "SHARE-2"), verdict(d, "SHARE-1"), verdict(old, "XFER-1"), verdict(other, "SHARE-1"),
    ]  # fmt: skip
    store.apply(batch(a, b, c, d, old, held, other, verdicts=verdicts))
    return store


def test_disclosures_are_summed_with_each_breach_of_sharing_once(told: Store) -> None:
    rows = asked(told, "transfers")
    assert [
        (each["country"], each["recipient"], each["agreement"], each["n"], each["people"], each["breaches"])
        for each in rows
    ] == [("IN", "r-1", None, 2, 2, 2), ("IN", "r-2", "g-1", 1, 1, 1), (None, None, None, 1, 1, 1)]
    assert rows[0]["ground"] == "contract"
    assert json.loads(rows[0]["safeguards"]) == ["scc"]
    assert rows[0]["last_at"] == at(5)
    assert [each["n"] for each in asked(told, "transfers", days=90)] == [3, 1, 1]
    assert asked(told, "transfers", days=90)[0]["breaches"] == 3


@pytest.mark.parametrize("days", [30, 90])
def test_the_breaches_of_a_figure_are_those_it_counts(told: Store, days: int) -> None:
    rows = asked(told, "transfers", days=days)
    assert rows
    for row in rows:
        chosen = {name: row[name] or "-" for name in ("country", "recipient", "ground")}
        found = asked(told, "breaches", sharing="yes", hours=days * 24, **chosen)
        assert len(found) == row["breaches"], chosen
        assert all(each["clause"] in ("XFER-1", "SHARE-1", "SHARE-2") for each in found)
    assert len(asked(told, "breaches", sharing="yes")) == 5
    assert len(asked(told, "breaches")) == 7


def test_agreements_are_told_in_order_up_to_the_moment_asked_for(store: Store) -> None:
    signed = event("g", 5, type="agreement.signed", subject=None, data='{"agreement":"a-1"}')
    ended = event("h", 50, type="agreement.ended", subject=None, data='{"agreement":"a-1"}')
    store.apply(batch(ended, signed, event("x")))
    rows = asked(store, "agreements")
    assert [(each["type"], each["id"], each["time"]) for each in rows] == [
        ("agreement.signed", "g", at(5)),
        ("agreement.ended", "h", at(50)),
    ]
    assert json.loads(rows[0]["data"]) == {"agreement": "a-1"}
    assert [each["id"] for each in asked(store, "agreements", now=at(6))] == ["g"]
