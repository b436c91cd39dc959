"""A privacy policy as data: versions with their dates, activities and readings, and the lists they rest on.

A folder holds one file per version (`policies/custom_connect/2018-05-25.yaml`, schema beside the folder) and
`sentences.csv`, the text sentence by sentence. Everything that is wrong is told at once, as
`2026-11-01.yaml:41 NEWS-5.unsubscribe_erasure: "one day" is no duration; write 24h`.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from expectations import lined, vocabulary
from expectations.calendars import AMSTERDAM, start_of_day, zone_of
from expectations.lined import Fault, FileError, Lined
from expectations.readings import closest, read_readings
from expectations.references import References, check_schema, references

POLICIES = Path(__file__).parent / "policies"
CUSTOM_CONNECT = POLICIES / "custom_connect"


class PolicyError(FileError):
    """The files make no policy; `faults` names each file, line, field, fault and cure."""


@dataclass(frozen=True)
class Activity:
    """What one activity may process. `events`: glob patterns of event types, see `Policy.activity_of`.

    `systems`: those whose `data.processed` and `data.disclosed` are its own.
    """

    name: str
    events: tuple[str, ...]
    categories: frozenset[str]
    bases: frozenset[str]
    purposes: frozenset[str]
    systems: tuple[str, ...] = ()
    section: str = ""

    def has(self, event_type: str) -> bool:
        """Whether a pattern of its matches the type."""
        return any(fnmatchcase(event_type, pattern) for pattern in self.events)


@dataclass(frozen=True)
class Defect:
    """A faulty sentence of the text, and the reading in use until it is mended."""

    sentence: str
    clauses: tuple[str, ...]
    fault: str
    reading: str


@dataclass(frozen=True)
class Sentence:
    """One sentence of the text, in our words; `digest` is the SHA-256 of the original, normalised."""

    id: str
    section: str
    paraphrase: str
    digest: str
    kind: str
    clauses: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class PolicyVersion:
    """One version, in force in [valid_from, valid_to). `readings`: by clause, what the file chooses."""

    version: str
    valid_from: datetime
    valid_to: datetime | None
    activities: tuple[Activity, ...]
    readings: Mapping[str, Mapping[str, object]]
    file: str
    backdating: bool = False  # agreements count from the date they bear, though signed later
    authorities: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()

    def activity_of(self, event_type: str) -> Activity | None:
        """The first activity that has the type: `crm.enquiry_*` before `crm.*`."""
        return next((each for each in self.activities if each.has(event_type)), None)

    def activity_for(self, event_type: str, system: str | None, purpose: str | None) -> str | None:
        """The name of the activity that such an event belongs to; None: it is no processing that the policy knows.

        `data.*` belong to the activities of their source's system; the first named is the one by default.
        """
        if event_type not in ("data.processed", "data.disclosed"):
            found = self.activity_of(event_type)
            return found.name if found else None
        own = [each for each in self.activities if system in each.systems]
        if not own or system == "compliance":
            return "others"
        fitting = [each for each in own if purpose in each.purposes]
        if event_type == "data.disclosed":
            if system == "website":
                return "contact" if purpose == "request_handling" else "clickstream"
            return own[0].name
        if system == "website" and purpose != "request_handling":
            fitting = [each for each in fitting if each.name == "clickstream"]
        return fitting[0].name if fitting else "others"


@dataclass(frozen=True)
class Policy:
    """A policy in all its versions, oldest first. `systems`: first segment of a source -> system.

    `personal_fields`: kind of personal value -> where it is looked for (`text`, `id`); `id_fields`: the ids.
    """

    name: str
    controller: str
    zone: str
    versions: tuple[PolicyVersion, ...]
    systems: Mapping[str, str]
    references: References
    personal_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    id_fields: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()

    @cached_property
    def _begins(self) -> list[datetime]:
        return [each.valid_from for each in self.versions]

    def version_at(self, t: datetime) -> PolicyVersion:
        """The version in force at that instant; before the first one, the first."""
        return self.versions[max(bisect_right(self._begins, t) - 1, 0)]

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authorities' words of the latest version."""
        return self.versions[-1].authorities

    @property
    def defects(self) -> tuple[Defect, ...]:
        """The faulty sentences of the latest version."""
        return self.versions[-1].defects


def load(path: Path | str | None = None, clauses: Mapping[str, type] | None = None) -> Policy:
    """Read a policy: a folder of versions, one version's file, or (None) Custom Connect's.

    `clauses`: id -> dataclass of its readings; given, the readings are checked and typed by it, else by their
    shape alone. PolicyError with every fault found.
    """
    where = CUSTOM_CONNECT if path is None else Path(path)
    files = sorted(where.glob("*.yaml")) if where.is_dir() else [where]
    if not files:
        cure = "name a version's file, or a folder that holds one such as 2018-05-25.yaml"
        raise PolicyError([Fault(str(where), 1, "folder", "holds no version of a policy", cure)])
    faults: list[Fault] = []
    read: list[tuple[Lined, PolicyVersion]] = []
    for each in files:
        try:
            file = lined.read(each)
            read.append((file, _version(file, clauses)))
        except FileError as error:
            faults += error.faults
    read.sort(key=lambda pair: pair[1].valid_from)
    faults += _clashes(read)
    if faults:
        raise PolicyError(faults)
    data = read[-1][0].data
    personal = data.get("personal_values", {})
    versions = [version for _, version in read]
    return Policy(
        name=data["policy"],
        controller=data["controller"],
        zone=data.get("zone", AMSTERDAM),
        versions=_in_turn(versions),
        systems={segment.removeprefix("/"): system for segment, system in data["systems"].items()},
        references=references(),
        personal_fields={kind: tuple(where) for kind, where in personal.get("kinds", {}).items()},
        id_fields=tuple(personal.get("id_fields", ())),
        sentences=_sentences(files[0].parent / "sentences.csv"),
    )


