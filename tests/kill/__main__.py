"""`make kill`: many rounds of faults over a real Kafka, and a report per kind of fault."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from infra.errors import UserError
from tests.support.bad_days import LIFE, Life, days, network
from tests.support.disk import SmallDisk
from tests.support.faults import FAULTS, Fault, possible
from tests.support.network import ProxiedKafka
from tests.support.pipeline import simulated


class Report:
    """Seconds of each round that was survived, by kind of fault."""

    def __init__(self) -> None:
        self.rounds: list[float] = []
        self.kinds: defaultdict[str, list[float]] = defaultdict(list)

    def survived(self, faults: Sequence[str], seconds: float) -> None:
        self.rounds.append(seconds)
        for name in faults:
            self.kinds[name].append(seconds)
        print(f"  ● {len(self.rounds):>4} {', '.join(faults)} ({seconds:.0f} s)", flush=True)

    def table(self) -> str:
        """Rounds and their seconds (mean, longest) by kind of fault."""
        lines = [f"{'rounds':>8} {'mean s':>8} {'longest':>8}  kind of fault"]
        for name in FAULTS:
            took = self.kinds[name] or [0.0]
            figures = f"{len(self.kinds[name]):>8} {sum(took) / len(took):>8.1f} {max(took):>8.1f}"
            lines.append(f"{figures}  {name}")
        return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all rounds survived; 1: one did not, with how to repeat it; 2: there is no Kafka here."""
    parser = argparse.ArgumentParser(prog="make kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help=f"{LIFE} with one log and store, then others")
    parser.add_argument("--seed", type=int, default=None, help="of the first ten; any unless given")
    parser.add_argument("--only", action="append", choices=sorted(FAULTS), help="this kind of fault; may be repeated")
    asked = parser.parse_args(arguments)
    first = random.SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    faults = {name: fault for name, fault in possible().items() if not asked.only or name in asked.only}
    for name in FAULTS.keys() - possible().keys():
        print(f"▲ not possible here: {name} (mounting needs root, a slow disk needs strace)")
    report, seed, failed = Report(), first, False
    folder = Path(tempfile.mkdtemp(prefix="clausewatch-kill-"))
    try:
        with network(folder / "broker") as (kafka, disk):
            while len(report.rounds) < asked.rounds and not failed:
                rounds = min(LIFE, asked.rounds - len(report.rounds))
                print(f"seed {seed}: {rounds} rounds", flush=True)
                failed = not _live(kafka, disk, folder / str(seed), seed, rounds, faults, report)
                seed += 1
    except UserError as error:
        print(f"✖ {error.message}\n  → {error.cure}", file=sys.stderr)
        return 2
    print(f"\n{len(report.rounds)} rounds survived, seeds {first} to {seed - 1}: nothing lost, nothing twice")
    print(report.table())
    return int(failed)


def _live(
    kafka: ProxiedKafka,
    disk: SmallDisk | None,
    folder: Path,
    seed: int,
    rounds: int,
    faults: Mapping[str, Fault],
    report: Report,
) -> bool:
    """Some rounds with one log and one store; False when one failed, which is told with how to repeat it."""
    lines = simulated(seed=seed)
    with Life(kafka, folder, seed, lines, disk) as life:
        for number, chosen in enumerate(islice(days(seed, faults), rounds), 1):
            began = time.monotonic()
            try:
                life.round(number, len(lines) // LIFE, chosen)
            except Exception:
                traceback.print_exc()
                life.keep(folder / "kept")
                print(f"✖ round {number} of seed {seed}: {', '.join(chosen)}\n  → repeat it: make kill SEED={seed}"
                      f" ROUNDS={number}; logs and store are in {folder / 'kept'}", flush=True)  # fmt: skip
                return False
            report.survived(list(chosen), time.monotonic() - began)
    return True


if __name__ == "__main__":
    sys.exit(main())
