"""The published documents are those of the vocabulary, and refuse what decoding refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

import expectations.contract
from expectations.contract.commands import schemas as command
from expectations.contract.schemas import asyncapi, documents, event_schema
from expectations.vocabulary import TOPICS, TYPES
from tests.support.contract import decoded, event

PUBLISHED = Path(expectations.contract.__file__).parent / "published"


def test_the_published_documents_are_up_to_date() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.iterdir()} == documents()


@pytest.mark.parametrize("name", TYPES)
def test_every_schema_is_one_and_takes_a_sound_event(name: str) -> None:
    schema = event_schema(name)
    Draft7Validator.check_schema(schema)
    subject = ... if TYPES[name].subject == "none" else "p-1"
    sound = event(name, source=f"/{TYPES[name].system or 'crm'}/eu", subject=subject)
    assert list(Draft7Validator(schema).iter_errors(sound)) == []
    assert decoded(sound).events.height == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": ...},
        {"time": "2026-03-02"},
        {"time": "2026-03-02T08:00:60Z"},
        {"subject": ...},
        {"subject": "p 1"},
        {"source": "/website"},
        {"source": "crm"},
        {"datacontenttype": "text/plain"},
        {"data": []},
        {"data": {"role": "owner"}},
        {"data": {"purpose": 1}},
        {"data": {"automated": "true"}},
        {"data": {"data_categories": "name"}},
        {"data": {"data_categories": [1]}},
        {"data": {"data_categories": ["name", None], "role": None, "x": 1}},
        {"datacontenttype": "application/vnd.crm+json; charset=utf-8"},
        {"data": None},
    ],
)
def test_schema_and_decoding_agree(changes: dict[str, Any]) -> None:
    content = event(**changes)
    valid = Draft7Validator(event_schema("crm.invoiced")).is_valid(content)
    assert valid is (decoded(content).events.height == 1)


def test_the_asyncapi_document_names_five_topics_and_every_type() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert [channel["address"] for channel in document["channels"].values()] == list(TOPICS.values())
    assert set(document["components"]["messages"]) == set(TYPES)
    carried = document["channels"]["crm"]["messages"]
    assert "consent.given" in carried
    assert "newsletter.sent" not in carried


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [one for value in part.values() for one in references(value)]
        return [one for value in part for one in references(value)] if isinstance(part, list) else []

    for reference in references(document):
        if reference.startswith("#/"):
            place: Any = document
            for step in reference[2:].split("/"):
                place = place[step]
        else:
            assert reference.removeprefix("./") in documents()


def test_the_command_writes_every_document(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--out", str(tmp_path / "made")])
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "made").iterdir())) == len(TYPES) + 1
    assert json.loads((tmp_path / "made" / "crm.invoiced.schema.json").read_text())["title"] == "crm.invoiced"


def test_the_command_says_what_to_do_about_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(command, ["--out", str(tmp_path / "file" / "made")])
    assert result.exit_code == 1
    assert "--out" in result.output
