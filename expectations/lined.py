"""YAML files whose values know their lines, so that an error can name file, line, field, fault and cure.

Scalars are read as YAML 1.2 does: only true and false are bools (Norway's NO is a word), and instants
stay text until someone who knows their zone reads them. A key written twice is a fault, never a choice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file: where, what and how to mend it. `line` counts from 1."""

    file: str
    line: int
    field: str
    fault: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.field}: {self.fault}; {self.cure}"


class FileError(Exception):
    """Everything that is wrong in one reading of files, in order of file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.field)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Lined:
    """A file as plain values, with the line of every place in them."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a place, or of the nearest thing around it."""
        here = tuple(place)
        while here and here not in self.lines:
            here = here[:-1]
        return self.lines.get(here, 1)

    def fault(self, place: Sequence[str | int], fault: str, cure: str, field: str | None = None) -> Fault:
        """A fault at a place; `field` names it when the place's own path would not read well."""
        return Fault(self.file, self.line(place), field or name_of(place) or "file", fault, cure)


def name_of(place: Sequence[str | int]) -> str:
    """A place as people write it: `readings.NEWS-5.unsubscribe_erasure`, `entries[3].from`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


class _Loader(yaml.SafeLoader):
    """SafeLoader without its dates and without the bools of YAML 1.1."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(path: Path) -> Lined:
    """Read one YAML file; FileError when it cannot be read, is no YAML or repeats a key."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8"
        raise FileError([Fault(path.name, 1, "file", f"cannot be read ({why})", "check path and rights")]) from error
    return parse(text, path.name)


def parse(text: str, file: str) -> Lined:
    """The same from text; `file` is the name that faults carry."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        lines: dict[Place, int] = {(): 1}
        faults: list[Fault] = []
        _walk(root, (), lines, faults, file)
        if faults:
            raise FileError(faults)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"no YAML ({error.problem or 'unreadable'})"
        raise FileError([Fault(file, line, "file", what, "check indentation, colons and quotes")]) from error
    except yaml.YAMLError as error:
        raise FileError([Fault(file, 1, "file", "no YAML (unreadable characters)", "write UTF-8")]) from error
    return Lined(file, data, lines)


def _walk(node: Any, place: Place, lines: dict[Place, int], faults: list[Fault], file: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            here = (*place, name)
            lines[here] = key.start_mark.line + 1
            if name in seen:
                faults.append(Fault(file, lines[here], name_of(here), "stands twice", "keep one"))
            seen.add(name)
            _walk(value, here, lines, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[(*place, number)] = value.start_mark.line + 1
            _walk(value, (*place, number), lines, faults, file)
