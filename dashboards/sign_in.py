"""Who looks. On loopback everybody who reaches the port is this machine's user: one role, `officer`.

Checked at every run. Bound to any other address nobody is let in: sign-in (OpenID Connect behind TLS) is not
built yet, and pages without it must not be open to a network.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what they may."""

    name: str
    role: str


def viewer(address: str | None) -> Viewer | None:
    """The viewer of pages bound to this address; None: nobody may look."""
    if address not in LOOPBACK:
        return None
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "local"
    return Viewer(name, "officer")
