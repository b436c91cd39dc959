"""Snapshots in its states, drawn by Streamlit without a browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

from dashboards.acting import NotDoneError
from dashboards.components import sign_off
from dashboards.components import snapshots as pieces
from dashboards.pages import snapshots
from dashboards.sign_in import NotAllowedError
from dashboards.snapshot.bundle import MANIFEST, canonical, unpacked, zipped
from dashboards.snapshot.make import kept, taken
from dashboards.speech import Speech
from expectations.contract.decode import Record, decode
from infra.quarter import Quarter
from tests.support.drawn import World, draw, world
from tests.support.seeded import NOW

QUARTER = Quarter.of("2026Q4")


@pytest.fixture(scope="module")
def day() -> World:
    return world()


@pytest.fixture(scope="module")
def bundles(day: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    store = day.seeded.store
    kept(store, taken(store, QUARTER, NOW - timedelta(hours=1)), folder, "en")
    kept(store, taken(store, QUARTER, QUARTER.until("Europe/Amsterdam")), folder, "en")
    return folder


@pytest.fixture
def page(day: World, bundles: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(snapshots, "folder", lambda: bundles)
    return lambda **address: draw("snapshots", day.reader, day.desk, **address)


def test_the_last_final_edition_is_shown_with_its_digests(page: Any, bundles: Path) -> None:
    html = page()
    manifest = json.loads(unpacked(bundles / "2026Q4-1.zip")[MANIFEST])
    assert "Q4 2026 is final" in html
    digest = re.search(r"data-testid='pdf_digest'>([^<]+)<", html)
    assert digest
    assert digest[1].replace(" ", "") == manifest["files"]["snapshot-en.pdf"]
    assert re.findall(r'data-testid="edition-([^"]+)"', html) == ["2026Q4-1", "2026Q4-draft"]


def test_the_address_chooses_edition_and_sheet(page: Any) -> None:
    first, second = page(edition="2026Q4-draft"), page(edition="2026Q4-draft", sheet="2")
    assert "Q4 2026 is a draft" in first
    assert "Page 2 of" in second
    shown = [re.findall(r'src="(data:image/png[^"]+)"', html) for html in (first, second)]
    assert [len(each) for each in shown] == [1, 1]
    assert shown[0] != shown[1]
    strange = page(edition="../key", sheet="99")
    assert "Q4 2026 is final" in strange
    assert "Page 1 of" in strange


def test_pages_of_another_version_are_not_drawn_as_if_they_were_the_files(
    page: Any, bundles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = unpacked(bundles / "2026Q4-1.zip")
    manifest = json.loads(files[MANIFEST])
    manifest["set_by"]["typst"] = "0.1"
    (tmp_path / "2026Q4-1.zip").write_bytes(zipped({**files, MANIFEST: canonical(manifest)}))
    monkeypatch.setattr(snapshots, "folder", lambda: tmp_path)
    html = page()
    assert "set by another version" in html
    assert "data:image/png" not in html


def test_a_broken_bundle_and_none_at_all_are_told(page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "folder", lambda: tmp_path)
    assert "No snapshot has been made yet" in page()
    (tmp_path / "2026Q3-1.zip").write_bytes(b"half")
    assert "2026Q3-1.zip cannot be read" in page()


def test_a_signature_counts_for_the_very_file_only(bundles: Path) -> None:
    path, at = bundles / "2026Q4-1.zip", NOW
    digest = sign_off.manifest_digest(path)
    signed = {"snapshot": path.stem, "digest": digest, "actor": "b.oard", "time": at, "id": "1"}
    html = sign_off.signatures([signed, {**signed, "digest": "0" * 64, "actor": "x"}], path.stem, digest, Speech())
    told = re.findall(r'data-testid="signed">([^<]+)<', html)
    assert [line[:8] for line in told] == ["✓ b.oard", "◆ x, 26 "]
    assert "another file" in told[1]
    assert "Nobody has signed" in sign_off.signatures([signed], "2026Q3-1", digest, Speech())


def test_the_event_of_a_signature_is_one_of_the_contract(bundles: Path) -> None:
    made = sign_off.signature("2026Q4-1", sign_off.manifest_digest(bundles / "2026Q4-1.zip"), "b.oard")
    found = decode([Record(json.dumps(made).encode(), None, (), "compliance.events", 0, 1)], key=b"k")
    assert found.quarantine.height == 0
    assert json.loads(found.events["data"][0])["digest"] == made["data"]["digest"]


def test_only_a_final_edition_asks_for_a_signature(page: Any) -> None:
    assert 'data-testid="panel-signatures"' in page()
    assert 'data-testid="panel-signatures"' not in page(edition="2026Q4-draft")


def test_who_may_not_sign_signs_nothing(bundles: Path) -> None:
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(NotDoneError):
        sign_off.signed_off(bundles / "2026Q4-1.zip")


def test_who_may_not_look_takes_nothing_away(bundles: Path) -> None:
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(NotAllowedError):
        pieces.taken_away(bundles / "2026Q4-1.zip", None)


def test_what_is_taken_away_is_the_file_and_is_noted(day: World, page: Any, bundles: Path) -> None:
    page()
    path = bundles / "2026Q4-1.zip"
    assert pieces.taken_away(path, "snapshot-nl.pdf") == unpacked(path)["snapshot-nl.pdf"]
    noted = day.seeded.store._connection.cursor().sql("SELECT what, purpose FROM looks").fetchall()
    assert any(what == "export" and "2026Q4-1.zip snapshot-nl.pdf" in purpose for what, purpose in noted)
