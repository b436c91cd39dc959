"""The Data Docs that the pages serve: the library's own page, without other hosts, for who may see the policy."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards import data_docs, gate, surroundings
from expectations.model import registry
from infra.settings import Settings
from tests.dashboards.test_sign_in import company, person

__all__ = ["company"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose docs are written once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(surroundings, "settings", lambda: Settings(data))
    with TestClient(Starlette(routes=[data_docs.ROUTE])) as made:
        yield made


def test_each_clause_has_its_place_and_no_other_host_is_asked(client: TestClient) -> None:
    answer = client.get(data_docs.PATH)
    assert answer.status_code == 200
    assert set(re.findall(r'<li id="([A-Z]+-\d+)"', answer.text)) == set(registry())
    assert "Table-Level Expectations" in answer.text  # the library's own words
    assert not re.search(r"https?:|<script|<link|<img", answer.text)
    versions = surroundings.policy().versions
    assert client.get(data_docs.PATH, params={"version": versions[0].version, "lang": "nl"}).status_code == 200
    assert client.get(data_docs.PATH, params={"version": "../../key"}).status_code == 404


def test_they_are_written_once(client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = data_docs.written(data)
    monkeypatch.setattr(data_docs.subprocess, "run", lambda *_, **__: pytest.fail("written again"))
    assert data_docs.written(data) == first
    assert [each.name for each in first.parent.iterdir()] == [first.name]  # nothing half made is left


def test_what_cannot_be_written_says_so(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "settings", lambda: Settings(tmp_path))
    monkeypatch.setattr(data_docs.sys, "executable", "/bin/false")
    answer = client.get(data_docs.PATH)
    assert (answer.status_code, "could not be written" in answer.text) == (503, True)


@pytest.mark.parametrize("group", ["privacy", "board", "operations"])
def test_every_role_that_sees_the_policy_sees_them(
    company: Any, client: TestClient, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    monkeypatch.setattr(gate, "signed", lambda _: person(iat=time.time(), groups=[group]))
    assert client.get(data_docs.PATH).status_code == 200


@pytest.mark.parametrize(("said", "status"), [({"groups": []}, 403), ({"sub": "u-9"}, 403), ({"iat": 1}, 303)])
def test_who_may_not_look_is_refused(
    company: Any, client: TestClient, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], status: int
) -> None:
    company.deny_file.write_text("u-9")
    monkeypatch.setattr(gate, "signed", lambda _: {**person(iat=time.time()), **said})
    answer = client.get(data_docs.PATH, follow_redirects=False)
    assert answer.status_code == status
    assert "NEWS-3" not in answer.text


def test_who_is_not_signed_in_comes_back_after_signing_in(company: Any, client: TestClient) -> None:
    answer = client.get(data_docs.PATH, params={"version": "2018-05-25"}, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?to=%2Fdata-docs%3Fversion%3D2018-05-25"
    assert gate.ours("/data-docs?version=2018-05-25")
