"""Who looks. On loopback everybody who reaches the port is this machine's user: one role, `officer`.

Checked at every run. Bound to any other address nobody is let in: sign-in (OpenID Connect behind TLS) is not
built yet, and pages without it must not be open to a network.
"""

from __future__ import annotations

import getpass
from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what they may."""

    name: str
    role: str


class NotAllowedError(PermissionError):
    """The viewer may not do this."""


def allowed(roles: Collection[str]) -> Viewer:
    """The viewer, looked up at this moment, who has one of these roles. Raises NotAllowedError."""
    who = viewer(st.get_option("server.address"))
    if who is None or who.role not in roles:
        raise NotAllowedError(f"only for: {', '.join(sorted(roles))}")
    return who


def viewer(address: str | None) -> Viewer | None:
    """The viewer of pages bound to this address; None: nobody may look."""
    if address not in LOOPBACK:
        return None
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "local"
    return Viewer(name, "officer")
