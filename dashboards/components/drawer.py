"""The drawer into which a row of a list opens; Escape, its cross and the shade beside it close it."""

from __future__ import annotations

from dashboards.address import changed
from dashboards.components.panel import esc
from dashboards.speech import Speech


def drawer(name: str, label: str, opened_by: str, body: str, say: Speech, kind: str = "") -> str:
    """`name`: its `data-testid` (`panel-<name>`); `opened_by`: the part of the address that opened it; `body`: HTML."""
    away = esc(changed(**{opened_by: None}))
    shut = (
        f'<a class="cw-shut" href="{away}" data-escape data-testid="close" '
        f'aria-label="{esc(say("finding.close"))}">✕</a>'
    )
    return (
        f'<a class="cw-shade" href="{away}" tabindex="-1" aria-hidden="true"></a>'
        f'<aside class="cw-drawer{kind and " " + kind}" role="dialog" aria-label="{esc(label)}" '
        f'data-testid="panel-{name}">{shut}{body}</aside>'
    )
