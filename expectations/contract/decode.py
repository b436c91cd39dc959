"""Records of the log to columns of events: total, fast, columnar.

`decode` never raises: of any bytes comes an event or a quarantine record. Most events are decoded by typed
structs in bulk; one that is unusual in any way (a null, an unknown field, a float, binary mode) or that may
hold a personal value is read attribute by attribute (`reading`), which gives the same where both apply.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import polars as pl

from expectations.contract import canaries
from expectations.contract.canonical import canonical, keyed
from expectations.contract.columns import HEAD, Row, assemble, stored_data
from expectations.contract.events import EVENT_SCHEMA, MODELS, QUARANTINE_SCHEMA, Envelope
from expectations.contract.instants import instant, instant_or_date
from expectations.contract.personal import SUSPICION, is_token, kinds_in
from expectations.contract.reading import read
from expectations.contract.refusal import MAX_BYTES, Refused
from expectations.contract.scanning import key_kinds
from expectations.contract.senders import Senders
from expectations.vocabulary import FIELDS, TOPICS, TYPES

__all__ = ["EVENT_SCHEMA", "QUARANTINE_SCHEMA", "Decoded", "Record", "Senders", "decode", "from_stored"]

_USUAL_BYTES = 16_384  # under this no list is too long, and a slow reading costs little
_DEEP = 256
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SYSTEM_OF_TOPIC = {topic: system for system, topic in TOPICS.items()}
_DATES = {
    name: dates
    for name, kind in TYPES.items()
    if (dates := tuple(field for field in kind.fields if FIELDS[field].kind == "date"))
}
_envelope = msgspec.json.Decoder(Envelope)
_models = {name: msgspec.json.Decoder(model) for name, model in MODELS.items()}
_NOTHING: list[dict[str, str]] = []
_encode = msgspec.json.Encoder().encode
_CLOUDEVENT = frozenset(
    (
        b"application/cloudevents+json",
        *(b"application/cloudevents+json; charset=" + each for each in (b"utf-8", b"UTF-8")),
    )
)


class Record(NamedTuple):
    """One record of the log; of a file `topic` is its name, `offset` the line's number."""

    value: bytes | None
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    topic: str
    partition: int
    offset: int


class _Route(NamedTuple):
    system: str | None  # None: a source that is none of ours, may not send this type, or is a canary's
    subject: str
    dates: tuple[str, ...]


@dataclass(frozen=True)
class Decoded:
    """What a batch of records came to: `EVENT_SCHEMA`, in the records' order, and `QUARANTINE_SCHEMA`.

    `canaries`, of the schema of events, are in neither: whoever does not ask for them never meets one.
    """

    events: pl.DataFrame
    canaries: pl.DataFrame
    quarantine: pl.DataFrame
    dropped_fields: int


_DEFAULT = Senders()


def decode(records: Sequence[Record], *, key: bytes, systems: Senders = _DEFAULT) -> Decoded:
    """Decodes records.

    `key` is the secret of keyed digests (quarantine, redacted ids); `systems` says which source is which
    system and what it may send. Personal values are in neither frame; `personal` names field and kind of
    each.
    """
    batch = _Batch(key, systems)
    for row, record in enumerate(records):
        batch.usual(row, record)
    batch.look_for_personal_values(records)
    for row in sorted(set(batch.unusual)):
        batch.careful(row, records[row])
    return batch.decoded(records)


