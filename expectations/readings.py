"""Readings of a policy file: typed by the clause that they belong to, or told what is wrong with them."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from expectations.calendars import Duration, parse_duration
from expectations.lined import Fault, Lined


def read_readings(
    file: Lined,
    given: Mapping[str, Mapping[str, Any]],
    clauses: Mapping[str, type] | None,
    faults: list[Fault],
) -> dict[str, dict[str, object]]:
    """The readings by clause, typed; what is wrong is added to `faults`."""
    typed: dict[str, dict[str, object]] = {}
    for clause, chosen in given.items():
        place = ("readings", clause)
        if clauses is not None and clause not in clauses:
            faults.append(file.fault(place, "is no clause", closest(clause, clauses), clause))
            continue
        hints = None if clauses is None else hints_of(clauses[clause])
        typed[clause] = {}
        for name, value in chosen.items():
            field = f"{clause}.{name}"
            if hints is not None and name not in hints:
                cure = closest(name, hints) if hints else f"{clause} has no readings; leave it out"
                faults.append(file.fault((*place, name), f"is no reading of {clause}", cure, field))
                continue
            try:
                typed[clause][name] = by_shape(value) if hints is None else by_type(value, hints[name])
            except ValueError as error:
                fault, _, cure = str(error).partition("; ")
                faults.append(file.fault((*place, name), fault, cure, field))
    return typed


def of_clauses() -> dict[str, type]:
    """Id -> dataclass of readings of every registered clause: what `policy.load` checks a file against."""
    from expectations.model import registry  # registering imports every clause

    return {name: type(clause.readings) for name, clause in registry().items()}


def hints_of(readings: type) -> dict[str, Any]:
    """Name -> type of a clause's readings."""
    assert is_dataclass(readings), f"{readings} is no dataclass of readings"
    hints = get_type_hints(readings)
    return {each.name: hints[each.name] for each in fields(readings)}


def by_shape(value: Any) -> object:
    """A value whose clause is not at hand: durations are known by their shape, lists become tuples."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError:
            return value
    return value


def by_type(value: Any, hint: Any) -> object:
    """The value as that type; ValueError `fault; cure` when it is none."""
    if hint is Duration:
        if not isinstance(value, str):
            raise ValueError(f'"{_told(value)}" is no duration; write it with its unit, such as 24h')
        return parse_duration(value)
    if hint is bool or hint is int or hint is str:
        if type(value) is hint:
            return value
        name, cure = {
            bool: ("neither true nor false", "write true or false"),
            int: ("no whole number", "write one such as 10"),
            str: ("no word", "write one, in quotes if it looks like something else"),
        }[hint]
        raise ValueError(f'"{_told(value)}" is {name}; {cure}')
    origin = get_origin(hint)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise ValueError(f'"{_told(value)}" is no choice here; write {" or ".join(map(str, get_args(hint)))}')
    if origin in (tuple, frozenset):
        if not isinstance(value, list):
            raise ValueError(f'"{_told(value)}" is no list; write [{_told(value)}]')
        return origin(by_type(each, get_args(hint)[0]) for each in value)
    if origin in (Union, types.UnionType):
        inner = [each for each in get_args(hint) if each is not type(None)]
        return None if value is None else by_type(value, inner[0])
    raise TypeError(f"readings of type {hint} cannot be written in a file")


def closest(word: str, known: Iterable[str]) -> str:
    """The cure for a word that is not known: the nearest one, or all."""
    words = sorted(known)
    near = get_close_matches(word, words, 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"write {' or '.join(words[:40])}"


def _told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
