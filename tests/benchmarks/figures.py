"""What was measured: shown as tables, kept as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


class Figures:
    """Prints each table when it is complete; `kept`: title -> rows, for a file."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self._console = Console(width=None if Console().is_terminal else 150)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: str = "") -> None:
        """Numbers are aligned to the right; None is a dash."""
        self.kept[title] = {"columns": list(columns), "rows": [list(row) for row in rows], "note": note}
        table = Table(
            title=title, title_justify="left", title_style="bold", caption=note or None, caption_justify="left"
        )
        for number, column in enumerate(columns):
            right = any(isinstance(row[number], int | float) for row in rows)
            table.add_column(column, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*[shown(value) for value in row])
        self._console.print(table)

    def say(self, text: str) -> None:
        """What is going on, for whoever waits."""
        self._console.print(f"… {text}", style="dim", highlight=False)


def shown(value: Any) -> str:
    """A number as a person reads it: 12,345 or 3.21."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def megabytes(number: float) -> int:
    """Bytes as MB."""
    return round(number / 1e6)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which that share of the sorted values lies; None: there are none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