class _Batch:
    def __init__(self, key: bytes, senders: Senders) -> None:
        self.key = key
        self.senders = senders
        self.routes: dict[tuple[str, str], _Route] = {}  # by source and type
        self.tokens: set[str] = set()  # subjects of a pseudonym's shape, seen before
        self.rows: dict[int, Row] = {}
        self.whole: dict[int, bytes] = {}  # row -> canonical JSON
        self.unusual: list[int] = []
        self.canaries: set[int] = set()
        self.dropped_fields = 0
        self.refused: list[tuple[Any, ...]] = []

    def usual(self, row: int, record: Record) -> None:
        """Takes an event that is right in every way, as long as no value in it turns out to be personal."""
        value, key, headers = record.value, record.key, record.headers
        if value is None or len(value) > _USUAL_BYTES or (headers and not _plain(headers)):
            self.unusual.append(row)
            return
        try:
            event = _envelope.decode(value)
            data: Any = _models[event.type].decode(event.data)
        except (msgspec.MsgspecError, KeyError, RecursionError, UnicodeDecodeError):
            self.unusual.append(row)
            return
        name, source, subject, event_id = event.type, event.source, event.subject, event.id
        route = self.routes.get((source, name)) or self._route(source, name)
        time = _instant(event.time)
        if (
            route.system is None
            or time is None
            or (route.subject != "optional" and (subject is None) != (route.subject == "none"))
            or (subject is not None and subject not in self.tokens and not self._is_token(subject))
            or (key and (subject is None or key != subject.encode()) and key_kinds(key))
            or (route.dates and not _dates_hold(data, route.dates))
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
        self.rows[row] = (
            *(source, event_id, route.system, name, subject, time, text.decode(), sha256(whole).hexdigest()),
            *(record.topic, record.partition, record.offset, _NOTHING, False, data),
        )
        if event.dataschema is not None and kinds_in(event.dataschema):
            self.unusual.append(row)

    def _is_token(self, text: str) -> bool:
        if not ((text.isalnum() and text.isascii() and len(text) <= 128) or is_token(text)):
            return False
        self.tokens.add(text)
        return True

    def _route(self, source: str, name: str) -> _Route:
        system = self.senders.system_of(source)
        if system is not None and (name not in self.senders.sends.get(system, ()) or canaries.reserved(source)):
            system = None
        route = _Route(system, TYPES[name].subject, _DATES.get(name, ()))
        if len(self.routes) < 10_000:
            self.routes[source, name] = route
        return route

    def look_for_personal_values(self, records: Sequence[Record]) -> None:
        if not self.whole:
            return
        texts = pl.Series(list(self.whole.values()), dtype=pl.Binary).cast(pl.String)
        suspected = texts.str.contains(SUSPICION)
        for row in itertools.compress(list(self.whole), suspected):
            if _is_personal(self.rows[row]):
                self.unusual.append(row)

    def careful(self, row: int, record: Record) -> None:
        """Reads one event attribute by attribute."""
        event: dict[str, Any] | None = None
        self.rows.pop(row, None)
        try:
            if len(record.value or b"") > MAX_BYTES:
                raise Refused("too_large")
            event, headers = structured(record)
            if canaries.reserved(event.get("source")):
                canaries.mark_of(event, self.key)
                self.canaries.add(row)
            one = read(event, self.senders, self.key, key=record.key, headers=headers)
            self.dropped_fields += 0 if row in self.canaries else one.dropped_fields
            self.rows[row] = (
                *(one.source, one.id, one.system, one.type, one.subject, one.time, one.data, one.digest),
                *(record.topic, record.partition, record.offset),
                [{"field": name, "kind": kind} for name, kind in one.personal],
                one.personal_envelope,
                stored_data(one.type, one.data)[0],
            )
        except Refused as refused:
            if row not in self.canaries:  # one of ours that is no event proves nothing, and is no figure
                self._refuse(record, event, refused)
        except Exception as fault:  # a fault of ours must not stop the stream either: it is counted and shown
            self._refuse(record, None, Refused("undecodable", type(fault).__name__))

    def _refuse(self, record: Record, event: dict[str, Any] | None, refused: Refused) -> None:
        content = record.value or b""
        system = _SYSTEM_OF_TOPIC.get(record.topic)
        if event is not None:
            system = system or self.senders.system_of(event.get("source"))
            # A resend may be written otherwise: its keyed digest should not differ for that.
            content = content if refused.reason == "too_deep" else _canonical_or(content, event)
        place = (system, record.topic, record.partition, record.offset)
        self.refused.append((refused.reason, refused.detail, keyed(self.key, content), *place))

    def decoded(self, records: Sequence[Record]) -> Decoded:
        marked = [self.rows.pop(row) for row in sorted(self.canaries) if row in self.rows]
        rows = [self.rows[row] for row in sorted(self.rows)]
        return Decoded(
            events=assemble(rows),
            canaries=assemble(marked) if marked else pl.DataFrame(schema=EVENT_SCHEMA),
            quarantine=pl.DataFrame(self.refused, schema=QUARANTINE_SCHEMA, orient="row"),
            dropped_fields=self.dropped_fields,
        )


def from_stored(events: pl.DataFrame) -> pl.DataFrame:
    """The frame that `decode` gave, from the warehouse's events (`source` ... `digest`, `topic` ...).

    Raises msgspec.MsgspecError on data that this contract did not write.
    """
    names = {"place_topic": "topic", "place_partition": "partition", "place_offset": "offset"}
    columns = [events[names.get(name, name)].to_list() for name in HEAD[:-2]]
    rows = []
    for head in zip(*columns, strict=True):
        struct, personal, envelope = stored_data(head[3], head[6])
        rows.append((*head, personal, envelope, struct))
    return assemble(rows)


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


def _hopeless(content: bytes) -> bool:
    """Whether it nests so deeply that no parser need look; how deep a parser can go differs by Python's version."""
    if content.count(b"[") + content.count(b"{") <= _DEEP:
        return False
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(content):
        first = found.group()[:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > _DEEP:
            return True
    return False


def _parsed(content: bytes | None) -> Any:
    if content and _hopeless(content):
        raise Refused("too_deep")
    try:
        return msgspec.json.decode(content or b"")
    except RecursionError:
        raise Refused("too_deep") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused("invalid_json") from None


def _canonical_or(content: bytes, event: dict[str, Any]) -> bytes:
    try:
        return canonical(event)
    except ValueError:
        return content


def _plain(headers: tuple[tuple[str, bytes], ...]) -> bool:
    return len(headers) == 1 and headers[0][0] == "content-type" and headers[0][1] in _CLOUDEVENT


def _instant(text: str) -> datetime | None:
    # What nearly all events carry, at a third of the careful reading's cost.
    if len(text) in (20, 24, 27) and text[-1] == "Z" and text[7] == "-" and text[10] == "T" and text[19] in ".Z":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return instant(text)


def _is_personal(row: Row) -> bool:
    source, event_id, subject, data = row[0], row[1], row[4], row[-1]
    if kinds_in(event_id, identifier=True) or kinds_in(source):
        return True
    if subject is not None and kinds_in(subject, identifier=True):
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
