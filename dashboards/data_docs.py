"""Great Expectations' Data Docs of the policy's suites: the library's own page, for whoever may see the policy.

It is written once per rules in a process of its own (the library is heavy), and shown without what the library would
fetch from other hosts: its scripts, styles and pictures.
"""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
import tempfile
import threading
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards import gate, surroundings, theme
from dashboards.sign_in import NotAllowedError
from dashboards.speech import LANGUAGES, Speech
from expectations.rules import rules_digest
from infra.files import private_directory

PATH = "/data-docs"
FOLDER = "data-docs"  # of the data directory, by the rules' digest
LONGEST = 120.0  # seconds
_log = logging.getLogger("dashboards")
_ONE_AT_A_TIME = threading.Lock()
_BODY = re.compile(r'<div class="container-fluid.*(?=<footer)', re.DOTALL)
_FOREIGN = re.compile(r"<(script|style|nav|svg)\b.*?</\1\s*>|<(?:link|img|script)\b[^>]*>", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r'<li style="list-style-type:none;" >.*?</li>', re.DOTALL)  # lines between the expectations
_NAMED = re.compile(r"<li >\s*<span >\s*([A-Z]+-\d+):")
_STYLE = """
body { margin: 0 auto; padding: 32px 24px; max-width: 900px; background: var(--cw-page); color: var(--cw-ink);
  font: 14px/1.5 Inter, sans-serif; color-scheme: light dark; }
h1 { font-size: 21px; font-weight: 650; margin: 0 0 4px; }
h4, h5, h6 { font-size: 14px; font-weight: 600; margin: 16px 0 4px; }
p { color: var(--cw-muted); margin: 0 0 8px; }
a { color: var(--cw-brand); }
ul { list-style: none; padding: 0; margin: 0; }
li { padding: 7px 8px; border-bottom: 1px solid var(--cw-line); }
li:target { background: var(--cw-warn-panel); }
td { padding: 4px 24px 4px 0; }
.card { display: none; }
"""


def address(version: str, clause: str, language: str) -> str:
    """Where a clause stands in the docs of a version's suite."""
    return f"{PATH[1:]}?{urlencode({'version': version, 'lang': language})}#{quote(clause)}"


async def page(request: Request) -> Response:
    """`/data-docs?version=…`: the suite of that version; to be signed in for, in any role."""
    try:
        gate.present(request)
    except NotAllowedError as fault:
        if fault.reason in ("out", "expired"):
            return RedirectResponse(f"/sign-in?{urlencode({'to': f'{PATH}?{request.url.query}'})}", 303)
        return PlainTextResponse("not for you", 403)
    known = [each.version for each in surroundings.policy().versions]
    version = request.query_params.get("version", known[-1])
    if version not in known:
        return PlainTextResponse("the policy has no such version", 404)
    language = request.query_params.get("lang", "")
    say = Speech(language if language in LANGUAGES else "en")
    try:
        site = await asyncio.to_thread(written, surroundings.settings().ensure().data_dir)
        content = (site / f"policy {version}.html").read_text("utf-8")
    except (OSError, subprocess.SubprocessError) as fault:
        told = (getattr(fault, "stderr", None) or b"")[-400:].decode(errors="replace")
        _log.error("data docs failed, %s: %s", type(fault).__qualname__, told)
        return PlainTextResponse(say("policy.no_docs"), 503)
    return HTMLResponse(shown(content, version, say))


ROUTE = Route(PATH, page)


def written(data_dir: Path) -> Path:
    """The folder of the suites' pages, written if these rules have none yet. Raises OSError, SubprocessError."""
    folder = private_directory(data_dir / FOLDER) / rules_digest()[:16]
    with _ONE_AT_A_TIME:
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent) as made:
                command = [sys.executable, "-m", "infra", "policy", "docs", "--out", made]
                subprocess.run(command, check=True, capture_output=True, timeout=LONGEST)
                (Path(made) / "data_docs" / "expectations").rename(folder)
    return folder


def shown(content: str, version: str, say: Speech) -> str:
    """The library's page in the pages' colours; each expectation has its clause as anchor."""
    found = _BODY.search(content)
    body = _FOREIGN.sub("", found[0] if found else content)
    seen: set[str] = set()

    def anchored(match: re.Match[str]) -> str:
        first = match[1] not in seen  # a clause may judge events and open an obligation
        seen.add(match[1])
        return match[0].replace("<li ", f'<li id="{match[1]}" ', 1) if first else match[0]

    body = _NAMED.sub(anchored, _RULE.sub("", body))
    title = escape(say("policy.data_docs_of", version=version))
    palette = ":root{" + theme.variables() + "}"
    font = '@font-face{font-family:Inter;src:url("/fonts/inter.ttf");font-weight:100 900}'
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{font}{palette}{_STYLE}</style>'
        f'</head><body><main><h1 lang="{say.language}">{title}</h1><p lang="{say.language}">'
        f'<a href="/policy?{urlencode({"lang": say.language})}">{escape(say("menu.policy"))}</a> · '
        f"{escape(say('policy.data_docs_note'))}</p>{body}</main></body></html>"
    )
