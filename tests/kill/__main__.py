"""`make kill`: many rounds of faults over a real Kafka, and a report per kind of fault."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from infra.errors import UserError
from tests.kill.figures import Figures
from tests.support.bad_days import LIFE, Life, days, network
from tests.support.disk import SmallDisk
from tests.support.faults import FAULTS, Fault, possible
from tests.support.network import ProxiedKafka
from tests.support.pipeline import simulated

NO_KAFKA = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all rounds survived; 1: one did not, with how to repeat it; 2: there is no Kafka here."""
    parser = argparse.ArgumentParser(prog="make kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help=f"{LIFE} with one log and store, then others")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the first ten; unless given any, or the next in FILE"
    )
    parser.add_argument("--only", action="append", choices=sorted(FAULTS), help="this kind of fault; may be repeated")
    parser.add_argument("--at-once", type=int, default=1, help="so many brokers and logs side by side")
    parser.add_argument("--figures", type=Path, help="FILE of rounds done, one a line: only those that lack are run")
    parser.add_argument("--lives", type=json.loads, help=argparse.SUPPRESS)  # seed and rounds of each
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="clausewatch-kill-"))
    figures = Figures(asked.figures or folder / "figures.jsonl")
    if asked.lives is None:
        return _all(asked, figures)
    faults = {name: fault for name, fault in possible().items() if not asked.only or name in asked.only}
    try:
        with network(folder / "broker") as (kafka, disk):
            survived = [
                _live(kafka, disk, folder / str(seed), seed, rounds, faults, figures) for seed, rounds in asked.lives
            ]
    except UserError as error:
        print(f"✖ {error.message}\n  → {error.cure}", file=sys.stderr)
        return NO_KAFKA
    return int(not all(survived))


def _all(asked: argparse.Namespace, figures: Figures) -> int:
    """Deals the lives to processes that each have a broker of their own, and reports."""
    before = figures.read()
    first = asked.seed
    if first is None:
        first = max((each.seed for each in before), default=random.SystemRandom().randrange(1_000_000)) + 1
    wanted = list(lives(asked.rounds - sum(each.failed is None for each in before), first))
    for name in FAULTS.keys() - possible().keys():
        print(f"▲ not possible here: {name} (mounting needs root, a slow disk needs strace)")
    print(f"{sum(rounds for _, rounds in wanted)} rounds, seeds from {first}; figures in {figures.path}", flush=True)
    only = [word for name in asked.only or () for word in ("--only", name)]
    command = [sys.executable, "-m", "tests.kill", "--figures", str(figures.path), *only, "--lives"]
    dealt = [json.dumps(wanted[lane :: asked.at_once]) for lane in range(min(asked.at_once, len(wanted)))]
    lanes = [subprocess.Popen([*command, each]) for each in dealt]
    try:
        codes = {lane.wait() for lane in lanes}
    finally:
        for lane in lanes:
            lane.terminate()
        for lane in lanes:
            lane.wait()
    if NO_KAFKA in codes:
        return NO_KAFKA
    print(f"\n{figures.table(list(FAULTS))}")
    return int(any(codes))


def lives(rounds: int, seed: int) -> Iterator[tuple[int, int]]:
    """Seed and number of rounds of each."""
    while rounds > 0:
        yield seed, min(LIFE, rounds)
        seed, rounds = seed + 1, rounds - LIFE


def _live(
    kafka: ProxiedKafka,
    disk: SmallDisk | None,
    folder: Path,
    seed: int,
    rounds: int,
    faults: Mapping[str, Fault],
    figures: Figures,
) -> bool:
    """Some rounds with one log and one store; False when one failed, which is told with how to repeat it."""
    lines = simulated(seed=seed)
    number, chosen, began = 0, list[str](), time.monotonic()
    kafka.link.mend()
    if not kafka.running():  # the life before failed
        kafka.start()
    with Life(kafka, folder, seed, lines, disk) as life:
        try:
            for number, acts in enumerate(islice(days(seed, faults), rounds), 1):
                chosen, began = list(acts), time.monotonic()
                life.round(number, len(lines) // LIFE, acts)
                if number == rounds:
                    life.end()
                figures.add(seed, number, chosen, time.monotonic() - began)
        except Exception as fault:
            traceback.print_exc()
            life.keep(folder / "kept")
            figures.add(seed, number, chosen, time.monotonic() - began, failed=str(folder / "kept"))
            print(f"✖ round {number} of seed {seed}: {', '.join(chosen)}: {type(fault).__name__}\n"
                  f"  → repeat it: make kill SEED={seed} ROUNDS={number}; logs and store are in {folder / 'kept'}",
                  flush=True)  # fmt: skip
            return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends what it started, as Ctrl-C does
    sys.exit(main())
