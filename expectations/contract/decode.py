"""Records of the log to columns of events: total, fast, columnar.

`decode` never raises: of any bytes comes an event or a quarantine record. Most events are decoded by typed structs
in bulk; one that is unusual in any way (a null, an unknown field, a float, binary mode) or that may hold a personal
value is read attribute by attribute (`reading`), which gives the same where both apply.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import polars as pl

from expectations.contract.canonical import canonical, keyed
from expectations.contract.columns import column, data_columns, stored_data, with_defaults
from expectations.contract.events import EVENT_SCHEMA, MODELS, QUARANTINE_SCHEMA, Envelope
from expectations.contract.instants import instant, instant_or_date
from expectations.contract.personal import SUSPICION, is_token, kinds_in
from expectations.contract.reading import Read, Refused, Senders, key_kinds, read
from expectations.vocabulary import FIELDS, TOPICS, TYPES

__all__ = ["EVENT_SCHEMA", "QUARANTINE_SCHEMA", "Decoded", "Record", "Senders", "decode", "from_stored"]

MAX_BYTES = 1_000_000
_USUAL_BYTES = 16_384  # under this no list is too long, and a slow reading costs little
_SYSTEM_OF_TOPIC = {topic: system for system, topic in TOPICS.items()}
_DATES = {
    name: dates
    for name, kind in TYPES.items()
    if (dates := tuple(field for field in kind.fields if FIELDS[field].kind == "date"))
}
_envelope = msgspec.json.Decoder(Envelope)
_models = {name: msgspec.json.Decoder(model) for name, model in MODELS.items()}
_encode = msgspec.json.Encoder().encode
_CLOUDEVENT = b"application/cloudevents+json"


class Record(NamedTuple):
    """One record of the log; of a file `topic` is its name, `offset` the line's number."""

    value: bytes | None
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class Decoded:
    """What a batch of records came to: `EVENT_SCHEMA`, in the records' order, and `QUARANTINE_SCHEMA`."""

    events: pl.DataFrame
    quarantine: pl.DataFrame
    dropped_fields: int


_DEFAULT = Senders()


def decode(records: Sequence[Record], *, key: bytes, systems: Senders = _DEFAULT) -> Decoded:
    """Decodes records.

    `key` is the secret of keyed digests (quarantine, redacted ids); `systems` says which source is which system
    and what it may send. Personal values are in neither frame; `personal` names field and kind of each.
    """
    batch = _Batch(key, systems)
    for row, record in enumerate(records):
        batch.usual(row, record)
    batch.look_for_personal_values(records)
    for row in sorted(batch.unusual):
        batch.careful(row, records[row])
    return batch.decoded(records)


class _Batch:
    def __init__(self, key: bytes, senders: Senders) -> None:
        self.key = key
        self.senders = senders
        self.system_of: dict[str, str | None] = {}
        self.rows: dict[int, tuple[Any, ...]] = {}  # row -> envelope columns, and the struct of its data
        self.whole: dict[int, bytes] = {}  # row -> canonical JSON
        self.events: dict[int, Envelope] = {}
        self.unusual: list[int] = []
        self.read: dict[int, Read] = {}
        self.refused: list[tuple[Any, ...]] = []

    def usual(self, row: int, record: Record) -> None:
        """Takes an event that is right in every way, as long as no value in it turns out to be personal."""
        value, key, headers = record.value, record.key, record.headers
        if value is None or len(value) > _USUAL_BYTES or (headers and not _plain(headers)):
            self.unusual.append(row)
            return
        try:
            event = _envelope.decode(value)
            data = _models[event.type].decode(event.data)
        except (msgspec.MsgspecError, KeyError, RecursionError, UnicodeDecodeError):
            self.unusual.append(row)
            return
        name, source, subject = event.type, event.source, event.subject
        system = self.system_of.get(source, "")
        if system == "":
            system = self.system_of[source] = self.senders.system_of(source)
        time = _instant(event.time)
        needs = TYPES[name].subject
        if (
            system is None
            or name not in self.senders.sends.get(system, ())
            or time is None
            or (needs != "optional" and (subject is None) != (needs == "none"))
            or (subject is not None and not is_token(subject))
            or (key and key != (subject or "").encode() and key_kinds(key))
            or (name in _DATES and not _dates_hold(data, _DATES[name]))
        ):
            self.unusual.append(row)
            return
        text = _encode(data)
        event.data = msgspec.Raw(text)
        whole = _encode(event)
        if data.sealed is not None:
            data.sealed = None
            text = _encode(data)
        self.whole[row] = whole
        digest = hashlib.sha256(whole).hexdigest()
        self.rows[row] = (source, event.id, system, name, subject, time, text.decode(), digest, data)
        self.events[row] = event

    def look_for_personal_values(self, records: Sequence[Record]) -> None:
        if not self.whole:
            return
        texts = pl.Series(list(self.whole.values()), dtype=pl.Binary).cast(pl.String)
        suspected = texts.str.contains(SUSPICION)
        for row in itertools.compress(list(self.whole), suspected):
            if _is_personal(self.events[row], self.rows[row][-1]):
                del self.rows[row]
                self.unusual.append(row)

    def careful(self, row: int, record: Record) -> None:
        """Reads one event attribute by attribute."""
        content = record.value or b""
        try:
            if len(content) > MAX_BYTES:
                raise Refused("too_large")
            event, headers = structured(record)
            content = _canonical_or(content, event)
            self.read[row] = read(event, self.senders, self.key, key=record.key, headers=headers)
        except Refused as refused:
            system = _SYSTEM_OF_TOPIC.get(record.topic)
            place = (system, record.topic, record.partition, record.offset)
            self.refused.append((refused.reason, refused.detail, keyed(self.key, content), *place))

    def decoded(self, records: Sequence[Record]) -> Decoded:
        columns: list[tuple[Any, ...]] = []
        personal: list[list[dict[str, str]]] = []
        envelope: list[bool] = []
        structs: list[Any] = []
        for row in sorted(self.rows.keys() | self.read.keys()):
            record = records[row]
            place = (record.topic, record.partition, record.offset)
            if (usual := self.rows.get(row)) is not None:
                columns.append((*usual[:8], *place))
                structs.append(usual[8])
                personal.append([])
                envelope.append(False)
            else:
                one = self.read[row]
                columns.append(
                    (
                        one.source,
                        one.id,
                        one.system,
                        one.type,
                        one.subject,
                        one.time,
                        one.data,
                        one.digest,
                        *place,
                    )
                )
                structs.append(stored_data(one.type, one.data)[0])
                personal.append([{"field": name, "kind": kind} for name, kind in one.personal])
                envelope.append(one.personal_envelope)
        return Decoded(
            events=_frame(
                list(zip(*columns, strict=True)) or [[]] * len(_PLACED), personal, envelope, structs
            ),
            quarantine=pl.DataFrame(self.refused, schema=QUARANTINE_SCHEMA, orient="row"),
            dropped_fields=sum(one.dropped_fields for one in self.read.values()),
        )