def _in_turn(versions: Sequence[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """Each version ends where the next begins."""
    ended = [replace(one, valid_to=other.valid_from) for one, other in pairwise(versions)]
    return (*ended, versions[-1])


def _clashes(read: Sequence[tuple[Lined, PolicyVersion]]) -> list[Fault]:
    faults = []
    for (one, earlier), (other, later) in pairwise(read):
        if earlier.valid_from == later.valid_from:
            faults.append(other.fault(("valid_from",), f"is also that of {one.file}", "give each version its own"))
        if one.data["policy"] != other.data["policy"]:
            faults.append(other.fault(("policy",), f'is "{one.data["policy"]}" in {one.file}', "name both alike"))
    names = [version.version for _, version in read]
    for number, (file, version) in enumerate(read):
        if version.version in names[:number]:
            faults.append(file.fault(("version",), "is the name of another version", "give it its own"))
    return faults


def _version(file: Lined, clauses: Mapping[str, type] | None) -> PolicyVersion:
    faults = check_schema(file, POLICIES / "schema.json")
    if faults:
        raise FileError(faults)
    data = file.data
    zone = data.get("zone", AMSTERDAM)
    begins = _instant(file, data["valid_from"], zone, faults)
    activities = tuple(_activity(file, name, given, faults) for name, given in data["activities"].items())
    readings = read_readings(file, data.get("readings", {}), clauses, faults)
    if faults or begins is None:
        raise FileError(faults)
    return PolicyVersion(
        version=data["version"],
        valid_from=begins,
        valid_to=None,
        activities=activities,
        readings=readings,
        file=file.file,
        backdating=data.get("agreements", {}).get("backdating", False),
        authorities=tuple(data.get("authorities", ())),
        defects=tuple(
            Defect(each["sentence"], tuple(each["clauses"]), each["fault"], each["reading"])
            for each in data.get("defects", ())
        ),
    )


def _instant(file: Lined, text: str, zone: str, faults: list[Fault]) -> datetime | None:
    try:
        zone_of(zone)
    except (KeyError, ValueError, OSError):
        faults.append(file.fault(("zone",), f'"{zone}" is no time zone', "write one such as Europe/Amsterdam"))
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        cure = "write 2026-11-01T00:00:00+01:00"
        faults.append(file.fault(("valid_from",), f'"{text}" is no date', cure))
        return None
    return start_of_day(found.date(), zone) if found.tzinfo is None else found.astimezone(UTC)


ANY: dict[str, frozenset[str]] = {
    "categories": vocabulary.CATEGORIES - vocabulary.SPECIAL_CATEGORIES,
    "bases": vocabulary.BASES,
    "purposes": vocabulary.PURPOSES,
}
_KNOWN: dict[str, frozenset[str]] = {
    **ANY,
    "categories": vocabulary.CATEGORIES,
    "systems": frozenset(vocabulary.SYSTEMS),
}


def _activity(file: Lined, name: str, given: Mapping[str, Any], faults: list[Fault]) -> Activity:
    for listed, known in _KNOWN.items():
        words = given.get(listed, [])
        for number, word in enumerate(words if isinstance(words, list) else []):
            if word not in known:
                place = ("activities", name, listed, number)
                cure = f"{closest(word, known)} (the words are those of the event contract)"
                faults.append(file.fault(place, f'"{word}" is no known word', cure, f"{name}.{listed}"))
    for number, pattern in enumerate(given["events"]):
        if not any(fnmatchcase(each, pattern) for each in vocabulary.TYPES):
            place = ("activities", name, "events", number)
            cure = closest(pattern, vocabulary.TYPES)
            faults.append(file.fault(place, f'"{pattern}" is no type of event', cure, f"{name}.events"))
    sets = {key: ANY[key] if given[key] == "any" else frozenset(given[key]) for key in ANY}
    return Activity(
        name,
        tuple(given["events"]),
        **sets,
        systems=tuple(given.get("systems", ())),
        section=given.get("section", ""),
    )


def _sentences(path: Path) -> tuple[Sentence, ...]:
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Sentence(
                id=row["id"],
                section=row["section"],
                paraphrase=row["paraphrase"],
                digest=row["sha256"],
                kind=row["class"],
                clauses=tuple(row["clauses"].split()),
                note=row["note"],
            )
            for row in csv.DictReader(lines)
        )
