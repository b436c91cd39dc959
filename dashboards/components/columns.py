"""Columns beside each other, each a stack above a line and another below it, with a legend."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.panel import esc
from dashboards.speech import number

Series = tuple[str, str, Sequence[int]]  # what it is called, its tone (of `cw-tone-`), a value a column


def stacked(up: Sequence[Series], down: Sequence[Series], titles: Sequence[str], marks: Sequence[str], alt: str) -> str:
    """The columns. `titles`: what each is of, `marks`: what stands below each; `alt`: what they prove, a sentence."""
    places = range(len(titles))
    top = max((sum(values[n] for _, _, values in up) for n in places), default=0)
    low = max((sum(values[n] for _, _, values in down) for n in places), default=0)
    scale = 100 / max(top + low, 1)
    drawn = ""
    for n, (title, mark) in enumerate(zip(titles, marks, strict=True)):
        told = [title, *(f"{name}: {number(values[n])}" for name, _, values in (*up, *down))]
        stacks = _stack("up", up, n, top * scale, scale) + _stack("down", down, n, low * scale, scale)
        drawn += f'<span class="cw-column" title="{esc(chr(10).join(told))}"><b>{stacks}</b><em>{esc(mark)}</em></span>'
    keys = "".join(
        f'<span><i class="cw-key cw-tone-{tone}"></i>{esc(name)}</span>' for name, tone, values in (*up, *down)
    )
    return (
        f'<div class="cw-columns{"" if low else " cw-low"}" role="img" aria-label="{esc(alt)}">{drawn}</div>'
        f'<p class="cw-legend cw-legend-map" aria-hidden="true">{keys}</p>'
    )


def _stack(kind: str, series: Sequence[Series], n: int, share: float, scale: float) -> str:
    """One stack. `share`: per cent of the height that is kept for the highest of its kind."""
    bars = "".join(
        f'<i class="cw-tone-{tone}" style="height:{values[n] * scale / share * 100:.2f}%"></i>'
        for _, tone, values in series
        if values[n]
    )
    return f'<span class="cw-{kind}" style="height:{share:.2f}%">{bars}</span>' if share else ""
