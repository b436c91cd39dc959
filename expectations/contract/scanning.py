"""Personal values where the contract knows no form: in unknown fields, in their names, in keys of records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from expectations.contract.personal import kinds_in
from expectations.vocabulary import FIELDS

Finding = tuple[str, str]  # field, kind

ATTRIBUTES = frozenset(
    ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data")
)
UNNAMED = "[unnamed]"  # a name of no usual shape may be anything, so it is not repeated
_NAME = re.compile(r"[A-Za-z0-9_.~-]{1,64}")
_ABOUT = re.compile(r"(?:agreement|incident|camera|control):")


def redacted(kind: str) -> str:
    """What is written where a personal value stood."""
    return f"[redacted:{kind}]"


@lru_cache(maxsize=65536)
def key_kinds(key: bytes) -> tuple[str, ...]:
    """Kinds of personal values in a record's key: a token, what it is about, or a source."""
    text = key.decode("utf-8", "replace")
    about = _ABOUT.match(text)
    if about is None:
        return kinds_in(text, identifier=True)
    rest = text[about.end() :]
    parts = rest.split(":") if text.startswith("control:") else [rest]
    return tuple(kind for part in parts for kind in kinds_in(part, identifier=True))


def named(name: str) -> tuple[str, tuple[str, ...]]:
    """The name under which an unknown field is reported, and what personal values the name itself is."""
    kinds = kinds_in(name)
    if kinds:
        return "[redacted]", kinds
    return (name if _NAME.fullmatch(name) else UNNAMED), ()


def scan(value: Any, path: str) -> Iterator[Finding]:
    """Findings in a value of no known form; numbers are read as text."""
    if isinstance(value, str):
        for kind in kinds_in(value):
            yield path, kind
    elif isinstance(value, dict):
        for name, part in value.items():
            shown, kinds = named(name)
            deeper = f"{path}.{shown}" if len(path) < 128 else path
            for kind in kinds:
                yield deeper, kind
            yield from scan(part, deeper)
    elif isinstance(value, list):
        for part in value:
            yield from scan(part, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        for kind in kinds_in(str(value)):
            yield path, kind


def scan_unknown(name: str, value: Any, *, within: str = "") -> Iterator[Finding]:
    """Findings in an unknown field and in its name; `within`: what it stands in, where names may clash."""
    shown, kinds = named(name)
    path = f"{within}.{shown}" if within and name in ATTRIBUTES else shown
    for kind in kinds:
        yield path, kind
    if name in FIELDS and FIELDS[name].kind == "id" and isinstance(value, str):
        for kind in kinds_in(value, identifier=True):
            yield path, kind
    else:
        yield from scan(value, path)
