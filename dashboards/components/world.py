"""A map of the world by country. Shapes: Natural Earth 1:110m (public domain), plate carrée, cut at 84° N.

`st.html` lets no `<svg>` through: each kind of country is a layer, its shapes a mask over a colour of the theme.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from urllib.parse import quote

from dashboards.components.panel import esc


@cache
def shapes() -> Mapping[str, tuple[str, str]]:
    """Country (ISO 3166-1 alpha-2; a dash and its name where it has none) -> its name, its outline (SVG path)."""
    text = resources.files("dashboards.components").joinpath("world.json").read_text("utf-8")
    return {code: (name, path) for code, (name, path) in json.loads(text).items()}


def name_of(code: str) -> str:
    """What a country is called; its code where the map has it not."""
    return shapes()[code][0] if code in shapes() else code


def world(kinds: Mapping[str, str], alt: str) -> str:
    """The map: `kinds` gives a country its layer (class `cw-land-…`), all others lie below. `alt`: what it shows."""
    others = _layer("cw-land", (code for code in shapes() if code not in kinds))
    layers = "".join(
        _layer(f"cw-land-{kind}", (code for code, each in kinds.items() if each == kind))
        for kind in sorted(set(kinds.values()))
    )
    return f'<div class="cw-world" role="img" aria-label="{esc(alt)}">{others}{layers}</div>'


def _layer(name: str, codes: Iterable[str]) -> str:
    drawn = "".join(shapes()[code][1] for code in codes if code in shapes())
    picture = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1000 440'><path d='{drawn}'/></svg>"
    mask = f"url(&quot;data:image/svg+xml,{quote(picture, safe='')}&quot;) 0 0/100% 100% no-repeat"
    return f'<i class="{esc(name)}" style="mask:{mask}"></i>'
