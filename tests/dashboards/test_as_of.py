"""The moment of an address: read, written, told when it is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.as_of import EARLIEST, NAMES, NOW, Fault, Moment, parse
from infra.clock import utc_text

HERE = ZoneInfo("Europe/Amsterdam")
CLOCK = datetime(2026, 11, 26, 12, 45, 8, tzinfo=UTC)
INSTANTS = st.datetimes(EARLIEST.replace(tzinfo=None), CLOCK.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=UTC)
)
TEXTS = st.text(max_size=12) | st.datetimes().map(str) | st.datetimes(timezones=st.just(UTC)).map(utc_text)


@given(as_of=st.none() | INSTANTS, known_at=st.none() | INSTANTS)
def test_what_is_written_is_read_back(as_of: datetime | None, known_at: datetime | None) -> None:
    moment = Moment(as_of, known_at)
    assert parse(moment.address, CLOCK, HERE) == (moment, ())
    assert moment.is_now == (not moment.address) == (not moment.parameters)


@given(
    said=st.dictionaries(st.sampled_from(NAMES), TEXTS),
    zone=st.sampled_from([HERE, UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")]),
)
def test_whatever_it_says_is_a_moment_that_has_passed_or_a_fault(said: dict[str, str], zone: tzinfo) -> None:
    moment, faults = parse(said, CLOCK, zone)
    assert {fault.name for fault in faults} | set(moment.address) == {name for name in said if said[name].strip()}
    assert not {fault.name for fault in faults} & set(moment.address)
    assert all(EARLIEST <= at <= CLOCK for at in moment.parameters.values())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00+01:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 2, 28, 23, tzinfo=UTC)),  # its first moment in Amsterdam
        ("2026-03-01T09:30", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),  # as people write it in their zone
        ("2026-07-01 09:30:15", datetime(2026, 7, 1, 7, 30, 15, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, at: datetime) -> None:
    assert parse({"as_of": text}, CLOCK, HERE) == (Moment(at), ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "unreadable"),
        ("2026-02-30", "unreadable"),
        (utc_text(CLOCK + timedelta(seconds=1)), "to_come"),
        ("1999-12-31T23:59:59Z", "too_early"),
    ],
)
def test_what_is_no_moment_is_told_and_ignored(text: str, why: str) -> None:
    assert parse({"known_at": text}, CLOCK, HERE) == (NOW, (Fault("known_at", text, why),))
