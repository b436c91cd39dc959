"""What stands below a list that is read page by page: how much is shown, and the ways on and back."""

from __future__ import annotations

from dashboards.address import changed
from dashboards.components.panel import esc
from dashboards.speech import Speech


def foot(told: str, ways: str) -> str:
    """The line below a list: how much it shows, and `ways` (HTML)."""
    return f'<div class="cw-foot"><p class="cw-note" data-testid="count">{esc(told)}</p>{ways}</div>'


def ways(later: bool, after: str | None, say: Speech) -> str:
    """Links to the first page, from a `later` one, and to the next, which begins `after` that key; HTML."""
    first, more = esc(changed(after=None)), esc(changed(after=after))
    back = f'<a class="cw-link" href="{first}">{esc(say("breaches.first"))}</a>' if later else ""
    on = f'<a class="cw-link" href="{more}" data-testid="more">{esc(say("breaches.more"))}</a>' if after else ""
    return f'<nav class="cw-pages" aria-label="{esc(say("breaches.pages"))}">{back}{on}</nav>'
