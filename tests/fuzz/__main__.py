"""`python -m tests.fuzz`: the decoder under inputs that grow by the coverage they reach (atheris, libFuzzer).

Ends with the first input that breaks what `oracle.check` asserts, or takes too long; the input is kept beside the
corpus. Where atheris cannot be installed (it has no wheel for the platform) the same mutations run unguided.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

LIMIT = 20  # seconds for one input of 16 records
LARGEST = 200_000  # bytes of one input; texts up to a record's limit have a test of their own

try:
    import atheris
except ImportError:
    atheris = None


@contextmanager
def instrumented() -> Iterator[None]:
    """Modules imported inside report which branches they take."""
    if atheris is None:
        yield
    else:
        with atheris.instrument_imports(include=["expectations.contract"]):
            yield


with instrumented():
    from expectations.contract.decode import Decoded
    from tests.fuzz import mutations, oracle


class Tally:
    """What came of the inputs so far: records by reason, or `event`; how long the slowest took."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.records, self.executions = wanted, 0, 0
        self.became: Counter[str] = Counter()
        self.slowest = 0.0
        self.began = time.monotonic()

    def take(self, found: Decoded, records: int, seconds: float) -> None:
        self.records += records
        self.executions += 1
        self.slowest = max(self.slowest, seconds)
        self.became["event"] += found.events.height
        self.became["event, with a personal value"] += found.events["personal"].list.len().gt(0).sum()
        self.became.update(found.quarantine["reason"].to_list())

    def done(self) -> bool:
        return self.records >= self.wanted

    def words(self) -> str:
        """One JSON object."""
        told: dict[str, Any] = {"records": self.records, "executions": self.executions}
        told |= {"guided": atheris is not None, "minutes": round((time.monotonic() - self.began) / 60, 1)}
        told |= {"slowest_seconds": round(self.slowest, 2), "became": dict(self.became.most_common())}
        return json.dumps(told)


def run(data: bytes, tally: Tally) -> None:
    """One input: every record in it comes out, soundly and in time. Raises AssertionError."""
    records = mutations.records(data.split(b"\n")[: mutations.LINES])
    started = time.monotonic()
    found = oracle.check(records)
    spent = time.monotonic() - started
    assert spent < LIMIT, f"{len(data)} bytes took {spent:.1f} s"
    tally.take(found, len(records), spent)


def guided(tally: Tally, corpus: Path, seed: int) -> None:
    """Until the tally is full; libFuzzer ends the process, so the last words are said here."""

    def once(data: bytes) -> None:
        if tally.done():
            print(tally.words(), flush=True)
            os._exit(0)  # libFuzzer takes an exception for a finding
        run(data, tally)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        def raw(line: bytes) -> bytes:
            return bytes(atheris.Mutate(line, min(largest, len(line) + 64)))

        return b"\n".join(mutations.mutated(data.split(b"\n"), Random(seed), raw))[:largest]

    for number, line in enumerate(mutations.seeds()):
        (corpus / f"seed-{number}").write_bytes(line)
    options = [f"-max_len={LARGEST}", f"-timeout={10 * LIMIT}", "-rss_limit_mb=4096", f"-seed={seed}"]
    options += [f"-artifact_prefix={corpus.parent}/found-", "-print_final_stats=1", "-len_control=0", str(corpus)]
    atheris.Setup([sys.argv[0], *options], once, custom_mutator=mutate)
    atheris.Fuzz()


def unguided(tally: Tally, corpus: Path, seed: int) -> None:
    """The same mutations of a pool that is begun anew now and then."""
    random = Random(seed)
    pool = [[line] for line in mutations.seeds()]
    while not tally.done():
        lines = mutations.mutated(random.choice(pool), random)
        pool = [*pool, lines] if len(pool) < 2000 else [[line] for line in mutations.seeds()]
        data = b"\n".join(lines)
        try:
            run(data[:LARGEST], tally)
        except BaseException:
            (corpus.parent / "found-unguided").write_bytes(data)
            raise
    print(tally.words())


def main() -> None:
    """Reads the command line, and fuzzes."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="Records. [default: 20000]")
    parser.add_argument("--corpus", type=Path, default=Path(".cache/fuzz/corpus"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.corpus.mkdir(parents=True, exist_ok=True)
    if atheris is None:
        print("▲ atheris is not installed here: inputs are not guided by coverage", file=sys.stderr)
    (unguided if atheris is None else guided)(Tally(given.inputs), given.corpus.absolute(), given.seed)


if __name__ == "__main__":
    main()
