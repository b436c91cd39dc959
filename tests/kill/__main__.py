"""`make kill`: many rounds of faults over a real Kafka, and a report per kind of fault."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from infra.errors import UserError
from tests.support.bad_days import LIFE, Life, days, network
from tests.support.faults import FAULTS, possible
from tests.support.pipeline import simulated


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
    survived, done = Counter[str](), 0
    folder = Path(tempfile.mkdtemp(prefix="clausewatch-kill-"))
    try:
        with network(folder / "broker") as (kafka, disk):
            while done < asked.rounds:
                seed, rounds = first + done // LIFE, min(LIFE, asked.rounds - done)
                print(f"seed {seed}: {rounds} rounds", flush=True)
                lines = simulated(seed=seed)
                with Life(kafka, disk, folder / str(seed), seed, lines) as life:
                    for number, chosen in enumerate(islice(days(seed, faults), rounds), 1):
                        began, told = time.monotonic(), ", ".join(chosen)
                        try:
                            life.round(number, len(lines) // LIFE, chosen)
                        except Exception:
                            traceback.print_exc()
                            print(f"✖ round {number} of seed {seed}: {told}\n  → repeat it: make kill SEED={seed}"
                                  f" ROUNDS={number}; the logs are in {folder}", flush=True)  # fmt: skip
                            return 1
                        survived.update(chosen.keys())
                        done += 1
                        print(f"  ● {done:>4} {told} ({time.monotonic() - began:.0f} s)", flush=True)
    except UserError as error:
        print(f"✖ {error.message}\n  → {error.cure}", file=sys.stderr)
        return 2
    print(f"\n{done} rounds survived, seeds {first} to {first + (done - 1) // LIFE}: nothing lost, nothing twice")
    for name in FAULTS:
        print(f"  {survived[name]:>5}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
