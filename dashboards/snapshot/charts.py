"""The charts of a snapshot as SVG: Altair's specifications in print colours that stay apart in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from dashboards.snapshot.fonts import FONT, registered
from dashboards.theme import PALETTE

Row = Mapping[str, Any]
INK, MUTED, LINE = (PALETTE[name][0] for name in ("ink", "muted", "line"))
# In this order from light to dark, so that a copy in grey still tells them apart.
COLOURS = {
    "kept": "#CBD8DD", "attested": "#A3B4C9", "running": "#DCE0E4", "undecided": "#E3B25E", "silent": "#EEF0F2",
    "broken": "#B92B27", "critical": "#8E1D1A", "high": "#C77E12", "medium": "#BCC9CF", "low": "#E6EAED",
    "met": "#CBD8DD", "late": "#B92B27",
}  # fmt: skip
WIDTH, HALF = 460, 205  # points of the page's text, and of half of it


def _svg(chart: Any) -> bytes:
    import vl_convert

    registered()
    styled = (
        chart.configure(font=FONT, background="transparent", padding={"left": 10, "right": 4, "top": 4, "bottom": 2})
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=MUTED, titleColor=MUTED, titleFontWeight=400, titleFontSize=9, labelFontSize=9,
            gridColor=LINE, domainColor=LINE, tickColor=LINE, labelFont=FONT, titleFont=FONT,
        )
        .configure_legend(
            orient="bottom", title=None, labelColor=INK, labelFontSize=9, symbolSize=70, symbolType="square",
            labelFont=FONT, columnPadding=14, offset=6,
        )
    )  # fmt: skip
    return str(vl_convert.vegalite_to_svg(styled.to_dict())).encode()


def _scale(keys: Sequence[str], names: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=[names[key] for key in keys], range=[COLOURS[key] for key in keys])


def stacked(
    rows: Sequence[Row],
    x: str,
    keys: Sequence[str],
    names: Mapping[str, str],
    axis: Mapping[str, str],
    height: int = 130,
) -> bytes:
    """Bars by `x`, one layer a key, the first at the bottom. `axis`: titles of x and y."""
    keys = [key for key in keys if any(row.get(key) for row in rows)] or list(keys)[:1]
    flat = [
        {"x": str(row[x]), "y": row.get(key, 0), "key": names[key], "order": place}
        for row in rows for place, key in enumerate(keys)
    ]  # fmt: skip
    chart = (
        alt.Chart(alt.InlineData(values=flat), width=WIDTH - 40, height=height)
        .mark_bar(width={"band": 0.62})
        .encode(
            x=alt.X("x:N", sort=[str(row[x]) for row in rows], title=axis["x"],
                    axis=alt.Axis(labelAngle=0, grid=False, ticks=False)),
            y=alt.Y("y:Q", title=axis["y"],
                    axis=alt.Axis(tickCount=4, format="d", domain=False, ticks=False, tickMinStep=1)),
            color=alt.Color("key:N", scale=_scale(keys, names), sort=[names[key] for key in keys]),
            order=alt.Order("order:Q"),
        )
    )  # fmt: skip
    return _svg(chart)


def lying(
    rows: Sequence[Row], label: str, keys: Sequence[str], names: Mapping[str, str], title: str, width: int = HALF
) -> bytes:
    """Lying bars, one a row, in the order given; one layer a key."""
    flat = [
        {"x": row[key], "y": row[label], "key": names[key], "order": place}
        for row in rows for place, key in enumerate(keys)
    ]  # fmt: skip
    chart = (
        alt.Chart(alt.InlineData(values=flat), width=width - 75, height=max(20 * len(rows), 40))
        .mark_bar(height={"band": 0.6})
        .encode(
            y=alt.Y("y:N", sort=[row[label] for row in rows], title=None,
                    axis=alt.Axis(ticks=False, domain=False, labelColor=INK, labelLimit=90)),
            x=alt.X("x:Q", title=title,
                    axis=alt.Axis(tickCount=4, format="d", ticks=False, domain=False, tickMinStep=1)),
            color=alt.Color("key:N", scale=_scale(keys, names), sort=[names[key] for key in keys]),
            order=alt.Order("order:Q"),
        )
    )  # fmt: skip
    return _svg(chart)


def spread(rows: Sequence[Row], limit: int, words: Mapping[str, str], height: int = 100) -> bytes:
    """How many took how many days (`from`, `to`, `n`), with the promised limit; what lies behind it stands out."""
    flat = [{**row, "late": row["from"] >= limit} for row in rows]
    bars = (
        alt.Chart(alt.InlineData(values=flat), width=HALF - 40, height=height)
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("from:Q", title=words["x"],
                    axis=alt.Axis(values=list(range(0, max([limit, *(row["to"] for row in rows)]) + 1, 7)),
                                  grid=False, ticks=False, format="d")),
            x2="to:Q",
            y2=alt.datum(0),
            y=alt.Y("n:Q", title=words["y"], axis=alt.Axis(tickCount=4, format="d", domain=False, ticks=False)),
            color=alt.condition("datum.late", alt.value(COLOURS["late"]), alt.value(COLOURS["met"])),
        )
    )  # fmt: skip
    line = alt.InlineData(values=[{"at": limit, "text": words["limit"]}])
    rule = alt.Chart(line).mark_rule(color=INK, strokeDash=[3, 2]).encode(x="at:Q")
    text = (
        alt.Chart(line)
        .mark_text(align="right", dx=-4, y=6, fontSize=9, color=INK, font=FONT)
        .encode(x="at:Q", text="text:N")
    )
    return _svg(bars + rule + text)
