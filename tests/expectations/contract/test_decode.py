"""Any bytes become an event or a quarantine record, and say the same however they were written."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import rfc8785

from expectations.contract.decode import EVENT_SCHEMA, QUARANTINE_SCHEMA, Record, decode, from_stored
from expectations.vocabulary import TYPES
from tests.support.contract import SECRET, decoded, event, record


def only(content: Any) -> dict[str, Any]:
    found = decoded(content)
    assert found.quarantine.rows() == []
    (row,) = found.events.rows(named=True)
    return row


def refusal(content: Any) -> tuple[str, str]:
    found = decoded(content)
    assert found.events.height == 0
    (row,) = found.quarantine.rows(named=True)
    return row["reason"], row["detail"]


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else 0


def test_a_sound_event_becomes_a_row() -> None:
    row = only(event())
    assert (row["source"], row["id"], row["system"], row["type"]) == ("/crm", "e-1", "crm", "crm.invoiced")
    assert row["time"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (row["place_topic"], row["place_partition"], row["place_offset"]) == ("crm.events", 3, 7)
    assert row["digest"] == hashlib.sha256(rfc8785.dumps(event())).hexdigest()
    assert json.loads(row["data"]) == event()["data"]
    assert row["data_categories"] == ["name"]
    assert row["role"] == "controller"
    assert row["automated"] is row["significant"] is row["human_review"] is False
    assert row["safeguards"] == row["other_categories"] == row["personal"] == []
    assert row["transport"] is row["jurisdiction"] is row["recipient"] is None
    assert row["personal_envelope"] is False


def test_no_records_give_empty_frames_of_the_schema() -> None:
    found = decoded()
    assert dict(found.events.schema) == EVENT_SCHEMA
    assert dict(found.quarantine.schema) == QUARANTINE_SCHEMA


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_read(name: str) -> None:
    source = f"/{TYPES[name].system or 'website'}"
    subject = ... if TYPES[name].subject == "none" else "p-1"
    row = only(event(name, source=source, subject=subject, data={}))
    assert row["type"] == name
    assert row["subject"] == (None if subject is ... else subject)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, ("invalid_json", "")),
        (b"", ("invalid_json", "")),
        (b"\xff\xfe", ("invalid_json", "")),
        (b'{"a": NaN}', ("invalid_json", "")),
        (b'{"a": 1e400}', ("invalid_json", "")),
        (b'"\\ud800"', ("invalid_json", "")),
        (b"[]", ("invalid_envelope", "")),
        (b"[" * 5000, ("too_deep", "")),
        (b'{"a":' * 300 + b"1" + b"}" * 300, ("too_deep", "")),
        (b'["' + b"[" * 300 + b'\\"]"]', ("invalid_envelope", "")),
        (event(data={"x": deep(31)}), ("too_deep", "")),
        (event(data={"x": [1] * 10_001}), ("list_too_long", "")),
        (event(data={"data_categories": ["name"] * 10_001}), ("list_too_long", "")),
        (event(data={"x": "y" * 1_000_000}), ("too_large", "")),
        (event(specversion="0.3"), ("invalid_envelope", "specversion")),
        (event(datacontenttype="text/plain"), ("invalid_envelope", "datacontenttype")),
        (event(data_base64="e30="), ("invalid_envelope", "data_base64")),
        (event(id=...), ("invalid_envelope", "id")),
        (event(id=""), ("invalid_envelope", "id")),
        (event(id=7), ("invalid_envelope", "id")),
        (event(type=None), ("invalid_envelope", "type")),
        (event(time=...), ("invalid_envelope", "time")),
        (event(time="2026-03-02T08:00:00"), ("invalid_field", "time")),
        (event(time="2026-03-02"), ("invalid_field", "time")),
        (event(time="2026-03-02T08:00:60Z"), ("invalid_field", "time")),
        (event(time="2026-03-02T24:00:00Z"), ("invalid_field", "time")),
        (event(time="2026-02-30T08:00:00Z"), ("invalid_field", "time")),
        (event(time="2026-W10-1T08:00:00Z"), ("invalid_field", "time")),
        (event(time="2026-03-02 08:00:00Z"), ("invalid_field", "time")),
        (event(time=1772438400), ("invalid_field", "time")),
        (event(source="crm"), ("unknown_source", "")),
        (event(source="/erp"), ("unknown_source", "")),
        (event(source="//crm"), ("unknown_source", "")),
        (event(source="https://crm.example/crm"), ("unknown_source", "")),
        (event(type="crm.sung"), ("unknown_type", "")),
        (event(source="/website"), ("not_allowed", "crm.invoiced")),
        (event("rights.request_received", source="/crm"), ("not_allowed", "rights.request_received")),
        (event(subject=...), ("missing_subject", "")),
        (event(subject=None), ("missing_subject", "")),
        (event(subject="p 1"), ("invalid_subject", "")),
        (event(subject="p" * 129), ("invalid_subject", "")),
        (event(subject=1), ("invalid_subject", "")),
        (event(data=[]), ("invalid_field", "data")),
        (event(data={"purpose": 1}), ("invalid_field", "purpose")),
        (event(data={"automated": "true"}), ("invalid_field", "automated")),
        (event(data={"data_categories": "name"}), ("invalid_field", "data_categories")),
        (event(data={"data_categories": [1]}), ("invalid_field", "data_categories")),
        (event(data={"role": "owner"}), ("invalid_value", "role")),
        (event("crm.record_exported", source="/crm", data={"records": 1.5}), ("invalid_field", "records")),
        (event("crm.record_exported", source="/crm", data={"records": True}), ("invalid_field", "records")),
        (event("crm.record_exported", source="/crm", data={"records": 2**63}), ("invalid_field", "records")),
        (event("newsletter.subscribed", data={"signed_up_at": "soon"}), ("invalid_field", "signed_up_at")),
        (event("website.page_viewed", data={"cookies": [{"kind": "sweet"}]}), ("invalid_value", "cookies")),
        (event("recruitment.procedure_ended", data={"outcome": "granted"}), ("invalid_value", "outcome")),
        (
            event("consent.given", source="/crm", data={"purposes": "newsletter"}),
            ("invalid_field", "purposes"),
        ),
    ],
)
def test_what_is_no_event_of_the_contract_is_quarantined(content: Any, reason: tuple[str, str]) -> None:
    assert refusal(content) == reason


def test_a_quarantine_record_tells_its_place_and_nothing_of_the_bytes() -> None:
    found = decode([Record(b"secret words", b"p-1", (), "website.events", 4, 9)], key=SECRET).quarantine
    (row,) = found.rows(named=True)
    assert (row["system"], row["topic"], row["partition"], row["offset"]) == (
        "website",
        "website.events",
        4,
        9,
    )
    assert row["digest"] != hashlib.sha256(b"secret words").hexdigest()
    again = decode([Record(b"secret words", None, (), "a.jsonl", 0, 1)], key=SECRET).quarantine
    assert again["digest"][0] == row["digest"]


def test_a_fault_of_the_reading_is_counted_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("expectations.contract.decode.read", fail)
    found = decoded(event(data={"x": 1}), event(id="e-2"))
    assert found.events["id"].to_list() == ["e-2"]
    assert found.quarantine.select("reason", "detail").rows() == [("undecodable", "RuntimeError")]


def test_the_largest_allowed_event_is_read() -> None:
    assert only(event(data={"x": deep(30), "y": [1] * 10_000}))["id"] == "e-1"


def test_null_is_absent_everywhere() -> None:
    plain = only(event(data={"data_categories": ["name"]}))
    nulls = only(event(data={"data_categories": ["name", None], "role": None, "x": None}, dataschema=None))
    assert nulls["data"] == plain["data"]
    assert nulls["role"] == "controller"
    assert decoded(event(data={"x": None})).dropped_fields == 0
    assert only(event(data=None))["data_categories"] is None


def test_three_point_zero_is_an_integer() -> None:
    row = only(event("crm.record_exported", data={"records": 3.0}))
    assert row["records"] == 3
    assert row["data"] == '{"records":3}'


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-03-02T08:00:00.123456999Z", 123456),
        ("2026-03-02T09:00:00.1+01:00", 100000),
        ("2026-03-02t08:00:00z", 0),
        ("2026-03-02T08:00:00-00:00", 0),
    ],
)
def test_instants_are_cut_at_microseconds_and_turned_to_utc(text: str, micros: int) -> None:
    assert only(event(time=text))["time"] == datetime(2026, 3, 2, 8, 0, 0, micros, tzinfo=UTC)


def test_a_bare_date_begins_in_amsterdam() -> None:
    row = only(event("policy.amended", source="/compliance", data={"effective_at": "2026-07-01"}, subject=...))
    assert row["effective_at"] == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_the_last_of_two_equal_names_wins() -> None:
    text = json.dumps(event()).replace('"id": "e-1"', '"id": "first", "id": "last"')
    assert only(text.encode())["id"] == "last"


def test_a_star_is_a_list_of_a_star() -> None:
    assert only(event("consent.withdrawn", source="/crm", data={"purposes": "*"}))["purposes"] == ["*"]


def test_defaults_of_single_types() -> None:
    breach = only(event("breach.detected", source="/compliance", subject=..., data={}))
    assert breach["aware_at"] == breach["time"]
    assert breach["jurisdictions"] == ["NL"]
    assert only(event("data.disclosed", source="/crm", data={}))["exporter_country"] == "NL"
    assert only(event(data={}))["exporter_country"] is None


def test_clashing_names_have_columns_of_their_own() -> None:
    control = event("security.control_reported", source="/compliance", data={"system": "mail"}, subject="p-1")
    row = only(control)
    assert (row["system"], row["control_system"], row["subject"]) == ("compliance", "mail", None)


def test_binary_mode_is_the_same_event() -> None:
    sound = event(datacontenttype="application/json; charset=utf-8")
    headers = tuple((f"ce_{name}", sound[name].encode()) for name in ("specversion", "id", "source", "type"))
    headers += (("ce_subject", b"p-1"), ("ce_time", sound["time"].encode()))
    headers += (("content-type", b"application/json; charset=utf-8"),)
    assert only(record(sound["data"], headers=headers)) == only(sound)
    assert refusal(record(b"{", headers=headers)) == ("invalid_json", "")
    assert refusal(record({}, headers=(*headers[:-1], ("content-type", b"text/csv")))) == (
        "invalid_envelope",
        "datacontenttype",
    )


def test_structured_mode_says_so_in_a_header() -> None:
    assert only(record(event(), headers=(("content-type", b"application/cloudevents+json"),))) == only(event())


def test_unknown_fields_are_dropped_and_counted_and_sealed_is_not_read() -> None:
    found = decoded(event(data={"x": 1, "y": {"z": "jan@example.nl"}, "sealed": "jan@example.nl"}))
    assert found.dropped_fields == 2
    row = found.events.row(0, named=True)
    assert row["personal"] == [{"field": "y.z", "kind": "email"}]
    assert row["data"] == '{"~personal":[{"field":"y.z","kind":"email"}]}'
    assert only(event(data={"sealed": "jan@example.nl"}))["data"] == "{}"


@pytest.mark.parametrize(
    ("content", "personal"),
    [
        (event("crm.hold_placed", data={"reason": "call +31612345678"}), ("reason", "phone")),
        (event("crm.enquiry_erased", data={"request": "jan@example.nl"}), ("request", "email")),
        (event(data={"data_categories": ["name", "123456782"]}), ("data_categories", "bsn")),
        (event("website.page_viewed", data={"cookies": [{"name": "10.0.0.1"}]}), ("cookies", "ip")),
        (event(data={"number": 123456782}), ("number", "bsn")),
        (event(data={"jan@example.nl": 1}), ("[redacted]", "email")),
        (event(data={"Jan Jansen": "jan@example.nl"}), ("[unnamed]", "email")),
        (event(traceparent="10.0.0.1"), ("traceparent", "ip")),
        (event(dataschema="https://10.0.0.1/s"), ("dataschema", "ip")),
        (record(event(), headers=(("who", b"jan@example.nl"),)), ("header:who", "email")),
    ],
)
def test_a_personal_value_is_named_and_its_value_gone(content: Any, personal: tuple[str, str]) -> None:
    row = only(content)
    assert row["personal"] == [{"field": personal[0], "kind": personal[1]}]
    assert row["personal_envelope"] is False
    assert row["subject"] == "p-1"


@pytest.mark.parametrize(
    ("changes", "column", "written"),
    [
        ({"subject": "jan@example.nl"}, "subject", "[redacted:email]"),
        ({"source": "/crm/0612345678"}, "source", "[redacted:phone]"),
        ({"type": "crm.jan@example.nl"}, "type", "[redacted:email]"),
        ({"subject": "jan@example.nl", "data": {"role": 1}}, "subject", "[redacted:email]"),
        ({"subject": "jan@example.nl", "type": "Jan Jansen"}, "type", "[unnamed]"),
    ],
)
def test_a_personal_envelope_is_kept_for_gen_3_alone(changes: Any, column: str, written: str) -> None:
    row = only(event(**changes))
    assert row[column] == written
    assert row["system"] == "crm"
    assert row["personal_envelope"] is True
    assert json.loads(row["data"]).keys() == {"~personal", "~envelope"}
    assert row["digest"] != hashlib.sha256(rfc8785.dumps(event(**changes))).hexdigest()


def test_redacted_ids_stay_apart_and_a_resend_stays_one() -> None:
    first, second = event(id="jan@example.nl"), event(id="piet@example.nl")
    again = record(json.dumps(first, indent=1).encode())
    ids = decoded(first, second, again).events["id"].to_list()
    assert all(one.startswith("[redacted:email]#") and len(one) == 33 for one in ids)
    assert ids[0] == ids[2] != ids[1]


def test_a_personal_key_makes_the_event_gen_3s_alone() -> None:
    row = only(record(event(), key=b"jan@example.nl"))
    assert row["personal"] == [{"field": "key", "kind": "email"}]
    assert row["personal_envelope"] is True
    assert only(record(event(), key=b"agreement:123456782"))["personal"] == []


@pytest.mark.parametrize("changes", [{"id": ...}, {"time": "soon"}, {"time": ...}])
def test_without_id_and_time_there_is_no_finding(changes: Any) -> None:
    assert refusal(event(subject="jan@example.nl", **changes))[0] in ("invalid_envelope", "invalid_field")


def test_a_numeric_token_is_no_personal_value() -> None:
    assert only(event(subject="123456782", id="4111111111111111"))["personal"] == []


def test_rows_keep_the_order_of_their_records() -> None:
    names = ["crm.invoiced", "newsletter.sent", "crm.contacted", "crm.invoiced", "website.page_viewed"]
    contents = [event(name, id=f"e-{at}", data={"x": at} if at % 2 else {}) for at, name in enumerate(names)]
    assert decoded(*contents).events["id"].to_list() == [f"e-{at}" for at in range(5)]


def test_stored_events_come_back_as_they_were() -> None:
    contents = [
        event(),
        event("rights.fee_charged", source="/compliance", data={"amount": 12.5}),
        event("website.page_viewed", data={"cookies": [{"name": "a", "kind": "statistics", "personal": True}]}),
        event("newsletter.subscribed", data={"signed_up_at": "2026-01-01", "sealed": "x"}),
        event(subject="jan@example.nl", type="crm.x"),
        event(data={"purpose": "jan@example.nl"}),
    ]
    frame = decoded(*contents).events
    stored = frame.rename({f"place_{name}": name + "_" for name in ("topic", "partition", "offset")})
    stored = stored.select(
        *("source", "id", "system", "type", "subject", "time", "data", "digest"),
        *(pl.col(f"{name}_").alias(name) for name in ("topic", "partition", "offset")),
    )
    assert from_stored(stored).equals(frame)
    assert dict(from_stored(stored.clear()).schema) == EVENT_SCHEMA
