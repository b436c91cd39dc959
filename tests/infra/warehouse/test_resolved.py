"""A breach is broken until it is resolved: the figures of Now, its lists and the filter of Breaches agree."""

from __future__ import annotations

from typing import Any

import pytest

from infra.warehouse.store import Store
from streams.alerts.raising import rows as alerts
from tests.support.warehouse import at, batch, event, fact, obligation, rows, verdict

NOW = at(600)  # the store's clock
HOUR = at().replace(minute=0)


def alert(finding: str, kind: str = "breach", state: str = "firing", standing: str | None = None, **given: Any) -> Any:
    return {
        "alert": given.pop("alert", finding), "kind": kind, "finding": finding, "clause": "GEN-4", "severity": "high",
        "labels": "{}", "starts_at": at(), "raised_at": at(), "turned_at": at(1), "state": state, "standing": standing,
        **given,
    }  # fmt: skip


def keep(store: Store, *made: Any) -> None:
    store.alert(store.lease("alerts", "test", 60), {"alerts": alerts(made).to_arrow()})


def asked(store: Store, name: str, **given: Any) -> list[dict[str, Any]]:
    return list(store.query(name, {"now": NOW, **given}).to_pylist())


@pytest.fixture
def three(store: Store) -> list[str]:
    """Breaches of three events, two of them in one hour."""
    events = [event("a", 1), event("b", 2, subject="s2"), event("c", 70, subject="s3")]
    found = [verdict(each) for each in events]
    store.apply(batch(*events, verdicts=found))
    return [each["finding"] for each in found]


def figures(store: Store) -> tuple[int, int, int, int, int]:
    """Standing, of the wall: breaches and resolved, the latest, and the list."""
    wall = asked(store, "now_wall", since=at(-60))
    by = {kind: sum(row["n"] for row in wall if row["outcome"] == kind) for kind in ("breach", "resolved")}
    listed = asked(store, "breaches")
    assert all(each["total"] == len(listed) for each in listed)
    return (
        sum(row["n"] for row in asked(store, "now_standing")), by["breach"], by["resolved"],
        len(asked(store, "now_latest", most=9)), len(listed),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "standing", "until", "expected"),
    [
        ("firing", None, None, 3),
        ("firing", "acknowledged", None, 3),
        ("firing", "waived", at(9000), 3),
        ("firing", "resolved", None, 2),
        ("firing", "reopened", None, 3),
        ("resolved", None, None, 2),
        ("resolved", "reopened", None, 3),
        ("superseded", None, None, 3),
    ],
)
def test_only_what_is_resolved_stands_no_longer(
    store: Store, three: list[str], state: str, standing: str | None, until: Any, expected: int
) -> None:
    keep(store, alert(three[0], state=state, standing=standing, until=until), alert(three[1]))
    assert figures(store) == (expected, expected, 3 - expected, expected, expected)
    assert len(asked(store, "breaches", state="resolved")) == 3 - expected
    assert len(asked(store, "breaches", state="all")) == 3
    assert asked(store, "breach", finding=three[0])[0]["resolved"] is (expected == 2)
    assert asked(store, "breach", finding=three[1])[0]["resolved"] is False


def test_the_hour_of_the_last_that_stands_follows(store: Store, three: list[str]) -> None:
    assert asked(store, "now_standing")[0]["last_hour"] == at(60)
    keep(store, alert(three[2], standing="resolved"))
    assert [(row["n"], row["last_hour"]) for row in asked(store, "now_standing")] == [(2, HOUR)]
    assert {(row["hour"], row["outcome"]) for row in asked(store, "now_wall", since=at(-60))} >= {(at(60), "resolved")}
    keep(store, *(alert(each, standing="resolved") for each in three))
    assert asked(store, "now_standing") == []


