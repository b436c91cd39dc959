"""Small pictures of a figure's course: bars and a line, as a mask over a colour of the theme.

`st.html` lets no `<svg>` through; a mask needs none, and a change of theme draws nothing anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dashboards.components.panel import esc

WIDTH, HEIGHT = 150.0, 34.0


def bars(values: Sequence[float], alt: str, tone: str = "", width: float = WIDTH, height: float = HEIGHT) -> str:
    """Bars from zero, the newest at the right. A value above zero is at least a hair high, zero is a faint line."""
    top = max(values, default=0) or 1
    step = width / max(len(values), 1)
    thick = max(min(step - 1.5, 7.0), step * 0.55)
    drawn = []
    for place, value in enumerate(values):
        high = max(value / top * (height - 1), 1.5 if value else 1.0)
        faint = "" if value else " opacity='.35'"
        x, y, round_ = place * step + (step - thick) / 2, height - high, min(thick / 4, 1.5, high / 2)
        drawn.append(
            f"<rect{faint} x='{x:.2f}' y='{y:.2f}' width='{thick:.2f}' height='{high:.2f}' rx='{round_:.2f}'/>"
        )
    return _mask(alt, "".join(drawn), tone, width, height)


def line(values: Sequence[float], alt: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    """A line through the values, from zero; two values at least, else nothing."""
    if len(values) < 2:
        return ""
    top = max(max(values) * 1.15, 1e-9)
    step = (width - 4) / (len(values) - 1)
    points = " ".join(
        f"{2 + place * step:.2f},{height - 2 - value / top * (height - 4):.2f}" for place, value in enumerate(values)
    )
    drawn = (
        f"<polyline points='{points}' fill='none' stroke='#000' stroke-width='1.75' "
        "stroke-linejoin='round' stroke-linecap='round' vector-effect='non-scaling-stroke'/>"
    )
    return _mask(alt, drawn, "", width, height)


def _mask(alt: str, inner: str, tone: str, width: float, height: float) -> str:
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}' "
        f"preserveAspectRatio='none'>{inner}</svg>"
    )
    said = f'role="img" aria-label="{esc(alt)}"' if alt else 'aria-hidden="true"'  # beside its figure: decoration
    url = f"data:image/svg+xml,{quote(picture)}"
    mask = f"url({url}) 0 0/100% 100% no-repeat"
    return f'<span class="cw-spark {tone}" {said} style="-webkit-mask:{mask};mask:{mask}"></span>'
