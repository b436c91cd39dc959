"""The page's address: the moment it shows, what it filters by, and links that change one part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import streamlit as st

from dashboards.as_of import NAMES, NOW, Fault, Moment, parse
from dashboards.speech import Speech
from dashboards.store import reader
from infra.clock import WallClock


def chosen(name: str, among: Iterable[str] | None = None) -> str | None:
    """What the address says under this name; None when it says nothing, or none of `among`."""
    found: str | None = st.query_params.get(name)
    return found if found and (among is None or found in among) else None


def among(word: str | None, known: Iterable[str]) -> str | None:
    """The word, where it is one of those."""
    return word if word is not None and word in known else None


def link(page: str = "", **parts: object) -> str:
    """The address of a page with these parts (those that are None are left out) and what goes along everywhere."""
    return _address(page, {**parts, **along()})


def along() -> dict[str, str]:
    """What every link carries on: the moment that is looked at, and the language, if one was chosen."""
    language = chosen("lang")
    return moment().address | ({"lang": language} if language else {})


def moment() -> Moment:
    """The moment that the address asks for."""
    return _read()[0]


def misread() -> tuple[Fault, ...]:
    """What the address asks for wrongly of a moment."""
    return _read()[1]


def _read() -> tuple[Moment, tuple[Fault, ...]]:
    if not any(name in st.query_params for name in NAMES):
        return NOW, ()
    now = reader().bundle.taken_at or WallClock().now()
    return parse(st.query_params.to_dict(), now, Speech(zone=st.context.timezone or "UTC").tz)


def changed(**parts: object) -> str:
    """This address with some parts changed; None takes one away."""
    return _address("", {**{name: st.query_params[name] for name in st.query_params}, **parts})


def _address(page: str, parts: Mapping[str, object]) -> str:
    return f"{page}?{urlencode({name: value for name, value in parts.items() if value is not None})}"
