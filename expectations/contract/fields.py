"""The fields of one event's `data`: checked, redacted, and what was found in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from expectations.contract.instants import instant_or_date
from expectations.contract.personal import kinds_in
from expectations.contract.refusal import Refused
from expectations.contract.scanning import Finding, redacted, scan_unknown
from expectations.vocabulary import COOKIE_KINDS, FIELDS, EventType, closed_words


class Data:
    """The fields of one event's `data`, checked, redacted, with what was found in them."""

    def __init__(self, kind: EventType, given: Mapping[str, Any]) -> None:
        self.type = kind.name
        self.kept: dict[str, Any] = {}
        self.personal: list[Finding] = []
        self.dropped = 0
        for name in sorted(given):
            value = given[name]
            if value is None:
                continue
            if name not in kind.fields:
                self.dropped += 1
                self.personal.extend(scan_unknown(name, value, within="data"))
            elif FIELDS[name].kind != "opaque":
                self.kept[name] = self._field(name, FIELDS[name].kind, value)
            elif not isinstance(value, str):
                raise Refused("invalid_field", name)

    def _field(self, name: str, kind: str, value: Any) -> Any:
        if kind in ("text", "id"):
            return self._text(name, _expect(str, name, value), identifier=kind == "id")
        if kind == "word":
            if _expect(str, name, value) not in closed_words(self.type, name):
                raise Refused("invalid_value", name)
            return value
        if kind == "bool":
            return _expect(bool, name, value)
        if kind == "date":
            if instant_or_date(_expect(str, name, value)) is None:
                raise Refused("invalid_field", name)
            return value
        if kind in ("int", "number"):
            return _number(name, value, whole=kind == "int")
        if kind == "words" and value == "*":
            return value
        parts = [part for part in _expect(list, name, value) if part is not None]
        if kind == "cookies":
            return [self._cookie(name, part) for part in parts]
        return [self._text(name, _expect(str, name, part)) for part in parts]

    def _text(self, name: str, value: str, *, identifier: bool = False) -> str:
        kinds = kinds_in(value, identifier=identifier)
        self.personal.extend((name, kind) for kind in kinds)
        return redacted(kinds[0]) if kinds else value

    def _cookie(self, name: str, given: Any) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for part, value in sorted(_expect(dict, name, given).items()):
            if value is None:
                continue
            if part == "kind":
                if _expect(str, name, value) not in COOKIE_KINDS:
                    raise Refused("invalid_value", name)
                kept[part] = value
            elif part == "name":
                kept[part] = self._text(name, _expect(str, name, value))
            elif part == "personal":
                kept[part] = _expect(bool, name, value)
            else:
                self.dropped += 1
                self.personal.extend(scan_unknown(part, value, within=name))
        return kept


def _expect(kind: type, name: str, value: Any) -> Any:
    if not isinstance(value, kind):
        raise Refused("invalid_field", name)
    return value


def _number(name: str, value: Any, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("invalid_field", name)
    number: int | float = value
    small = -(2**63) <= number < 2**63
    if isinstance(number, float) and number.is_integer() and small:
        return int(number)
    if whole and (isinstance(number, float) or not small):
        raise Refused("invalid_field", name)
    return number if small else float(number)
