"""The register of processing: declared beside observed."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from streamlit import config

from dashboards import questions, surroundings
from dashboards.pages.register import exported
from dashboards.questions import Desk
from dashboards.register import Entry, as_csv, register
from tests.support.drawn import World, draw, world
from tests.support.seeded import NOW, Seeded, batch, event
from tests.support.warehouse import rows


def seen(**given: Any) -> dict[str, Any]:
    """A row of `register_seen`: the newsletter as declared, unless said otherwise."""
    return {
        "system": "newsletter", "type": "newsletter.sent", "purpose": "newsletter", "n": 3, "people": 2,
        "first_at": NOW - timedelta(days=1), "last_at": NOW, "bases": ["consent"],
        "category_sets": ['["name","email_address"]'], "recipients": [], "countries": [], **given,
    }  # fmt: skip


def entries(*found: dict[str, Any]) -> dict[str, Entry]:
    return {each.name: each for each in register(found, surroundings.policy().version_at(NOW))}


def test_what_is_declared_and_seen_is_told_apart_from_what_is_only_one_of_them() -> None:
    told = entries(seen(category_sets=['["name"]', '["email_address","financial"]'], bases=["consent", "contract"]))
    newsletter = told["newsletter"]
    assert newsletter.sides["categories"].both == ("email_address", "name")
    assert newsletter.sides["categories"].undeclared == ("financial",)
    assert newsletter.sides["categories"].dormant == ("preferences",)
    assert newsletter.sides["bases"].undeclared == ("contract",)
    assert newsletter.sides["purposes"].both == ("newsletter",)
    assert (newsletter.undeclared, newsletter.dormant, newsletter.events) == (2, False, 3)


def test_an_activity_of_which_nothing_was_seen_is_dormant() -> None:
    told = entries(seen())
    assert told["camera"].dormant
    assert not told["newsletter"].dormant


def test_any_allows_what_the_policy_means_by_it_and_no_more() -> None:
    told = entries(
        seen(system="crm", type="data.processed", purpose="service_improvement", category_sets=['["job","health"]'])
    )
    others = told["others"].sides["categories"]
    assert others.any
    assert others.both == ("job",)
    assert others.undeclared == ("health",)
    assert others.dormant == ()


def kept(clause: str, **given: Any) -> dict[str, Any]:
    """A row of `register_kept`: nothing erased, nothing held, unless said otherwise."""
    none = dict.fromkeys(("erased", "held", "paused", "beyond"), 0)
    return {"clause": clause, **none, **dict.fromkeys(("usual", "longest", "oldest")), **given}


def test_retention_is_told_beside_the_declared_term() -> None:
    version = surroundings.policy().version_at(NOW)
    rows_ = [
        kept("REC-1", erased=3, usual=20 * 86400.0, longest=27 * 86400.0, held=2, oldest=30 * 86400.0, beyond=1),
        kept("NEWS-5", erased=1, usual=3600.0, longest=3600.0),
    ]
    found = {each.name: each.keeping for each in register([seen()], version, rows_)}
    recruitment, newsletter, camera = found["recruitment"], found["newsletter"], found["camera"]
    assert recruitment
    assert newsletter
    assert camera
    assert (recruitment.usual, recruitment.most) == (timedelta(days=20), timedelta(days=30))
    assert (list(map(str, recruitment.terms)), recruitment.beyond) == (["28d", "1 year"], 1)
    assert (list(map(str, newsletter.terms)), newsletter.most) == (["24h"], timedelta(hours=1))
    assert (list(map(str, camera.terms)), camera.most, camera.erased) == (["28d"], None, 0)
    assert found["clickstream"] is None
    lines = {line["activity"]: line for line in csv.DictReader(as_csv(register([], version, rows_)).splitlines())}
    told = lines["recruitment"]
    assert (told["retention_clause"], told["retention_term"], told["beyond_term"]) == ("REC-1", "28d or 1 year", "1")
    assert (told["kept_days_half"], told["kept_days_longest"], told["held"]) == ("20.00", "30.00", "2")
    assert lines["relations"]["retention_term"] == "7 years"
    assert lines["clickstream"]["retention_clause"] == ""


def test_what_belongs_to_no_activity_stands_last_and_undeclared() -> None:
    found = register([seen(system="compliance", type="x.unknown")], surroundings.policy().version_at(NOW))
    assert not found[-1].declared
    assert found[-1].undeclared == 4  # two categories, a purpose, a basis


def test_the_export_has_a_line_an_activity_and_no_formula() -> None:
    version = surroundings.policy().version_at(NOW)
    text = as_csv(register([seen(recipients=["=cmd()"])], version))
    lines = list(csv.reader(text.splitlines()))
    assert len(lines) == 1 + len(version.activities)
    assert "'=cmd()" in next(line for line in lines if line[0] == "newsletter")


@pytest.fixture
def day() -> World:
    seeded = Seeded(share=0.01).day()
    data = {"purpose": "newsletter", "legal_basis": "consent", "data_categories": ["name", "iris_scan"]}
    row = event(seeded.chance, "newsletter", "newsletter.sent", NOW - timedelta(hours=1), "", 1)
    seeded.store.apply(batch(seeded.epoch, [{**row, "data": json.dumps(data)}]))
    return world(seeded.live(looks=3))


def test_the_page_tells_what_is_not_declared_first(day: World) -> None:
    html = draw("register", day.reader, day.desk)
    assert re.search(r'data-testid="headline">.*1 kind of processing is not declared</h1>', html)
    row = re.search(r'<tr data-testid="activity-newsletter">.*?</tr>', html, re.S)
    assert row
    assert "✖ iris scan" in row[0]
    assert "dormant" in html[html.index('data-testid="activity-camera"') :]


def test_what_is_kept_longer_than_its_term_stands_out_and_leads_to_it(season_world: World) -> None:
    html = draw("register", season_world.reader, season_world.desk)
    row = re.search(r'<tr data-testid="activity-recruitment">.*?</tr>', html, re.S)
    assert row
    assert re.search(r"half within \d+ d", row[0])
    assert re.search(r'<a class="cw-late" href="breaches\?clause=REC-1">✖ \d+ longer than', row[0])
    assert "term of REC-1: 28 days or 1 year" in row[0]
    assert re.search(r'data-testid="below">.*longer than', html)


def test_how_far_back_is_looked_stands_in_the_address(day: World) -> None:
    assert "the last 7 days showed" in draw("register", day.reader, day.desk, days="7")
    assert "the last 30 days showed" in draw("register", day.reader, day.desk, days="9999")


def test_it_is_taken_away_by_those_who_may_and_noted(day: World) -> None:
    questions.install(day.desk)
    assert b"iris_scan" in exported(30)
    assert [each["purpose"] for each in rows(day.seeded.store, "SELECT purpose FROM looks")] == [
        "register csv: days=30"
    ]
    config.set_option("server.address", "0.0.0.0")
    with pytest.raises(PermissionError):
        exported(30)


def test_a_store_that_does_not_answer_shows_no_register(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    html = draw("register", day.reader, Desk(refuse, threads=1))
    assert "The store does not answer yet" in html
    assert "activity-" not in html


def test_dutch_is_dutch(day: World) -> None:
    assert "Register van verwerkingen" in draw("register", day.reader, day.desk, language="nl")
