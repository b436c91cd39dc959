"""A report as PDF (PDF/UA-1 and PDF/A-3a, its figures attached) and as pictures of its pages, by Typst.

No file is read but the report's own and the fonts shipped, and the date is that of the data: the same report gives
the same bytes.
"""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from typing import Any

from dashboards.snapshot.blocks import Report
from dashboards.snapshot.fonts import directory

STANDARDS = ["ua-1", "a-3a"]


def pdf(report: Report, figures: bytes, at: datetime) -> bytes:
    """The PDF. `at`: the instant that it bears."""
    return bytes(_compiled(report, figures, at, format="pdf", pdf_standards=STANDARDS))


def pictures(report: Report, figures: bytes, at: datetime, ppi: float = 144) -> list[bytes]:
    """Its pages as PNG."""
    found = _compiled(report, figures, at, format="png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found)


def _compiled(report: Report, figures: bytes, at: datetime, **how: Any) -> Any:
    import typst

    files = {
        "main.typ": resources.files("dashboards.snapshot").joinpath("report.typ").read_bytes(),
        "report.json": json.dumps({"meta": report.meta, "blocks": report.blocks}, ensure_ascii=False).encode(),
        "figures.json": figures,
        **report.charts,
    }
    fonts = [directory()]
    return typst.compile(files, font_paths=fonts, ignore_system_fonts=True, timestamp=int(at.timestamp()), **how)
