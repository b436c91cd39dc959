"""The frame of a panel, and what stands in its place when it cannot be drawn."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from dashboards.speech import Speech


def esc(text: Any) -> str:
    """Text as HTML, also within attributes."""
    return escape(str(text), quote=True)


def panel(name: str, title: str, note: str, body: str) -> str:
    """A titled box; `name` is its anchor and its `data-testid` (`panel-<name>`). `note` and `body` are HTML."""
    return (
        f'<section class="cw-panel" id="{name}" data-testid="panel-{name}" aria-label="{esc(title)}">'
        f'<h2 class="cw-h2">{esc(title)}</h2><p class="cw-note">{note}</p>{body}</section>'
    )


def table(heads: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    """A plain table that scrolls sideways where it must. `heads` are words, the cells of `lines` are HTML."""
    head = "".join(f'<th scope="col">{esc(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    rows = f'<table class="cw-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="cw-scroll">{rows}</div>'


def guarded(name: str, title: str, say: Speech, draw: Callable[[], str], log: Callable[[str, Exception], None]) -> str:
    """What `draw` gives; when it raises, a box that says so with the reference under which the log has it."""
    try:
        return draw()
    except Exception as fault:
        reference = reference_of(fault)
        log(reference, fault)
        text = esc(say("state.panel", reference=reference))
        return (
            f'<section class="cw-panel" id="{name}" data-testid="panel-{name}"><h2 class="cw-h2">{esc(title)}</h2>'
            f'<p class="cw-failed" role="alert" data-testid="panel-failed">{text}</p></section>'
        )


def reference_of(fault: Exception) -> str:
    """Six hex digits that stand for the fault's kind and places: the same fault, the same reference."""
    frames = traceback.extract_tb(fault.__traceback__)
    places = "|".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    return hashlib.sha256(f"{type(fault).__qualname__}|{places}".encode()).hexdigest()[:6]
