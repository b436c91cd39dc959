"""A simulated year through the audit: `make year`. Precision and recall of what is found against what was broken.

One world of so many people, told in slices: each has the whole company (its agreements, incidents, cameras) and some
of the people, who know nothing of one another; so every finding is that of the whole world, and memory holds a slice.
Judged when a year's retention consents have run out too; records of relations fall due years later (see `archive`).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from streams.simulate.readings import DEFAULT, OTHER, OTHER_WAY

DAYS, LONG_AFTER = 365, 470


@dataclass
class Told:
    """What a slice, or all so far, came to; `missed` and `wrong`: (outcome, clause, source, event id, obligation)."""

    events: int = 0
    right: int = 0
    missed: list[tuple[str, ...]] = field(default_factory=list)
    wrong: list[tuple[str, ...]] = field(default_factory=list)
    clauses: set[str] = field(default_factory=set)

    def add(self, other: Told) -> None:
        """Take a slice in; the company's own, that every slice has, count each time."""
        self.events += other.events
        self.right += other.right
        self.missed += other.missed
        self.wrong += other.wrong
        self.clauses |= other.clauses

    @property
    def precision(self) -> float:
        """Of what was found, the share that was broken."""
        return self.right / max(self.right + len(self.wrong), 1)

    @property
    def recall(self) -> float:
        """Of what was broken, the share that was found."""
        return self.right / max(self.right + len(self.missed), 1)

    def __str__(self) -> str:
        return (
            f"{self.events:,} events, {self.right:,} breaches and open questions found, {len(self.missed)} missed, "
            f"{len(self.wrong)} wrong: precision {self.precision:.6f}, recall {self.recall:.6f}"
        )


def told(people: range, *, seed: int, days: float, per_day: float, side: str) -> Told:
    """Judge the company and these people; runs in a process of its own."""
    from expectations.contract.decode import Record
    from streams.audit import audit
    from streams.core.examine import Engine
    from tests.support.readings import policy_with
    from tests.support.truth import after, expected, found, simulated

    lines, truth = simulated(seed, people, days, per_day)
    records = [Record(line, None, (), "year", 0, number) for number, line in enumerate(lines)]
    at = after(days - DAYS + LONG_AFTER)
    done = audit(records, as_of=at, engine=Engine(policy_with({} if side == DEFAULT else OTHER)))
    broken, seen = expected(truth, at, side), found(done.findings)
    return Told(
        done.events,
        len(broken & seen),
        sorted(broken - seen),
        sorted(seen - broken),
        {clause for outcome, clause, *_ in broken if outcome == "breach"},
    )


def slices(subjects: int, most: int) -> Iterator[range]:
    """The people in slices of at most so many."""
    for begin in range(0, subjects, most):
        yield range(begin, min(begin + most, subjects))


def main() -> int:
    """Print a line a slice, and every difference; 1 when there is one, or a clause that was never broken."""
    asked = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    asked.add_argument("--subjects", type=int, default=20_000)
    asked.add_argument("--days", type=float, default=DAYS)
    asked.add_argument("--per-day", type=float, default=1.0, help="routine actions of a person a day")
    asked.add_argument("--slice", type=int, default=500, help="people judged together")
    asked.add_argument("--first", type=int, default=0, help="begin with this slice (0, 1, ...)")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--readings", choices=(DEFAULT, OTHER_WAY), default=DEFAULT, help="of the policy's open places")
    given = asked.parse_args()
    every = list(slices(given.subjects, given.slice))
    judge = partial(told, seed=given.seed, days=given.days, per_day=given.per_day, side=given.readings)
    whole, began = Told(), time.monotonic()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as apart:
        for number, of_slice in enumerate(apart.map(judge, every[given.first :]), given.first + 1):
            whole.add(of_slice)
            print(f"{number} of {len(every)}, {time.monotonic() - began:.0f} s: {whole}", flush=True)
            for name, some in (("missed", of_slice.missed), ("wrong", of_slice.wrong)):
                for each in some:
                    print(f"  {name}: {json.dumps(each)}", flush=True)
    from tests.support.truth import CLAUSES

    unbroken = sorted(CLAUSES - whole.clauses)
    if unbroken:
        print(f"never broken: {' '.join(unbroken)}")
    return 1 if whole.missed or whole.wrong or unbroken else 0


if __name__ == "__main__":
    sys.exit(main())
