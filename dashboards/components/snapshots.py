"""The pieces of the page Snapshots: preview of a bundle's pages, its digests, its editions, and downloads."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards.address import changed, chosen, link
from dashboards.components.panel import esc, panel
from dashboards.questions import desk
from dashboards.sign_in import allowed, mine
from dashboards.snapshot.bundle import FIGURES, MANIFEST, opened, setter, unpacked
from dashboards.snapshot.typeset import pictures
from dashboards.snapshot.verify import HEAD_SUFFIX
from dashboards.speech import Speech
from infra.quarter import Quarter
from infra.schedule import Schedule

ROLES = frozenset({"officer", "management"})
PPI = 130
_FAULTS = (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError)


@dataclass(frozen=True)
class Told:
    """What a bundle says of itself."""

    path: Path
    manifest: dict[str, Any]
    figures: dict[str, Any]
    chain: str

    def head(self, say: Speech, schedule: Schedule) -> tuple[str, str]:
        """The page's heading, and the line below it."""
        quarter, number = Quarter.of(self.figures["quarter"]), self.manifest["edition"]
        given = {"number": quarter.number, "year": quarter.year, "edition": number}
        kind = "draft" if not number else "final" if number == 1 else "restated"
        closes = schedule.closes(quarter.back(-1) if number else quarter)  # when the next final one is due
        states = self.figures["states"]
        below = say(
            "snapshots.below", kept=states.get("kept", 0), broken=states.get("broken", 0),
            all=len(self.figures["promises"]), at=_day(say, self.figures["last_day"]),
        )  # fmt: skip
        if closes is not None:
            below += say("snapshots.next", next=_day(say, closes.astimezone(ZoneInfo(self.figures["zone"])).date()))
        return say(f"snapshots.head.{kind}", **given), below


def told_of(path: Path) -> Told | None:
    """What the bundle says; None when it cannot be read."""
    try:
        return _told(path, path.stat().st_mtime_ns)
    except _FAULTS:
        return None


@lru_cache(maxsize=32)
def _told(path: Path, changed_at: int) -> Told:
    with zipfile.ZipFile(path) as archive:
        manifest, figures = (json.loads(archive.read(name)) for name in (MANIFEST, FIGURES))
    try:
        chain = str(json.loads(path.with_name(path.name + HEAD_SUFFIX).read_bytes()).get("chain", ""))
    except (OSError, ValueError):
        chain = ""
    return Told(path, manifest, figures, chain)


@lru_cache(maxsize=4)
def _pictures(path: Path, changed_at: int, language: str) -> tuple[bytes, ...]:
    made = opened(unpacked(path))
    at = datetime.fromisoformat(made.parameters.as_of)
    return tuple(pictures(made.report(Speech(language, made.parameters.zone)), b"{}", at, PPI))


def preview(told: Told, say: Speech) -> str:
    """One page of the report as a picture, and links to the others."""
    if told.manifest["set_by"] != setter():
        return panel("preview", say("snapshots.preview"), esc(say("snapshots.preview_other")), "")
    found = _pictures(told.path, told.path.stat().st_mtime_ns, say.language)
    sheet = chosen("sheet", [str(n + 1) for n in range(len(found))]) or "1"
    links = "".join(
        f'<a href="{esc(changed(sheet=n))}" target="_self"{" aria-current=page" * (str(n) == sheet)}>{n}</a>'
        for n in range(1, len(found) + 1)
    )
    picture = base64.b64encode(found[int(sheet) - 1]).decode()
    alt = say("snapshots.alt", page=sheet, all=len(found))
    body = (
        f'<nav class="cw-pills cw-sheets" aria-label="{esc(say("snapshots.pages"))}">{links}</nav>'
        f'<img class="cw-sheet" data-testid="sheet" alt="{esc(alt)}" src="data:image/png;base64,{picture}">'
    )
    return panel("preview", say("snapshots.preview"), esc(say("snapshots.preview_note")), body)


def digests(told: Told, say: Speech) -> str:
    """What proves the file: the PDF's digest, the root of the findings, the head of the chain."""
    rows = [
        ("snapshots.pdf_digest", told.manifest["files"][f"snapshot-{say.language}.pdf"]),
        ("snapshots.root", told.manifest["root"]),
        ("snapshots.chain", told.chain or "–"),
    ]
    body = "".join(
        f"<dt>{esc(say(word))}</dt><dd><code data-testid='{word.split('.')[1]}'>{esc(_spaced(digest))}</code></dd>"
        for word, digest in rows
    )
    check = say("snapshots.check", file=told.path.name)
    return panel("digests", say("snapshots.digests"), esc(check), f'<dl class="cw-dl cw-digests">{body}</dl>')


def _spaced(digest: str) -> str:
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8)) if len(digest) > 8 else digest


def earlier(found: list[tuple[str, int, Path]], stem: str, say: Speech) -> str:
    """Every edition, newest first, each a link."""
    rows = []
    for quarter, number, path in found:
        told = told_of(path)
        kept = "–" if told is None else f"{told.figures['states'].get('kept', 0)} / {len(told.figures['promises'])}"
        kind = say("snapshots.draft") if not number else say("snapshots.edition", number=number)
        current = ' aria-current="true"' * (path.stem == stem)
        rows.append(
            f'<tr data-testid="edition-{esc(path.stem)}"><td><a href="{esc(link("snapshots", edition=path.stem))}" '
            f'target="_self"{current}>{esc(quarter)}</a></td><td>{esc(kept)}</td><td>{esc(kind)}</td></tr>'
        )
    heads = "".join(f"<th scope='col'>{esc(each)}</th>" for each in say.words("snapshots.heads"))
    table = f'<table class="cw-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return panel("editions", say("snapshots.editions"), esc(say("snapshots.newest")), table)


def downloads(told: Told, say: Speech) -> None:
    """A button for the PDF and one for the bundle; each made for the session that asked, after a check, and noted."""
    pdf = f"snapshot-{say.language}.pdf"
    with st.container(key="cw_downloads"):
        for name, file, kind in (
            ("pdf", f"{told.path.stem}-{say.language}.pdf", "application/pdf"),
            ("bundle", told.path.name, "application/zip"),
        ):
            st.download_button(
                say(f"snapshots.take.{name}"),
                data=mine(partial(taken_away, told.path, pdf if name == "pdf" else None)),
                file_name=file,
                mime=kind,
                key=f"take-{name}",
                on_click="ignore",
                type="primary" if name == "pdf" else "secondary",
                icon=":material/download:" if name == "pdf" else ":material/folder_zip:",
                use_container_width=True,
            )


def taken_away(path: Path, file: str | None) -> bytes:
    """The bundle, or one file of it. Raises NotAllowedError: the role is looked up when somebody asks."""
    who = allowed(ROLES)
    content = unpacked(path)[file] if file else path.read_bytes()
    desk().note(who.name, "export", f"snapshot {path.name} {file or ''} {hashlib.sha256(content).hexdigest()[:12]}")
    return content


def _day(say: Speech, on: date | str) -> str:
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{on.day} {say('months').split()[on.month - 1]} {on.year}"