def test_a_resolved_one_that_is_no_breach_any_more_is_not_taken_away_twice(store: Store, three: list[str]) -> None:
    keep(store, alert(three[0], standing="resolved"))
    late = event("d", 0.5)
    store.apply(batch(late, facts=[fact(late)]))
    (work,) = store.pending([0], NOW).to_pylist()
    judged = [late, {**event("a", 1), "passed": "GEN-1 GEN-2 GEN-4"}]
    store.apply(batch(*judged, facts=[fact(late)], revises=(work["rejudge"],)))
    assert figures(store) == (2, 2, 0, 2, 2)
    assert asked(store, "breaches", state="resolved") == []


def test_what_was_resolved_later_stood_before(store: Store, three: list[str]) -> None:
    keep(store, alert(three[0], standing="resolved", turned_at=at(500)))
    assert [row["n"] for row in asked(store, "now_standing", now=at(499))] == [3]
    assert [row["n"] for row in asked(store, "now_standing", now=at(500))] == [2]


def test_an_obligation_stands_until_its_last_alert_is_resolved(store: Store) -> None:
    one, other = event("o"), event("p", 3, subject="s2")
    owed = [obligation(one, days=0.1), obligation(other, days=0.2)]
    store.apply(batch(one, other, obligations=owed, entities=("s1", "s2")))

    def told() -> tuple[int, int, int, int, int]:
        (clocks,) = asked(store, "now_clocks")
        late = asked(store, "now_latest_late", most=9)
        due = [row for row in asked(store, "now_due", most=9) if row["state"] == "overdue"]
        return clocks["overdue"], clocks["resolved"], len(late), len(due), len(asked(store, "breaches"))

    assert told() == (2, 0, 2, 2, 2)
    finding = owed[0]["finding"]
    keep(store, alert(finding, "nearing", "superseded", alert="n"), alert(finding, "overdue", alert="x"))
    assert told() == (2, 0, 2, 2, 2)
    keep(store, alert(finding, "overdue", "resolved", alert="x"))
    assert told() == (1, 1, 1, 1, 1)
    keep(store, alert(finding, "late", alert="y"))  # it fell due again
    assert told() == (2, 0, 2, 2, 2)
    assert rows(store, "SELECT count(*) AS n FROM alerts") == [{"n": 3}]


def plainly(store: Store, most: int, known: Any = None) -> list[str]:
    """The latest that stand, by asking of every breach whether it is resolved."""
    at_ = NOW if known is None else min(NOW, known)
    told = f"""
        SELECT finding FROM verdicts
        WHERE believed_at(believed_from, believed_to, {"NULL" if known is None else f"TIMESTAMPTZ '{known}'"})
            AND outcome = 'breach' AND finding NOT IN (FROM findings_resolved(TIMESTAMPTZ '{at_}'))
        ORDER BY time DESC, finding LIMIT {most}"""
    return [row["finding"] for row in rows(store, told)]


@pytest.mark.parametrize("resolved", [0.0, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("most", [1, 3, 60])
def test_the_latest_are_found_however_many_of_the_newest_are_resolved(store: Store, resolved: float, most: int) -> None:
    events = [event(f"e{n}", n, subject=f"s{n}") for n in range(50)]
    found = [verdict(each) for each in events]
    store.apply(batch(*events, verdicts=found))
    newest = [each["finding"] for each in reversed(found)]
    gone = newest[: round(len(newest) * resolved)]
    keep(
        store,
        *(alert(each, standing="resolved") for each in gone),
        *(alert(each, state="resolved", alert=f"again-{each}") for each in gone[::2]),
        *(alert(each, alert=f"fires-{each}") for each in gone[::5]),  # another alert of it waits: it stands
    )
    latest = [row["finding"] for row in asked(store, "now_latest", most=most)]
    assert latest == plainly(store, most)
    assert len(latest) == min(most, len(newest) - len(gone) + len(gone[::5]))
    assert [row["finding"] for row in asked(store, "now_latest", most=most, known=at(599))] == plainly(
        store, most, at(599)
    )
