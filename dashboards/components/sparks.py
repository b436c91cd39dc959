"""Small pictures of a figure's course, as SVG: bars and a line. Colours come from the theme's variables, so that a
change of theme draws nothing anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.panel import esc

WIDTH, HEIGHT = 150.0, 34.0


def bars(
    values: Sequence[float], alt: str, tone: str = "", width: float = WIDTH, height: float = HEIGHT
) -> str:
    """Bars from zero, the last at the right; a value above zero is at least a hair high."""
    top = max(values, default=0) or 1
    step = width / max(len(values), 1)
    thick = max(min(step - 1.5, 7.0), step * 0.55)
    drawn = []
    for place, value in enumerate(values):
        high = max(value / top * (height - 1), 1.5 if value else 0.75)
        kind = "" if value else ' class="cw-nil"'
        drawn.append(
            f'<rect{kind} x="{place * step + (step - thick) / 2:.2f}" y="{height - high:.2f}" width="{thick:.2f}" '
            f'height="{high:.2f}" rx="{min(thick / 4, 1.5):.2f}"/>'
        )
    return _svg("cw-bars " + tone, alt, "".join(drawn), width, height)


def line(values: Sequence[float], alt: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    """A line through the values, from zero; two values at least, else nothing."""
    if len(values) < 2:
        return _svg("cw-line", alt, "", width, height)
    top = max(max(values) * 1.15, 1e-9)
    step = width / (len(values) - 1)
    points = " ".join(
        f"{place * step:.2f},{height - 1.5 - value / top * (height - 3):.2f}"
        for place, value in enumerate(values)
    )
    return _svg("cw-line", alt, f'<polyline points="{points}"/>', width, height)


def _svg(kind: str, alt: str, inner: str, width: float, height: float) -> str:
    said = (
        f'role="img" aria-label="{esc(alt)}"' if alt else 'aria-hidden="true"'
    )  # beside its figure: decoration
    return (
        f'<svg class="cw-spark {kind.strip()}" viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="none" '
        f"{said}>{inner}</svg>"
    )
