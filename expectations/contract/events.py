"""Typed models of the events: the columns of decoded events, and one msgspec struct per type.

The structs' fields stand in the order of their names and tell `null` from absent, so that encoding one gives
the canonical JSON (RFC 8785) of what was read, as long as no number but small integers is in it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import polars as pl

from expectations.vocabulary import COOKIE_KINDS, FIELDS, TYPES, EventType, closed_words

INSTANT = pl.Datetime("us", "UTC")
COOKIE = pl.Struct({"name": pl.String(), "kind": pl.String(), "personal": pl.Boolean()})
PERSONAL = pl.Struct({"field": pl.String(), "kind": pl.String()})

_DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "id": pl.String(),
    "word": pl.String(),
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "number": pl.Float64(),
    "date": INSTANT,
    "list": pl.List(pl.String()),
    "words": pl.List(pl.String()),
    "cookies": pl.List(COOKIE),
}

DATA_SCHEMA: dict[str, pl.DataType] = {
    field.column: _DTYPES[field.kind] for field in FIELDS.values() if field.kind != "opaque"
}
EVENT_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "id": pl.String(),
    "system": pl.String(),
    "type": pl.String(),
    "subject": pl.String(),
    "time": INSTANT,
    "data": pl.String(),
    "digest": pl.String(),
    "place_topic": pl.String(),
    "place_partition": pl.Int32(),
    "place_offset": pl.Int64(),
    "personal": pl.List(PERSONAL),
    "personal_envelope": pl.Boolean(),
    **DATA_SCHEMA,
}
QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "reason": pl.String(),
    "detail": pl.String(),
    "digest": pl.String(),
    "system": pl.String(),
    "topic": pl.String(),
    "partition": pl.Int32(),
    "offset": pl.Int64(),
}


class Cookie(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A cookie that a page view set; fields in the order of their names, for canonical JSON."""

    kind: Literal[COOKIE_KINDS] = None  # type: ignore[valid-type]
    name: str = None  # type: ignore[assignment]
    personal: bool = None  # type: ignore[assignment]


class Envelope(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A CloudEvents 1.0 event in structured mode, as most are; others are read attribute by attribute."""

    data: msgspec.Raw
    datacontenttype: Literal["application/json"] = None  # type: ignore[assignment]
    dataschema: str = None  # type: ignore[assignment]
    id: Annotated[str, msgspec.Meta(min_length=1)]
    source: str
    specversion: Literal["1.0"]
    subject: str = None  # type: ignore[assignment]
    time: str
    type: str


_SMALL = Annotated[int, msgspec.Meta(ge=1 - 2**53, le=2**53 - 1)]
_LARGE = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_ANNOTATIONS: dict[str, Any] = {
    "text": str,
    "id": str,
    "bool": bool,
    "int": _SMALL,
    "number": _SMALL,
    "date": str,
    "list": list[str],
    "words": list[str] | Literal["*"],
    "cookies": list[Cookie],
    "opaque": str,
}


def _struct(kind: EventType, annotations: dict[str, Any], *, strict: bool) -> type[msgspec.Struct]:
    def annotation(name: str) -> Any:
        # Stored words were checked when they came; what a later contract no longer knows is still history.
        closed = closed_words(kind.name, name) if strict else ()
        return Literal[closed] if closed else annotations.get(FIELDS[name].kind, str)

    # No field takes null: an event that has one is read field by field, since null counts in its digest.
    fields = [(name, annotation(name), None) for name in kind.fields]
    title = "".join(part.title() for part in kind.name.replace("_", ".").split("."))
    return msgspec.defstruct(title, fields, forbid_unknown_fields=strict, omit_defaults=True, gc=False)


MODELS: dict[str, type[msgspec.Struct]] = {
    name: _struct(kind, _ANNOTATIONS, strict=True) for name, kind in TYPES.items()
}
STORED: dict[str, type[msgspec.Struct]] = {
    name: _struct(kind, _ANNOTATIONS | {"int": _LARGE, "number": int | float}, strict=False)
    for name, kind in TYPES.items()
}
