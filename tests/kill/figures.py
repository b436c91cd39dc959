"""Rounds of faults, kept in a file as they end, one JSON object a line: pieces of one run add up to one table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Round:
    """`seconds`: with the comparison at its end. `failed`: where what was left of a failed one is; None: survived."""

    seed: int
    round: int
    faults: Sequence[str]
    seconds: float
    failed: str | None = None


class Figures:
    """The file of them; several processes may add to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, seed: int, number: int, faults: Sequence[str], seconds: float, failed: str | None = None) -> None:
        made = Round(seed, number, list(faults), round(seconds, 1), failed)
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(made)) + "\n")
        print(f"  {'●' if failed is None else '✖'} {seed}/{number} {', '.join(faults)} ({seconds:.0f} s)", flush=True)

    def read(self) -> list[Round]:
        """Those so far."""
        if not self.path.exists():
            return []
        return [Round(**json.loads(line)) for line in self.path.read_text("utf-8").splitlines()]

    def table(self, kinds: Sequence[str]) -> str:
        """Rounds that were survived and that failed, and their seconds (mean, longest), by kind of fault."""
        rounds = self.read()
        lines = [f"{'survived':>8} {'failed':>7} {'mean s':>7} {'longest':>8}  kind of fault"]
        for kind in ("", *kinds):
            of_kind = [each for each in rounds if not kind or kind in each.faults]
            took = [each.seconds for each in of_kind if each.failed is None]
            mean = f"{sum(took) / len(took):.1f}" if took else "-"
            longest = f"{max(took):.1f}" if took else "-"
            lines.append(f"{len(took):>8} {len(of_kind) - len(took):>7} {mean:>7} {longest:>8}  {kind or 'all rounds'}")
        return "\n".join(lines)
