"""`make mutants`: does a scenario notice when a rule is changed? A table of the modules that decide verdicts.

Each mutant (`operators.py`) is put to the scenarios (`trial.py`). Those that nothing notices are compared with
`survivors.yaml`, where the reason of each stands; what is not there is a missing scenario, or a fault. Results are
kept in `.cache/mutants`: a run that was stopped goes on, and after new scenarios only survivors are tried again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import yaml

from tests.mutants import trial
from tests.mutants.operators import Mutant, mutants

KEPT = trial.ROOT / ".cache" / "mutants" / "results.jsonl"
EXPLAINED = Path(__file__).parent / "survivors.yaml"
WANTED = 0.9
DECIDING = (
    "expectations/clauses/*/*_[0-9]*_*.py",
    *(
        f"expectations/{name}.py"
        for name in (
            "applications",
            "calendars",
            "conditions",
            "entities",
            "facts",
            "incidents",
            "relations",
            "requests",
        )
    ),
    "expectations/judge/expectation.py",
    "streams/core/obligations.py",
)


@dataclass
class Score:
    """What became of a module's mutants."""

    killed: int = 0
    alive: list[Mutant] = field(default_factory=list)

    @property
    def all(self) -> int:
        """How many were tried."""
        return self.killed + len(self.alive)


def modules(asked: list[str]) -> list[str]:
    """Paths of the modules that decide verdicts, those asked for by a part of their path in that order."""
    found = [path.relative_to(trial.ROOT).as_posix() for glob in DECIDING for path in sorted(trial.ROOT.glob(glob))]
    return list(dict.fromkeys(path for part in asked or [""] for path in found if part in path))


def explained() -> dict[str, dict[str, str]]:
    """Module -> change of a survivor -> why nothing can notice it."""
    told = yaml.safe_load(EXPLAINED.read_text("utf-8"))
    return {path: {each["change"]: each["why"] for each in changes} for path, changes in told.items()}


def known() -> dict[tuple[str, str], str]:
    """Results of earlier runs: (module, mutant's digest) -> what killed it."""
    if not KEPT.exists():
        return {}
    rows = map(json.loads, KEPT.read_text("utf-8").splitlines())
    return {(row["module"], row["mutant"]): row["killed_by"] for row in rows}


def scored(path: str, results: Mapping[tuple[str, str], str], again: str, share: int) -> Iterator[tuple[Mutant, str]]:
    """Each mutant of a module with what killed it, or one in `share` of them.

    `again`: a digest of the scenarios; other ones, another try.
    """
    every = [each for each in mutants((trial.ROOT / path).read_text("utf-8")) if int(each.digest, 16) % share == 0]
    told = {each.digest: results.get((path, each.digest), "") for each in every}
    left = [each for each in every if not told[each.digest] and (path, each.digest + again) not in results]
    killers = trial.killed_by(path, [each.source for each in left], trial.every_case())
    untried = {each.digest for each in left}
    for mutant in every:
        killer = told[mutant.digest]
        if mutant.digest in untried:
            killer = next(killers)
            row = {"module": path, "mutant": mutant.digest if killer else mutant.digest + again}
            with KEPT.open("a", encoding="utf-8") as out:
                out.write(json.dumps({**row, "change": mutant.change, "killed_by": killer}) + "\n")
        yield mutant, killer


def scenarios_digest() -> str:
    """Over all that a trial runs, so that a survivor is tried again when any of it has changed."""
    whole = sha256()
    for path in sorted(trial.ROOT.glob("tests/**/*")):
        if path.suffix in (".yaml", ".py") and path != EXPLAINED and path.parent.name != "mutants":
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def main() -> int:
    """Print the table and the survivors without a reason; 1 when there are any, or too many survive."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("modules", nargs="*", help="parts of their paths (default: all)")
    asked.add_argument("--share", type=int, default=1, help="one in so many mutants, the same each time (default: all)")
    given = asked.parse_args()
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    trial.preload()
    for path in modules(given.modules)[:1]:
        (fault,) = trial.killed_by(path, [(trial.ROOT / path).read_text("utf-8")], trial.every_case())
        if fault:
            print(f"✖ the rules fail as they are: {fault}\n  → make test", file=sys.stderr)
            return 2
    reasons, results, again = explained(), known(), scenarios_digest()
    scores: dict[str, Score] = {}
    began = time.monotonic()
    for path in modules(given.modules):
        score = scores[path] = Score()
        for mutant, killer in scored(path, results, again, given.share):
            if killer:
                score.killed += 1
            else:
                score.alive.append(mutant)
            _progress(f"{path}:{mutant.line} {score.killed} of {score.all} killed, {time.monotonic() - began:.0f} s")
    _progress("")
    return tell(scores, reasons, whole=given.share == 1)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def tell(scores: Mapping[str, Score], reasons: Mapping[str, Mapping[str, str]], *, whole: bool) -> int:
    """The table; then survivors that nobody explained, and explanations of what is none any more."""
    width = max(map(len, scores), default=0)
    print(f"{'module':{width}} mutants killed survived explained  score")
    new, old = [], []
    for path, score in scores.items():
        told = reasons.get(path, {})
        known = [each for each in score.alive if each.change in told]
        print(
            f"{path:{width}} {score.all:7} {score.killed:6} {len(score.alive):8} {len(known):9} "
            f"{score.killed / max(score.all, 1):6.1%}"
        )
        new += [(path, each) for each in score.alive if each.change not in told]
        gone = set(told) - {each.change for each in score.alive} if whole else ()
        old += [(path, change) for change in gone]
    mutated, killed = sum(each.all for each in scores.values()), sum(each.killed for each in scores.values())
    print(f"{'all':{width}} {mutated:7} {killed:6} {mutated - killed:8} {mutated - killed - len(new):9} "
          f"{killed / max(mutated, 1):6.1%}")  # fmt: skip
    for path, mutant in new:
        print(f"survives: {path}:{mutant.line}\n  {mutant.change}")
    for path, change in old:
        print(f"explained, and killed: {path}\n  {change}")
    if new:
        print("→ write the scenario that notices it, or say in tests/mutants/survivors.yaml why none can")
    return int(bool(new or old) or killed < WANTED * mutated)


if __name__ == "__main__":
    sys.exit(main())
