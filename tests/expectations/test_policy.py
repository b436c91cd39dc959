"""Claims about policy files: what loads, which version is in force, how faults are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from expectations import vocabulary
from expectations.calendars import Duration
from expectations.policy import CUSTOM_CONNECT, PolicyError, load
from expectations.readings import of_clauses

FIRST = CUSTOM_CONNECT / "2018-05-25.yaml"


DAY = Duration(24, "hours")


@dataclass(frozen=True)
class Erasure:
    unsubscribe_erasure: Duration = DAY


@dataclass(frozen=True)
class Mixed:
    strict: bool = True
    k_min: int = 10
    threshold: Literal["any", "high"] = "any"
    countries: tuple[str, ...] = ("EEA",)


CLAUSES: dict[str, type] = {"NEWS-5": Erasure, "BREACH-2": Mixed}


@pytest.fixture
def version(tmp_path: Path) -> Callable[..., Path]:
    """Writes a version's file: the first one's with other dates, readings or replaced lines."""

    def write(name: str = "2026-11-01", readings: str = "{}", valid_from: str | None = None, **replaced: str) -> Path:
        text = FIRST.read_text(encoding="utf-8")
        head, rest = text.split("\nreadings:\n")
        tail = rest[rest.index("\n\n") :]
        text = f"{head}\nreadings: {readings}\n{tail}"
        text = text.replace("2018-05-25T00:00:00+02:00", valid_from or f"{name}T00:00:00+01:00")
        text = text.replace('"2018-05-25"', f'"{name}"')
        for old, new in replaced.items():
            text = text.replace(f"{old}:", new, 1)
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def faults_of(path: Path, clauses: dict[str, type] | None = None) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(path, CLAUSES if clauses is None else clauses)
    return [str(fault) for fault in caught.value.faults]


def test_the_policy_of_custom_connect_fits_the_clauses() -> None:
    policy = load(None, of_clauses())
    assert policy.name == "custom_connect"
    assert policy.systems == {name: name for name in ("crm", "newsletter", "recruitment", "website", "compliance")}
    first = policy.versions[0]
    assert first.valid_from == datetime(2018, 5, 24, 22, tzinfo=UTC)  # 25 May 00:00 in Amsterdam
    assert first.readings["NEWS-5"]["unsubscribe_erasure"] == Duration(24, "hours")
    assert first.readings["XFER-1"]["popia_adequate"] == ("EEA",)
    assert not first.backdating


def test_each_reading_of_custom_connect_is_written_and_the_stricter_default() -> None:
    written = load(None, of_clauses()).versions[0].readings
    for clause, kind in of_clauses().items():
        for name, chosen in written.get(clause, {}).items():
            assert chosen == getattr(kind(), name), f"{clause}.{name}"


def test_an_event_belongs_to_the_first_activity_that_has_its_type() -> None:
    first = load().versions[0]
    names = {name: activity.name for name in vocabulary.TYPES if (activity := first.activity_of(name))}
    assert names["crm.enquiry_received"] == names["website.form_submitted"] == "contact"
    assert names["crm.invoiced"] == "relations"
    assert names["website.page_viewed"] == "clickstream"
    assert names["cctv.viewed"] == "camera"
    assert names["data.processed"] == "others"
    assert "rights.request_received" not in names
    processing = {name for name in vocabulary.PROCESSING if name not in names}
    assert processing == set(), "each type of processing has an activity"


def test_any_category_leaves_out_the_special_ones() -> None:
    others = next(each for each in load().versions[0].activities if each.name == "others")
    assert others.categories == vocabulary.CATEGORIES - vocabulary.SPECIAL_CATEGORIES
    assert others.bases == vocabulary.BASES


def test_personal_values_are_looked_for_in_every_known_kind_and_id_field() -> None:
    policy = load()
    assert set(policy.personal_fields) == set(vocabulary.PERSONAL_KINDS)
    ids = {name for name, field in vocabulary.FIELDS.items() if field.kind == "id"}
    assert set(policy.id_fields) == ids | vocabulary.ID_ATTRIBUTES


def test_the_version_in_force_is_the_last_begun(version: Callable[..., Path]) -> None:
    version("2026-11-01")
    version("2025-01-01")
    policy = load(version("2018-05-25", valid_from="2018-05-25").parent)
    assert [each.version for each in policy.versions] == ["2018-05-25", "2025-01-01", "2026-11-01"]
    assert [each.valid_to for each in policy.versions] == [
        policy.versions[1].valid_from,
        policy.versions[2].valid_from,
        None,
    ]
    switch = policy.versions[2].valid_from
    assert policy.version_at(switch).version == "2026-11-01"
    assert policy.version_at(switch.replace(year=2026, month=10, day=31, hour=22, minute=59)).version == "2025-01-01"
    assert policy.version_at(datetime(2001, 1, 1, tzinfo=UTC)).version == "2018-05-25"


def test_a_bare_date_is_midnight_in_the_policys_zone(version: Callable[..., Path]) -> None:
    path = version("2026-11-01", valid_from="2026-11-01")
    assert load(path).versions[0].valid_from == datetime(2026, 10, 31, 23, tzinfo=UTC)


def test_a_fault_names_file_line_field_and_cure(version: Callable[..., Path]) -> None:
    path = version(readings="\n  NEWS-5:\n    unsubscribe_erasure: one day\n")
    line = 1 + path.read_text().splitlines().index("    unsubscribe_erasure: one day")
    (fault,) = faults_of(path)
    assert fault.startswith(f'2026-11-01.yaml:{line} NEWS-5.unsubscribe_erasure: "one day" is no duration; write 24h')


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        ("{NEWS-55: {a: 1}}", "NEWS-55: is no clause; did you mean NEWS-5?"),
        (
            "{NEWS-5: {erasure: 24h}}",
            "NEWS-5.erasure: is no reading of NEWS-5; write unsubscribe_erasure",
        ),
        (
            "{NEWS-5: {unsubscribe_erasure: 24}}",
            'NEWS-5.unsubscribe_erasure: "24" is no duration; write it with',
        ),
        (
            "{BREACH-2: {strict: yes}}",
            'BREACH-2.strict: "yes" is neither true nor false; write true or false',
        ),
        ("{BREACH-2: {k_min: true}}", 'BREACH-2.k_min: "true" is no whole number; write one such as 10'),
        ("{BREACH-2: {threshold: low}}", 'BREACH-2.threshold: "low" is no choice here; write any or high'),
        ("{BREACH-2: {countries: EEA}}", 'BREACH-2.countries: "EEA" is no list; write [EEA]'),
        ("{BREACH-2: {countries: [3]}}", 'BREACH-2.countries: "3" is no word; write one, in quotes'),
        ("{news-5: {}}", "readings: 'news-5' does not match"),
        ("{NEWS-5: [24h]}", "readings.NEWS-5: ['24h'] is not of type 'object'; write the clause's readings"),
    ],
)
def test_readings_are_typed_by_their_clause(version: Callable[..., Path], readings: str, told: str) -> None:
    (fault,) = faults_of(version(readings=readings))
    assert told in fault


def test_all_faults_are_told_not_just_the_first(version: Callable[..., Path]) -> None:
    path = version("2026-12-01", readings="{NEWS-55: {}, BREACH-2: {strict: 1}, NEWS-5: {x: 1}}")
    version("2026-11-01", controller="controller: Somebody\npolicy:")
    told = faults_of(path.parent)
    assert len(told) == 4
    assert told[0].endswith("policy: stands twice; keep one")
    assert all(fault.startswith("2026-12-01.yaml:") for fault in told[1:])


def test_unknown_words_and_types_are_told(version: Callable[..., Path]) -> None:
    path = version()
    text = path.read_text().replace("preferences]", "preferense]").replace('"crm.*"', '"crn.*"')
    path.write_text(text.replace("[legitimate_interest, consent]", "[legitimate_intrest, consent]", 1))
    told = "\n".join(faults_of(path))
    assert 'newsletter.categories: "preferense" is no known word; did you mean preferences?' in told
    assert 'relations.events: "crn.*" is no type of event' in told
    assert 'recruitment.bases: "legitimate_intrest" is no known word; did you mean legitimate_interest?' in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1\nb: }", "x.yaml:2 file: no YAML"),
        ("a: 1\nb: 2\na: 3", "x.yaml:3 a: stands twice; keep one"),
        ("", "x.yaml:1 file: None is not of type 'object'"),
        ("policy: p\n", "is a required property"),
    ],
)
def test_what_is_no_policy_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    assert told in "\n".join(faults_of(path))


def test_an_empty_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert "holds no version of a policy" in faults_of(tmp_path)[0]
    assert "cannot be read" in faults_of(tmp_path / "gone.yaml")[0]


def test_two_versions_may_not_begin_together_nor_share_a_name(version: Callable[..., Path]) -> None:
    version("2026-11-01")
    path = version("2026-12-01", valid_from="2026-11-01T00:00:00+01:00")
    (fault,) = faults_of(path.parent)
    assert fault.startswith("2026-12-01.yaml:")
    assert "valid_from: is also that of 2026-11-01.yaml" in fault


def test_norway_is_a_word(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("policy: NO\n")
    assert "'NO' does not match" in "\n".join(faults_of(path))  # a word of the wrong form, not false


def test_every_sentence_has_a_digest_and_every_defect_its_sentence() -> None:
    policy = load()
    assert len(policy.sentences) == 194
    kinds = {each.kind for each in policy.sentences}
    assert kinds == {"enforced", "defect", "attested", "not_checkable", "heading_or_fact"}
    assert all(len(each.digest) == len(hashlib.sha256().hexdigest()) for each in policy.sentences)
    assert all(bool(each.clauses) == (each.kind in ("enforced", "defect")) for each in policy.sentences)
    faulty = {each.id: set(each.clauses) for each in policy.sentences if each.kind == "defect"}
    assert {each.sentence: set(each.clauses) for each in policy.defects} == faulty
