"""Whether policy files make sense: rules that can never apply, that contradict each other, or that name nothing.

`policy.load` refuses what has no meaning; this finds what has one that nobody can have meant. Every check returns
the offenders, as faults with file, line, field and cure.
"""

from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from expectations import lined, references
from expectations.lined import Fault, Lined
from expectations.model import Clause, registry
from expectations.policy import CUSTOM_CONNECT, PolicyVersion, load
from expectations.readings import closest, of_clauses
from expectations.vocabulary import (
    FIELDS,
    ID_ATTRIBUTES,
    PERSONAL_KINDS,
    PROCESSING,
    SPECIAL_CATEGORIES,
    SYSTEMS,
    TYPES,
)
from expectations.words import faults_of_words

OTHERS = "others"  # the activity of what no other one has
CHECKED = ("enforced", "defect")  # classes of sentences that clauses check
CLASSES = (*CHECKED, "attested", "not_checkable", "heading_or_fact")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def faults_of(path: Path | str | None = None) -> list[Fault]:
    """Every fault of a version's file or a folder of them, its sentences, the registers, the clauses and their words.

    PolicyError or FileError when they cannot be read as a policy at all.
    """
    where = CUSTOM_CONNECT if path is None else Path(path)
    policy = load(where, of_clauses())
    versions = {each.file: each for each in policy.versions}
    found = [*of_registers(references.FOLDER), *of_rules(registry()), *faults_of_words()]
    rows: list[tuple[int, dict[str, str]]] | None = None
    beside = (where if where.is_dir() else where.parent) / "sentences.csv"
    if beside.exists():
        rows = _rows(beside)
        found += of_sentences(beside.name, rows)
    for each in sorted(where.glob("*.yaml")) if where.is_dir() else [where]:
        file = lined.read(each)
        version = versions[file.file]
        found += [*of_activities(file, version), *of_readings(file, version), *of_personal_values(file)]
        found += of_systems(file)
        if rows is not None:
            found += of_defects(file, version, {row["id"]: row for _, row in rows})
    return sorted(found, key=lambda fault: (fault.file, fault.line, fault.field))


def of_activities(file: Lined, version: PolicyVersion) -> Iterator[Fault]:
    """Patterns that no event reaches, processing without an activity, and special data on a basis that forbids them."""
    taken: dict[str, str] = {}  # type -> the activity that has it
    for activity in version.activities:
        own: set[str] = set()
        for number, pattern in enumerate(activity.events):
            types = {name for name in TYPES if fnmatchcase(name, pattern)} - own
            left = types - taken.keys()
            if not left:
                earlier = {taken[name] for name in types} or {activity.name}
                unreached = ("activities", activity.name, "events", number)
                fault = f'"{pattern}" is never reached: {" and ".join(sorted(earlier))} has all of it'
                cure = f"leave it out, or put {activity.name} before {' and '.join(sorted(earlier))}"
                yield file.fault(unreached, fault, cure, f"{activity.name}.events")
            own |= left
        taken |= dict.fromkeys(own, activity.name)
        special = sorted(activity.categories & SPECIAL_CATEGORIES)
        if special and "consent" not in activity.bases:
            fault = f"has {', '.join(special)}, special data that need consent, which is no basis of it"
            place = ("activities", activity.name, "categories")
            yield file.fault(place, fault, "leave them out, or add consent to the bases", f"{activity.name}.categories")
    for name in sorted(PROCESSING - taken.keys()):
        fault = f"none has {name}: nothing says what such an event may process"
        yield file.fault(("activities",), fault, "add it to the events of one")
    if OTHERS not in {each.name for each in version.activities}:
        fault = f"none is named {OTHERS}: nothing says what data.processed may do beyond the other activities"
        yield file.fault(("activities",), fault, f"add {OTHERS}, with the events data.processed and data.disclosed")


def of_systems(file: Lined) -> Iterator[Fault]:
    """Systems to which no source leads: their events would all be set aside."""
    for system in SYSTEMS:
        if system not in file.data["systems"].values():
            yield file.fault(("systems",), f"no source names {system}", f"add /{system}: {system}")


def of_readings(file: Lined, version: PolicyVersion) -> Iterator[Fault]:
    """Readings of one clause that contradict each other: a clause's `Readings.contradictions` tells of them."""
    for name, chosen in version.readings.items():
        reading = registry()[name].reading(chosen)
        told = getattr(reading, "contradictions", None)
        for field, fault, cure in told() if told else ():
            place = ("readings", name, field) if field in chosen else ("readings", name)
            yield file.fault(place, fault, cure, f"{name}.{field}")


