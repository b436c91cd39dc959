"""A clause's words in Dutch stand beside the clauses; what is missing is told in English, what is wrong is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.lined import FileError
from expectations.model import registry
from expectations.words import clauses_in, faults_of_words, unworded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = ["NEWS-5:", "  promise: Weg na afmelding.", "  breach: Niet weg.", "  remedy: Verwijder nu."]
    (tmp_path / "nl.yaml").write_text("\n".join(lines), "utf-8")
    return tmp_path


def faults(folder: Path, old: str, new: str) -> list[str]:
    file = folder / "nl.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return [str(each) for each in faults_of_words(folder)]


def test_a_clause_is_told_in_dutch_and_is_the_same_clause() -> None:
    dutch = clauses_in("nl")
    assert list(dutch) == list(registry())
    assert dutch["NEWS-5"].promise == "Wie zich afmeldt, wordt van de lijst verwijderd."
    assert dutch["NEWS-5"].check is registry()["NEWS-5"].check
    told = dutch.keys() - {each.field for each in unworded()}
    for part in ("promise", "breach", "remedy"):
        assert [id for id in told if getattr(dutch[id], part) == getattr(registry()[id], part)] == []


def test_a_language_without_words_is_told_in_english() -> None:
    assert clauses_in("fr") == registry()


def test_what_is_wrong_names_line_and_cure(folder: Path) -> None:
    assert list(faults_of_words(folder)) == []
    assert faults(folder, "NEWS-5:", "NEWS-55:") == ["nl.yaml:1 NEWS-55: is no clause; did you mean NEWS-5?"]
    assert faults(folder, "NEWS-55:", "NEWS-5:") == []
    assert faults(folder, "breach: Niet weg.", "breach:") == [
        "nl.yaml:3 NEWS-5.breach: is missing; say the clause's breach in this language"
    ]
    assert faults(folder, "breach:", "breech: Niet weg.") == [
        "nl.yaml:1 NEWS-5.breach: is missing; say the clause's breach in this language",
        "nl.yaml:3 NEWS-5.breech: is no part of a clause's words; did you mean breach?",
    ]


def test_a_file_of_something_else_is_refused(folder: Path) -> None:
    (folder / "nl.yaml").write_text("- NEWS-5", "utf-8")
    with pytest.raises(FileError, match=r"nl.yaml:1 file: names no clause; write each clause's id"):
        list(faults_of_words(folder))


def test_a_clause_without_words_is_told_of_and_is_no_fault(folder: Path) -> None:
    told = [str(each) for each in unworded(folder)]
    assert len(told) == len(registry()) - 1
    assert told[0] == "nl.yaml:1 SCOPE-1: has no words here and is told in English; say promise, breach, remedy"