_PLACED = tuple(EVENT_SCHEMA)[:11]  # the envelope and the place


def _frame(
    columns: Sequence[Sequence[Any]],
    personal: Sequence[Any],
    envelope: Sequence[bool],
    structs: Sequence[Any],
) -> pl.DataFrame:
    placed = [column(name, values) for name, values in zip(_PLACED, columns, strict=True)]
    found = [column("personal", personal), column("personal_envelope", envelope)]
    data = data_columns(structs, columns[3])
    return with_defaults(pl.DataFrame([*placed, *found, *data.get_columns()]))


def from_stored(events: pl.DataFrame) -> pl.DataFrame:
    """The frame that `decode` gave, from the warehouse's events (`source` ... `digest`, `topic` ...).

    Raises msgspec.MsgspecError on data that this contract did not write.
    """
    names = {"place_topic": "topic", "place_partition": "partition", "place_offset": "offset"}
    columns = [events[names.get(name, name)].to_list() for name in _PLACED]
    read = [stored_data(kind, text) for kind, text in zip(columns[3], columns[6], strict=True)]
    return _frame(columns, [one[1] for one in read], [one[2] for one in read], [one[0] for one in read])


def structured(record: Record) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The event of a record in CloudEvents' structured or Kafka binary mode, and the headers besides.

    Raises `Refused`. In binary mode the attributes stand in headers `ce_<name>` and `content-type`, the value
    is the data (CloudEvents Kafka protocol binding 1.0.2, 3.2).
    """
    attributes: dict[str, Any] = {}
    others: dict[str, bytes] = {}
    media: bytes | None = None
    for name, content in record.headers:
        lower = name.lower()
        if lower == "content-type":
            media = content
        elif lower.startswith("ce_"):
            attributes[lower[3:]] = content
        else:
            others[name] = content or b""
    if "specversion" not in attributes:
        others |= {f"ce_{name}": content or b"" for name, content in attributes.items()}
        event = _parsed(record.value)
        if not isinstance(event, dict):
            raise Refused("invalid_envelope")
        return event, others
    if media is not None:
        attributes["datacontenttype"] = media
    try:
        event = {name: content.decode() for name, content in attributes.items() if content is not None}
    except UnicodeDecodeError:
        raise Refused("invalid_envelope") from None
    event.pop("data", None)
    if record.value:
        event["data"] = _parsed(record.value)
    return event, others


def _parsed(content: bytes | None) -> Any:
    try:
        return msgspec.json.decode(content or b"")
    except RecursionError:
        raise Refused("too_deep") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused("invalid_json") from None


def _canonical_or(content: bytes, event: dict[str, Any]) -> bytes:
    # A resend may be written otherwise: its keyed digest should not differ for that.
    try:
        return canonical(event)
    except (ValueError, RecursionError):
        return content


def _plain(headers: tuple[tuple[str, bytes], ...]) -> bool:
    return len(headers) == 1 and headers[0][0] == "content-type" and headers[0][1] == _CLOUDEVENT


def _instant(text: str) -> datetime | None:
    # What nearly all events carry, at a third of the careful reading's cost.
    if len(text) in (20, 24, 27) and text[-1] == "Z" and text[10] == "T" and text[19] in ".Z":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return instant(text)


def _is_personal(event: Envelope, data: Any) -> bool:
    if kinds_in(event.id, identifier=True) or kinds_in(event.source) or kinds_in(event.dataschema or ""):
        return True
    if event.subject and kinds_in(event.subject, identifier=True):
        return True
    for name in data.__struct_fields__:
        value = getattr(data, name)
        kind = FIELDS[name].kind
        if value is None or kind not in ("id", "text", "list", "words", "cookies"):
            continue
        texts = [value] if isinstance(value, str) else value
        if kind == "cookies":
            texts = [cookie.name or "" for cookie in value]
        if any(kinds_in(text, identifier=kind == "id") for text in texts):
            return True
    return False


def _dates_hold(data: Any, names: tuple[str, ...]) -> bool:
    values = [getattr(data, name) for name in names]
    return all(value is None or instant_or_date(value) is not None for value in values)
