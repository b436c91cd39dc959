"""A measure that is not reported for a week is no evidence, worked out for any instant from what was reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dashboards import surroundings
from dashboards.store import Bundle
from expectations.contract.decode import Record
from streams.audit import audit
from tests.support import builders

NAMED = ("virus_scanner", "firewall", "passwords", "secure_connection", "back_ups")
LAST = datetime(2026, 3, 2, 10, tzinfo=UTC)


def silent(at: datetime) -> tuple[str, ...]:
    """As of an instant, when the five were reported at LAST, the firewall two days before it, and one of the CRM."""
    told = [(name, None, LAST) for name in NAMED if name != "firewall"]
    told += [("firewall", None, LAST - timedelta(days=2)), ("firewall", "crm", LAST)]
    lines = [
        builders.line(
            builders.event(
                {"type": "security.control_reported", "control": name, "system": system, "time": time.isoformat()}, name
            )
            | {"id": f"{name}-{system}"}
        )
        for name, system, time in told
    ]
    records = [Record(line, None, (), "file", 0, number) for number, line in enumerate(lines)]
    with audit(records, as_of=LAST + timedelta(days=60)).store as store:
        rows = store.query("now_controls", {"now": at, "since": at - timedelta(days=365)}).to_pylist()
    (found,) = surroundings.silent(Bundle(taken_at=at, controls=tuple(rows))).values()
    return found


def test_each_is_silent_after_its_own_week() -> None:
    assert silent(LAST) == ()
    assert silent(LAST + timedelta(days=5)) == ()  # the week's last instant
    assert silent(LAST + timedelta(days=5, microseconds=1)) == ("firewall",)
    assert silent(LAST + timedelta(days=7, microseconds=1)) == (
        "back_ups", "firewall", "firewall/crm", "passwords", "secure_connection", "virus_scanner",
    )  # fmt: skip


def test_what_came_later_does_not_exist_yet() -> None:
    assert silent(LAST - timedelta(days=1)) == ("virus_scanner", "passwords", "secure_connection", "back_ups")
    assert silent(LAST - timedelta(days=3)) == NAMED
