"""A report as one HTML file: the PDF's twin, with its charts inside and nothing asked of other hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from importlib import resources
from typing import Any

from dashboards.snapshot.blocks import Block, Report


def html(report: Report) -> bytes:
    """The whole document."""
    meta = report.meta
    body = "\n".join(_DRAW[block["kind"]](block, report) for block in report.blocks)
    style = resources.files("dashboards.snapshot").joinpath("report.css").read_text("utf-8")
    draft = f'<p class="draft">{escape(meta["draft"])}</p>' if meta["draft"] else ""
    return (
        f'<!doctype html>\n<html lang="{escape(meta["language"])}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(meta['title'])}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{draft}{body}\n"
        f"</main>\n<footer>{escape(meta['footer'])} · {escape(meta['classification'])}</footer>\n</body>\n</html>\n"
    ).encode()


def _say(block: Block, report: Report) -> str:
    if block["tone"] == "lead":
        text = f"<strong>{escape(block['strong'])}</strong> {escape(block['text'])}"
        return f'<p class="lead {escape(block["accent"])}">{text}</p>'
    return f'<p class="{escape(block["tone"])}">{escape(block["text"])}</p>'


def _tiles(block: Block, report: Report) -> str:
    tiles = "".join(
        f"<div><dt>{escape(each['title'])}</dt><dd><b>{escape(each['value'])}</b> {escape(each['note'])}</dd></div>"
        for each in block["tiles"]
    )
    return f'<dl class="tiles">{tiles}</dl>'


def _figure(chart: Mapping[str, Any], report: Report) -> str:
    svg = report.charts[chart["name"]].decode()
    return (
        f'<figure><div role="img" aria-label="{escape(chart["alt"])}">{svg[svg.index("<svg") :]}</div>'
        f"<figcaption>{escape(chart['caption'])}</figcaption></figure>"
    )


def _cell(cell: Any, right: bool) -> str:
    shape = ' class="right"' if right else ""
    if isinstance(cell, str):
        return f"<td{shape}>{escape(cell)}</td>"
    mark = f'<span aria-hidden="true">{escape(cell["mark"])}</span> ' if cell["mark"] else ""
    return f'<td{shape}><span class="{escape(cell["tone"])}">{mark}{escape(cell["text"])}</span></td>'


def _table(block: Block, report: Report) -> str:
    rights = [each["align"] == "right" for each in block["columns"]]
    heads = "".join(
        f'<th scope="col"{" class=right" * right}>{escape(each["title"])}</th>'
        for each, right in zip(block["columns"], rights, strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(_cell(cell, right) for cell, right in zip(row, rights, strict=True))}</tr>"
        for row in block["rows"]
    )
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _points(block: Block, report: Report) -> str:
    points = "".join(
        f"<li><b>{escape(each['strong'])}</b> {escape(each['text'])} <i>{escape(each['note'])}</i></li>"
        for each in block["points"]
    )
    return f"<ol>{points}</ol>"


def _digests(block: Block, report: Report) -> str:
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in block["heads"])
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value) if plain else f'<code>{escape(value)}</code>'}</td></tr>"
        for name, value, plain in block["rows"]
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


_DRAW: Mapping[str, Callable[[Block, Report], str]] = {
    "heading": lambda block, _: f"<h{block['level']}>{escape(block['text'])}</h{block['level']}>",
    "say": _say,
    "tiles": _tiles,
    "chart": _figure,
    "pair": lambda block, report: (
        f'<div class="pair">{"".join(_figure(each, report) for each in block["charts"])}</div>'
    ),
    "table": _table,
    "points": _points,
    "digests": _digests,
    "sign": lambda block, _: (
        f'<div class="pair sign">{"".join(f"<p>{escape(each)}</p>" for each in block["names"])}</div>'
    ),
    "page": lambda block, _: "",
}
