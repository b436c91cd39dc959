"""How much goes through each stage of the pipeline, a second, now and in the last ten minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STAGES = ("decoded", "judged", "applied")
STEP = 10  # seconds
STEPS = 60
RECENT = 6  # steps whose mean is told


@dataclass(frozen=True)
class Stage:
    """`name`: one of STAGES; `course`: per second in each step, the newest last."""

    name: str
    course: tuple[float, ...]

    @property
    def now(self) -> float:
        """Per second, in the last minute."""
        return sum(self.course[-RECENT:]) / RECENT

    @property
    def most(self) -> float:
        """Of any step."""
        return max(self.course)


def stages(rows: Iterable[Mapping[str, Any]]) -> list[Stage]:
    """Every stage. `rows`: of the query `throughput`; a step without a row is zero."""
    by = {row["back"]: row for row in rows}
    return [
        Stage(name, tuple(by[back][name] / STEP if back in by else 0.0 for back in range(STEPS - 1, -1, -1)))
        for name in STAGES
    ]
