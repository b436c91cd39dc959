"""What people read of a clause in another language than English: `clauses/words/<language>.yaml`, checked here.

The English stands in the clause's own file. A clause that a language has no words for yet is told in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from expectations import lined
from expectations.lined import Fault, FileError, Lined
from expectations.model import Clause, registry
from expectations.readings import closest

FOLDER = Path(__file__).parent / "clauses" / "words"
PARTS = ("promise", "breach", "remedy")


@cache
def clauses_in(language: str) -> Mapping[str, Clause]:
    """Every clause, in the policy's order, its words in that language (ISO 639-1); FileError: its file is no YAML."""
    file = FOLDER / f"{language}.yaml"
    found = _read(file)[1] if file.is_file() else {}
    return {name: replace(clause, **found.get(name, {})) for name, clause in registry().items()}


def faults_of_words(folder: Path = FOLDER) -> Iterator[Fault]:
    """Words of no clause, and clauses of which a part is missing or empty; FileError when a file cannot be read."""
    for path in sorted(folder.glob("*.yaml")):
        file, found = _read(path)
        for name, words in found.items():
            if name not in registry():
                yield file.fault((name,), "is no clause", closest(name, registry()))
            else:
                yield from _parts(file, name, words)


def _read(path: Path) -> tuple[Lined, Mapping[str, Any]]:
    file = lined.read(path)
    if not isinstance(file.data, dict):
        raise FileError([file.fault((), "names no clause", "write each clause's id, and its words under it")])
    return file, file.data


def _parts(file: Lined, name: str, words: object) -> Iterator[Fault]:
    given = words if isinstance(words, dict) else {}
    for part in PARTS:
        if not isinstance(given.get(part), str) or not given[part].strip():
            yield file.fault((name, part), "is missing", f"say the clause's {part} in this language")
    for part in given.keys() - PARTS:
        yield file.fault((name, part), "is no part of a clause's words", closest(part, PARTS))


def unworded(folder: Path = FOLDER) -> Iterator[Fault]:
    """Clauses that a language has no words for: they are told in English, which is a want and no fault."""
    for path in sorted(folder.glob("*.yaml")):
        file, found = _read(path)
        for name in registry():
            if name not in found:
                yield file.fault((), "has no words here and is told in English", "say promise, breach, remedy", name)
