"""Who signs people in to the pages: an OpenID Connect provider, by `sign-in.yaml` of the data directory.

issuer: https://login.example.org/realms/company     # its metadata stands below /.well-known/openid-configuration
client_id: clausewatch
client_secret_file: sign-in.secret                   # 0600; beside this file, unless the path is absolute
address: https://audit.example.org                   # of the pages, as browsers know it; the provider has to know
                                                     # https://audit.example.org/oauth2callback
roles: {officer: [privacy-officers], management: [board], engineer: [operations]}     # values of the claim
role_claim: groups                                   # of the ID token; `a.b` is `b` within `a` [roles]
name_claim: preferred_username                       # who did it, in events and logs; else the subject
hours: 8                                             # how long a sign-in lasts

Beside it, `sign-in.deny`: one subject, or SHA-256 of an e-mail address in small letters, a line. Read at every look.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from infra.errors import UserError
from infra.files import read_secret, secret
from infra.settings import Settings

FILE = "sign-in.yaml"
VARIABLE = "CLAUSEWATCH_SIGN_IN"
ROLES = ("officer", "management", "engineer")  # of several the first counts
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST = 24.0  # hours
_NEEDED = ("issuer", "client_id", "client_secret_file", "address", "roles")
_KNOWN = {*_NEEDED, "role_claim", "name_claim", "hours", "scope"}


@dataclass(frozen=True)
class Provider:
    """One OpenID Connect provider and what its claims mean here. `hours`: of a sign-in; `roles`: role -> values."""

    issuer: str
    client_id: str
    client_secret_file: Path
    address: str
    roles: Mapping[str, frozenset[str]]
    deny_file: Path
    role_claim: str = "roles"
    name_claim: str = "preferred_username"
    hours: float = 8
    scope: str = "openid email profile"

    @property
    def host(self) -> str:
        """Of the pages, as browsers name it."""
        return urlsplit(self.address).hostname or ""

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach the pages by TLS."""
        return self.address.startswith("https:")

    def client(self) -> Mapping[str, Any]:
        """What Streamlit and Authlib are told of it; holds the secret. Raises UserError when others can read that."""
        return {
            "client_id": self.client_id,
            "client_secret": read_secret(self.client_secret_file),
            "server_metadata_url": f"{self.issuer}/.well-known/openid-configuration",
            "client_kwargs": {"scope": self.scope},
            "authorize_params": {"max_age": round(self.hours * 3600)},
        }

    def denied(self) -> frozenset[str]:
        """The deny list as it stands now; none when there is no file. Raises OSError when it cannot be read."""
        try:
            lines = self.deny_file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return frozenset()
        return frozenset(word for line in lines if (word := line.partition("#")[0].strip()))


def load(settings: Settings, environ: Mapping[str, str] | None = None) -> Provider | None:
    """Of CLAUSEWATCH_SIGN_IN, else of the data directory; None: there is none. Raises UserError with what is wrong."""
    named = (os.environ if environ is None else environ).get(VARIABLE)
    path = Path(named).expanduser().absolute() if named else settings.data_dir / FILE
    if not named and not path.exists():
        return None
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", f"mend it, or unset {VARIABLE}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no YAML: {' '.join(str(error).split())[:200]}", "mend that line") from None
    found = _provider(said, path)
    found.client()
    return found


def cookie_secret(settings: Settings) -> str:
    """What signs the cookie of a sign-in; made at first use, 0600. Another one ends every sign-in."""
    return secret(settings.ensure().data_dir / "sign-in.key")


def _provider(said: object, path: Path) -> Provider:
    def wrong(what: str, cure: str) -> UserError:
        return UserError(f"{path}: {what}", cure)

    if not isinstance(said, dict):
        raise wrong("it says nothing", f"write {', '.join(_NEEDED)}")
    if missing := [name for name in _NEEDED if not said.get(name)]:
        raise wrong(f"{', '.join(missing)} is missing", f"write {', '.join(_NEEDED)}")
    if odd := sorted(map(str, said.keys() - _KNOWN)):
        raise wrong(f"{', '.join(odd)} is none of its settings", f"it may say {', '.join(sorted(_KNOWN))}")
    texts = {name: value for name, value in said.items() if name not in ("roles", "hours")}
    if bad := [name for name, value in texts.items() if not isinstance(value, str)]:
        raise wrong(f"{bad[0]} is no text", f"write {bad[0]} in quotes")
    for name in ("issuer", "address"):
        _refuse_open(said[name], lambda what, cure, name=name: wrong(f"{name} {what}", cure))
    if not re.fullmatch(r"https?://[^/?#]+/?", said["address"]):
        raise wrong("address is more than a host", "write https://HOST, or https://HOST:PORT")
    hours = said.get("hours", 8)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= LONGEST:
        raise wrong(f"hours is {hours!r}", f"write a number above 0, up to {LONGEST:.0f}")
    scope = said.get("scope", Provider.scope)
    if "openid" not in scope.split():
        raise wrong("scope has no openid", f'write "{Provider.scope}"')
    return Provider(
        issuer=said["issuer"].rstrip("/"),
        client_id=said["client_id"],
        client_secret_file=path.parent / Path(said["client_secret_file"]).expanduser(),
        address=said["address"].rstrip("/"),
        roles=_roles(said["roles"], wrong),
        deny_file=path.with_suffix(".deny"),
        role_claim=said.get("role_claim", Provider.role_claim),
        name_claim=said.get("name_claim", Provider.name_claim),
        hours=hours,
        scope=scope,
    )


def _refuse_open(url: str, wrong: Any) -> None:
    """An address that is no https, unless it is on this machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise wrong(f'"{url}" is no address', "write https://HOST")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise wrong(f'"{url}" is not encrypted', "write https://; http is for this machine only")


def _roles(said: object, wrong: Any) -> Mapping[str, frozenset[str]]:
    cure = f"write who is {', '.join(ROLES)}: a list of values of the claim each"
    if not isinstance(said, dict) or said.keys() - set(ROLES):
        raise wrong("roles names others than ours", cure)
    found = {role: [values] if isinstance(values, str) else values for role, values in said.items()}
    if not all(isinstance(values, list) and values for values in found.values()):
        raise wrong("roles has one without values", cure)
    return {role: frozenset(map(str, values)) for role, values in found.items()}
