"""How a notice leaves the house: a webhook, a running Alertmanager, or one of Apprise's channels.

Secrets are read from their file or variable at each attempt, and reach no log, ledger or message.
"""

from __future__ import annotations

import json
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from infra.errors import UserError
from infra.files import read_secret
from streams.alerts import messages, reports, snapshot_texts, texts
from streams.alerts.config import KINDS, Integration
from streams.alerts.delivery import Outcome
from streams.alerts.matching import duration

Row = Mapping[str, Any]
TIMEOUT = 10.0  # seconds
TEAMS = ("msteams", "msteamsv2")  # whose cards are Markdown


def send(way: Integration, language: str, notice: Row, now: datetime) -> Outcome:
    """One attempt. Does not raise; `fault` is words of ours, never of the receiver."""
    message = json.loads(notice["message"])
    seconds = duration(way.options["timeout"]).total_seconds() if "timeout" in way.options else TIMEOUT
    try:
        if "snapshot" in message:
            return _snapshot(way, language, notice, message, seconds)
        match way.kind:
            case "webhook":
                told = messages.version_4(notice, message, language, way.options.get("max_alerts", 0))
                return _post(_secret(way, "url"), told, way, notice, seconds)
            case "alertmanager":
                address = _secret(way, "url").rstrip("/") + "/api/v2/alerts"
                return _post(address, messages.version_2(notice, message, language, now), way, notice, seconds)
        body = texts.body(language, message, repeated=notice["repeated"], markdown=way.kind in TEAMS)
        kind = "warning" if message["status"] == "firing" else "success"
        return _by_apprise(way, seconds, texts.title(language, message), body, kind, message["link"])
    except UserError as fault:
        return Outcome(fault.message)
    except Exception as fault:  # of a library: its message may hold an address with a secret
        return Outcome(type(fault).__name__)


def _snapshot(way: Integration, language: str, notice: Row, message: Row, seconds: float) -> Outcome:
    """One attempt at a snapshot's notice: by mail with the PDF, if the bundle is still the one that it tells of."""
    match way.kind:
        case "webhook":
            return _post(_secret(way, "url"), snapshot_texts.version_4(notice, message, language), way, notice, seconds)
        case "alertmanager":
            address = _secret(way, "url").rstrip("/") + "/api/v2/alerts"
            return _post(address, snapshot_texts.version_2(notice, message, language), way, notice, seconds)
    failed = message["snapshot"]["failed"]
    pdf = reports.pages(message["snapshot"], language) if way.kind in ("email", "apprise") and not failed else None
    with tempfile.TemporaryDirectory(prefix="clausewatch-") as folder:
        file = Path(folder) / pdf[0] if pdf else None
        if pdf and file:
            file.write_bytes(pdf[1])
        attached, again = file is not None and way.kind == "email", notice["repeated"]
        body = snapshot_texts.body(language, message, attached=attached, repeated=again, markdown=way.kind in TEAMS)
        kind = "warning" if failed else "info"
        return _by_apprise(way, seconds, snapshot_texts.title(language, message), body, kind, message["link"], file)


def _secret(way: Integration, name: str) -> str:
    """An option, or what its file or variable holds. Raises UserError."""
    if name in way.options:
        return str(way.options[name])
    if file := way.options.get(f"{name}_file"):
        return read_secret(Path(file))
    variable = way.options[f"{name}_env"]
    if not (found := os.environ.get(variable)):
        raise UserError(f"{variable} is not set", "set it for the process that tells alerts")
    return found


def _post(url: str, told: Any, way: Integration, notice: Row, seconds: float) -> Outcome:
    headers = {"Content-Type": "application/json", "User-Agent": "clausewatch", "Idempotency-Key": notice["notice"]}
    if login := way.options.get("http_config", {}).get("authorization"):
        credentials = _secret(Integration(way.kind, way.number, login), "credentials")
        headers["Authorization"] = f"{login.get('type', 'Bearer')} {credentials}"
    asked = urllib.request.Request(url, json.dumps(told).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=seconds):
            return Outcome()
    except urllib.error.HTTPError as answer:
        answer.close()
        lasting = 400 <= answer.code < 500 and answer.code not in (401, 403, 404, 408, 425, 429)
        return Outcome(f"answered {answer.code}", lasting)
    except TimeoutError:
        return Outcome(f"no answer within {seconds:g} s")
    except OSError as fault:  # URLError too
        reason = getattr(fault, "reason", fault)
        if isinstance(reason, TimeoutError):
            return Outcome(f"no answer within {seconds:g} s")
        return Outcome(f"not reached ({type(reason).__name__})")


def _addresses(way: Integration, seconds: float) -> list[str]:
    """Apprise's addresses of an integration; a file may hold several, one a line."""
    if way.kind == "email":
        return [_mail(way.options, seconds)]
    name = KINDS[way.kind]
    assert name is not None
    return [line.strip() for line in _secret(way, name).splitlines() if line.strip() and not line.startswith("#")]


def _mail(options: Mapping[str, Any], seconds: float) -> str:
    host, _, port = options["smarthost"].rpartition(":")
    safe = options.get("require_tls", True)
    login = ""
    if user := options.get("auth_username"):
        login = f"{quote(user, safe='')}:{quote(_secret(Integration('email', 0, options), 'auth_password'), safe='')}@"
    asked = {
        "from": options["from"],
        "to": options["to"],
        "smtp": host,
        "format": "text",
        "mode": "starttls" if safe else "insecure",
        "cto": f"{seconds:g}",
        "rto": f"{seconds:g}",
    }
    return f"mailto{'s' * safe}://{login}{host}:{port}/?{urlencode(asked)}"


def _by_apprise(
    way: Integration, seconds: float, title: str, body: str, kind: str, link: str, file: Path | None = None
) -> Outcome:
    """`kind`: Apprise's (info, success, warning); `file`: attached where the channel takes files."""
    import apprise

    addresses = _addresses(way, seconds)
    known: dict[str, Any] = {"app_id": "Clausewatch", "app_desc": "Clausewatch", "app_url": link}
    pictures: dict[str, Any] = {
        "image_url_mask": "",
        "image_url_logo": "",
    }  # none: whoever reads would ask another host for them
    told = apprise.Apprise(asset=apprise.AppriseAsset(**known, **pictures))
    for address in addresses:
        if not told.add(address):
            return Outcome("an address that Apprise does not know")
    if not addresses:
        return Outcome("no address in the file or variable")
    form = apprise.NotifyFormat.MARKDOWN if way.kind in TEAMS else apprise.NotifyFormat.TEXT
    attach = None if file is None else str(file)
    sent = told.notify(title=title, body=body, body_format=form, notify_type=apprise.NotifyType(kind), attach=attach)
    return Outcome() if sent else Outcome("the channel did not take it")
