"""Who looks, looked up anew at every run, action and download.

With a provider (`infra/provider.py`) whoever it signed in, in the role that its claim gives, for some hours and unless
denied. Without one everybody who reaches the port of loopback is this machine's user: one role, `officer`; bound to
any other address nobody is let in.
"""

from __future__ import annotations

import getpass
import hashlib
import re
import time
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import surroundings
from infra.provider import LOOPBACK, ROLES, Provider

NAME = "company"  # of the provider, among Streamlit's
LEEWAY = 60.0  # seconds that the provider's clock may be ahead
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # a name that is no e-mail address: it goes into events
_OUTSIDE: ContextVar[Mapping[str, Any] | None] = ContextVar("signed_in", default=None)
_ended: dict[str, float] = {}  # sign-ins that were ended before their time: nonce -> when (monotonic)


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what they may."""

    name: str
    role: str


class NotAllowedError(PermissionError):
    """The viewer may not do this. `reason`: address, out, expired, denied or role."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def allowed(roles: Collection[str]) -> Viewer:
    """The viewer, looked up at this moment, who has one of these roles. Raises NotAllowedError."""
    who = viewer()
    if who is None or who.role not in roles:
        raise NotAllowedError("role")
    return who


def viewer() -> Viewer | None:
    """Who looks; None: nobody may."""
    try:
        return present()
    except NotAllowedError:
        return None


def present() -> Viewer:
    """As `viewer`. Raises NotAllowedError with the reason why nobody may look."""
    provider = surroundings.provider()
    if provider is not None:
        return of_claims(claims(), provider, time.time())
    if st.get_option("server.address") not in LOOPBACK:
        raise NotAllowedError("address")
    try:
        return Viewer(getpass.getuser(), "officer")
    except (KeyError, OSError):
        return Viewer("local", "officer")


def of_claims(said: Mapping[str, Any], provider: Provider, now: float) -> Viewer:
    """Who these claims of an ID token make somebody, at this time (Unix). Raises NotAllowedError."""
    subject = said.get("sub")
    if not said.get("is_logged_in") or not isinstance(subject, str) or not subject or said.get("nonce") in _ended:
        raise NotAllowedError("out")
    since = said.get("auth_time") or said.get("iat")
    if isinstance(since, bool) or not isinstance(since, int | float):
        raise NotAllowedError("expired")
    if not since - LEEWAY <= now < since + provider.hours * 3600:
        raise NotAllowedError("expired")
    email = str(said.get("email") or "").strip().lower()
    try:
        denied = provider.denied()
    except (OSError, UnicodeDecodeError):
        raise NotAllowedError("denied") from None  # a list that cannot be read lets nobody in
    if subject in denied or (email and hashlib.sha256(email.encode()).hexdigest() in denied):
        raise NotAllowedError("denied")
    has = _values(said, provider.role_claim)
    role = next((role for role in ROLES if has & provider.roles.get(role, frozenset())), None)
    if role is None:
        raise NotAllowedError("role")
    name = said.get(provider.name_claim)
    return Viewer(name if isinstance(name, str) and _PLAIN.fullmatch(name) else subject, role)


def claims() -> Mapping[str, Any]:
    """What the provider said of whoever looks; empty: nobody signed in."""
    outside = _OUTSIDE.get()
    return st.user.to_dict() if outside is None else outside


def mine(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """The same, for whoever looks now: Streamlit makes a download outside of any run, where it knows nobody."""
    said = claims()

    def made() -> bytes:
        token = _OUTSIDE.set(said)
        try:
            return make()
        finally:
            _OUTSIDE.reset(token)

    return made


def end(said: Mapping[str, Any]) -> None:
    """End this sign-in in all its tabs and copies, for as long as this process runs."""
    if isinstance(nonce := said.get("nonce"), str):
        provider = surroundings.provider()
        oldest = time.monotonic() - (provider.hours if provider else 0) * 3600
        for each in [each for each, when in _ended.items() if when < oldest]:
            del _ended[each]
        _ended[nonce] = time.monotonic()


def _values(said: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The texts of a claim that is one or a list; `a.b` is `b` within `a`, unless there is a claim of that name."""
    found: Any = said.get(claim)
    if found is None:
        found = said
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()