def of_personal_values(file: Lined) -> Iterator[Fault]:
    """Kinds that are looked for nowhere, and id fields that are none or are left out."""
    given = file.data.get("personal_values")
    if given is None:
        return
    for kind in PERSONAL_KINDS:
        if not given["kinds"].get(kind):
            yield file.fault(("personal_values", "kinds", kind), "is looked for nowhere", f"write {kind}: [text, id]")
    known = {name for name, field in FIELDS.items() if field.kind == "id"} | ID_ATTRIBUTES
    for number, name in enumerate(given["id_fields"]):
        if name not in known:
            yield file.fault(("personal_values", "id_fields", number), f'"{name}" is no id', closest(name, known))
    for name in sorted(known - set(given["id_fields"])):
        yield file.fault(("personal_values", "id_fields"), f"{name} is missing: its tokens would be findings", "add it")


def of_defects(file: Lined, version: PolicyVersion, sentences: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    """Defects of no sentence, or of one that is not classed as faulty; and faulty sentences without a reading."""
    for number, defect in enumerate(version.defects):
        place, row = ("defects", number, "sentence"), sentences.get(defect.sentence)
        if row is None:
            yield file.fault(place, f'"{defect.sentence}" is no sentence', closest(defect.sentence, sentences))
        elif row["class"] != "defect":
            cure = "class it as defect in sentences.csv, or leave the defect out"
            yield file.fault(place, f'"{defect.sentence}" is classed as {row["class"]}', cure)
        elif set(row["clauses"].split()) != set(defect.clauses):
            place, told = ("defects", number, "clauses"), row["clauses"] or "none"
            yield file.fault(place, f"are not those of the sentence: {told}", "name the same in both files")
    read = {each.sentence for each in version.defects}
    for name, row in sentences.items():
        if row["class"] == "defect" and name not in read:
            yield file.fault(("defects",), f"none says how the faulty sentence {name} is read", "add fault and reading")


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        return [(reader.line_num, row) for row in reader]


def of_sentences(file: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Iterator[Fault]:
    """Sentences told twice, of no class, with clauses that are none, or checked by none though classed so."""
    seen: set[str] = set()
    for line, row in rows:
        name = row["id"]
        if name in seen:
            yield Fault(file, line, name, "stands twice", "give each sentence its own id")
        seen.add(name)
        if row["class"] not in CLASSES:
            yield Fault(file, line, f"{name}.class", f'"{row["class"]}" is no class', closest(row["class"], CLASSES))
        elif bool(row["clauses"]) != (row["class"] in CHECKED):
            fault = f"{row['class']}, {'though clauses check it' if row['clauses'] else 'yet no clause checks it'}"
            yield Fault(file, line, f"{name}.clauses", fault, f"only {' and '.join(CHECKED)} sentences have clauses")
        for clause in row["clauses"].split():
            if clause not in registry():
                cure = closest(clause, registry())
                yield Fault(file, line, f"{name}.clauses", f'"{clause}" is no clause', cure)
        if not _DIGEST.fullmatch(row["sha256"]):
            yield Fault(file, line, f"{name}.sha256", "is no SHA-256", "write the 64 digits of the normalised sentence")


def of_registers(folder: Path) -> Iterator[Fault]:
    """Entries that are never in force, and those of one country, scope or set that overlap."""
    for name in references.NAMES:
        file = lined.read(folder / f"{name}.yaml")
        spans: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
        for number, row in enumerate(file.data["entries"]):
            begins, ends = row.get("from", ""), row.get("to", "9999-12-31")
            place = ("entries", number)
            if ends <= begins:
                yield file.fault((*place, "to"), f"{ends} is not after {begins}: never in force", "mend one of them")
            key = tuple(row.get(each) for each in ("country", "set", "authority", "region", "scope"))
            for since, until in spans.setdefault(key, []):
                if begins < until and since < ends:
                    yield file.fault(place, f"overlaps the entry from {since or 'the beginning'}", "end one of them")
            spans[key].append((begins, ends))


def of_rules(clauses: Mapping[str, Clause]) -> Iterator[Fault]:
    """Clauses that concern no event, that yield to none that exists, or that silence each other."""
    for clause in clauses.values():
        for name in sorted((clause.on | clause.opened_by) - TYPES.keys() - {"*"}):
            yield _of_clause(clause, f'"{name}" is no type of event', closest(name, TYPES))
        for other in clause.yields_to:
            if other not in clauses:
                yield _of_clause(clause, f'yields to "{other}", which is no clause', closest(other, clauses))
        if clause.id in _silencers(clause.id, clauses):
            fault = f"is silenced by what it silences itself, by way of {', '.join(clause.yields_to)}"
            yield _of_clause(clause, fault, "let one of them speak")


def _silencers(clause: str, clauses: Mapping[str, Clause]) -> set[str]:
    """All to which a clause yields, by whatever steps."""
    found: set[str] = set()
    ahead = [clause]
    while ahead:
        known = clauses.get(ahead.pop())
        new = set(known.yields_to if known else ()) - found
        found |= new
        ahead += new
    return found


def _of_clause(clause: Clause, fault: str, cure: str) -> Fault:
    function = inspect.unwrap(clause.check or clause.follow or faults_of)
    return Fault(Path(inspect.getfile(function)).name, inspect.getsourcelines(function)[1], clause.id, fault, cure)
