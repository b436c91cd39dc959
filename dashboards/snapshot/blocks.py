"""What a report consists of: blocks, the same for the PDF and its HTML twin. All texts are in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]
Cell = str | dict[str, str]


@dataclass
class Report:
    """`blocks` in order; `charts`: SVG by the name that a block gives; `meta`: title, language, header, footer …"""

    meta: dict[str, str]
    blocks: list[Block] = field(default_factory=list)
    charts: dict[str, bytes] = field(default_factory=dict)

    def add(self, kind: str, **told: Any) -> None:
        """One block more."""
        self.blocks.append({"kind": kind, **told})

    def heading(self, text: str, level: int = 2) -> None:
        self.add("heading", text=text, level=level)

    def say(self, text: str, tone: str = "") -> None:
        """A paragraph; `tone`: muted, lead, warn or nothing."""
        self.add("say", text=text, tone=tone)

    def chart(self, name: str, svg: bytes, caption: str, alt: str, width: str = "100%") -> None:
        """A chart with the sentence that it proves."""
        self.charts[name] = svg
        self.add("chart", name=name, caption=caption, alt=alt, width=width)

    def table(self, columns: Sequence[tuple[str, str, str]], rows: Iterable[Sequence[Cell]], none: str = "") -> None:
        """`columns`: title, width (`auto`, `1fr`, `60pt`), align (left, right). Without rows it says `none`."""
        told = [list(row) for row in rows]
        if not told and none:
            self.say(none, "muted")
            return
        heads = [{"title": title, "width": width, "align": align} for title, width, align in columns]
        self.add("table", columns=heads, rows=told)


def marked(text: str, tone: str, mark: str = "") -> Cell:
    """A cell in a tone (`broken`, `kept`, `warn`, `muted`, `bold`), with a symbol before it."""
    return {"text": text, "tone": tone, "mark": mark}


def facts(pairs: Mapping[str, str]) -> list[list[Cell]]:
    """Rows of a table of two columns."""
    return [[name, value] for name, value in pairs.items()]
