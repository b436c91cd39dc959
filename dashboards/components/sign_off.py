"""Signing a final snapshot off: an event of the compliance desk, shown once it came back through the audit."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.acting import NotDoneError, actor, event, publish
from dashboards.components.panel import esc, panel
from dashboards.questions import desk, question
from dashboards.snapshot.bundle import MANIFEST
from dashboards.speech import Speech
from dashboards.store import Row

ROLES = frozenset({"officer", "management"})
SENT = "snapshot_sign_off_sent"


def manifest_digest(path: Path) -> str:
    """What is signed: the SHA-256 of the bundle's manifest, which names that of every file."""
    with zipfile.ZipFile(path) as archive:
        return hashlib.sha256(archive.read(MANIFEST)).hexdigest()


def signature(snapshot: str, digest: str, actor: str) -> dict[str, Any]:
    """The event that signs it, of now."""
    return event("snapshot.signed_off", snapshot=snapshot, digest=digest, actor=actor)


def signed_off(path: Path) -> str:
    """Sign that bundle off; the event's id. Raises NotDoneError: the role may not, or the broker did not take it."""
    who = actor(ROLES)
    made = signature(path.stem, manifest_digest(path), who)
    publish([made])
    return str(made["id"])


def signatures(rows: Iterable[Row], snapshot: str, digest: str, say: Speech) -> str:
    """Who signed this file, and who signed another of its name (HTML)."""
    mine = [row for row in rows if row["snapshot"] == snapshot]
    lines = [
        f'<p data-testid="signed">{"✓" if row["digest"] == digest else "◆"} '
        + esc(
            say(
                "snapshots.signed" if row["digest"] == digest else "snapshots.signed_other",
                actor=row["actor"] or "–",
                at=say.clock(row["time"], datetime.fromtimestamp(0, UTC)),
            )
        )
        + "</p>"
        for row in mine
    ]
    body = "".join(lines) or f"<p>{esc(say('snapshots.unsigned'))}</p>"
    return panel("signatures", say("snapshots.signatures"), esc(say("snapshots.signatures_note")), body)


def sign_off(path: Path, final: bool, say: Speech) -> None:
    """Who signed, and the button for who did not; a draft is not signed."""
    if not final:
        return
    answer = desk().ask(question("snapshot_signed"))[0]
    st.html(signatures(answer.rows, path.stem, manifest_digest(path), say))
    sent = st.session_state.get(SENT, {}).get(path.stem)
    if sent == "failed":
        st.warning(say("snapshots.sign_failed"))
    elif sent and sent not in {row["id"] for row in answer.rows}:
        st.caption(say("snapshots.sign_sent"))
        return
    if sent in (None, "failed"):
        st.button(say("snapshots.sign"), key=f"sign-{path.stem}", on_click=_pressed, args=(path,))


def _pressed(path: Path) -> None:
    try:
        told = signed_off(path)
    except NotDoneError:
        told = "failed"
    st.session_state[SENT] = {**st.session_state.get(SENT, {}), path.stem: told}
