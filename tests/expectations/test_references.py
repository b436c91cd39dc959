"""Claims about the reference lists: who belongs to the EEA, what is adequate, from when on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from expectations.lined import FileError
from expectations.references import FOLDER, load, references

MOMENT = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_thirty_states_are_in_the_eea_today() -> None:
    lists = references()
    members = {span.country for span in lists.eea_spans if lists.eea(span.country, at("2026-11-26T00:00Z"))}
    assert len(members) == 30
    assert {"NL", "NO", "IS", "LI", "HR"} <= members
    assert not members & {"GB", "CH", "ZA", "US"}


@pytest.mark.parametrize(
    ("country", "begins"),
    [
        ("HR", "2013-07-01T00:00:00+02:00"),
        ("PL", "2004-05-01T00:00:00+02:00"),
        ("RO", "2007-01-01T00:00:00+01:00"),
    ],
)
def test_a_member_belongs_from_its_accession_on(country: str, begins: str) -> None:
    assert references().eea(country, at(begins))
    assert not references().eea(country, at(begins) - MOMENT)


def test_the_united_kingdom_left_but_is_adequate_throughout() -> None:
    left = at("2020-02-01T00:00:00+01:00")
    assert references().eea("GB", left - MOMENT)
    assert not references().eea("GB", left)
    for when in ("2015-01-01T00:00Z", "2020-06-01T00:00Z", "2021-06-01T00:00Z", "2026-11-01T00:00Z"):
        assert references().adequate("GB", at(when))


@pytest.mark.parametrize(
    ("country", "begins"),
    [
        ("CH", "2000-07-26T00:00:00+02:00"),
        ("JP", "2019-01-23T00:00:00+01:00"),
        ("KR", "2021-12-17T00:00:00+01:00"),
        ("NZ", "2012-12-19T00:00:00+01:00"),
        ("BR", "2026-01-26T00:00:00+01:00"),
    ],
)
def test_a_country_is_adequate_from_the_adoption_on(country: str, begins: str) -> None:
    assert references().adequate(country, at(begins))
    assert not references().adequate(country, at(begins) - MOMENT)


def test_the_united_states_are_adequate_for_the_certified_only_and_not_before_the_framework() -> None:
    begins = at("2023-07-10T00:00:00+02:00")
    assert references().adequate("US", begins, dpf=True)
    assert not references().adequate("US", begins, dpf=False)
    assert not references().adequate("US", begins - MOMENT, dpf=True)
    assert not references().adequate("US", at("2019-01-01T00:00Z"), dpf=True)  # the Privacy Shield is no dpf


def test_certification_helps_no_country_without_a_decision() -> None:
    assert not references().adequate("IN", at("2026-01-01T00:00Z"), dpf=True)


def test_the_sixteen_adequate_countries_are_those_of_the_commission() -> None:
    assert {span.country for span in references().adequate_spans} == {
        *("CH", "CA", "AR", "GG", "IM", "JE", "FO", "AD", "IL", "UY", "NZ", "JP", "GB", "KR", "US", "BR")
    }


def test_older_clauses_may_be_used_until_their_repeal_took_effect() -> None:
    sets = {each.name: each for each in references().clause_sets}
    assert sets["2010/87"].until == at("2022-12-27T00:00:00+01:00")
    assert sets["2010/87"].signed_before == at("2021-09-27T00:00:00+02:00")
    assert sets["2021/914"].until is None
    assert set(sets) == {"2001/497", "2004/915", "2010/87", "2021/914"}


def test_people_complain_to_the_authority_of_their_country() -> None:
    now = at("2026-11-26T00:00Z")
    assert references().authority_of("NL", now) == references().authority_of("DE", now) == "AP"
    assert references().authority_of("ZA", now) == "information_regulator"
    assert references().authority_of("US", now) is None


def test_a_faulty_list_is_told_by_file_and_line(tmp_path: Path) -> None:
    for each in FOLDER.glob("*.yaml"):
        text = each.read_text(encoding="utf-8").replace("2026-01-26", "2026-02-30").replace("NL,", "nl,")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load(tmp_path)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert 'entries[15].from: "2026-02-30" is no date; write one: 2026-01-26' in told[0]
    assert told[1].startswith("eea.yaml:27 entries[21].country: 'nl' does not match")
