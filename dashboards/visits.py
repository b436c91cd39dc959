"""When a viewer was last here: the access log notes visits while they last, so it survives a restart, on any device."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from dashboards.questions import Question, desk, question

AGAIN = 10 * 60.0  # seconds after which a visit that lasts is noted again; the query `last_visit` knows when one ends
_noted: dict[str, float] = {}  # who -> the monotonic clock's when it was noted last
_lock = threading.Lock()


def visits(who: str) -> None:
    """Note that this viewer is here, off the page's thread; one that could not be noted is noted a little later."""
    with _lock:
        if time.monotonic() - _noted.get(who, -AGAIN) < AGAIN:
            return
        _noted[who] = time.monotonic()
    threading.Thread(target=_note, args=(who,), name="visit", daemon=True).start()


def _note(who: str) -> None:
    try:
        desk().note(who, "visit", "now")
    except Exception:  # whatever failed: it is tried again after half a minute
        with _lock:
            _noted[who] = time.monotonic() - AGAIN + 30


def last_visit(who: str) -> datetime | None:
    """When the viewer's visit before this one ended; None: it is the first, or it is not known yet. Never waits."""
    (answer,) = desk().ask(question("last_visit", who=who, every=60), wait=0)
    left_at: datetime | None = answer.rows[0]["left_at"] if answer.rows else None
    return left_at


def changes(since: datetime) -> dict[str, Question]:
    """What became of breaches since then, by the filter `state` of the page Breaches: a row with the total, or none."""
    return {
        state: question("breaches", state=state, news=since, rows=1, every=60)
        for state in ("stands", "overdue", "resolved")
    }
