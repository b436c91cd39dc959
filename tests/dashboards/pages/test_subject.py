"""Subject: by pseudonym only, with a purpose, and each look noted."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import questions, sign_in, store
from dashboards.components.story import timeline
from dashboards.questions import Desk
from dashboards.speech import Speech
from dashboards.subjects import PURPOSES, Told, key_of, known, refused, story
from tests.support.drawn import World, html, world
from tests.support.seeded import NOW
from tests.support.warehouse import rows


@pytest.fixture
def day() -> World:
    return world()


def opened(seen: World, desk: Desk | None = None, **address: str) -> AppTest:
    store.install(seen.reader)
    questions.install(desk or seen.desk)
    test = AppTest.from_function(_page, default_timeout=20)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def _page() -> None:
    from dashboards.pages import subject
    from dashboards.speech import Speech

    subject.page(Speech())


def ask(test: AppTest, name: str, purpose: str | None) -> str:
    """Fill the form in, send it; what the page shows then."""
    test.text_input[0].set_value(name)
    if purpose is not None:
        test.selectbox[0].set_value(purpose)
    test.button[0].click().run()
    assert not test.exception
    return html(test)


def looked(seen: World) -> list[dict[str, Any]]:
    return rows(seen.seeded.store, 'SELECT who, what, subject, purpose FROM looks ORDER BY "at"')


def somebody(seen: World) -> str:
    found = rows(
        seen.seeded.store, "SELECT subject FROM verdicts WHERE clause = 'NEWS-4' AND outcome = 'breach' LIMIT 1"
    )
    return str(found[0]["subject"])


def test_a_person_is_shown_for_a_purpose_and_the_look_is_noted_first(day: World) -> None:
    name = somebody(day)
    told = ask(opened(day), name, "complaint")
    assert f'aria-label="{name}"' in told
    assert "newsletter.sent" in told
    assert 'data-testid="told-finding"' in told
    assert "NEWS-4" in told
    assert [(each["what"], each["subject"], each["purpose"]) for each in looked(day)] == [("look", name, "complaint")]
    assert ">Complaint</td>" in told


def test_without_a_purpose_nobody_is_looked_up(day: World) -> None:
    assert "Say why you look" in ask(opened(day), somebody(day), None)
    assert looked(day) == []


@pytest.mark.parametrize("text", ["jan@example.org", "Jan de Vries", "0612345678", "", "NL91ABNA0417164300"])
def test_what_is_no_pseudonym_is_refused_and_kept_nowhere(day: World, text: str) -> None:
    test = opened(day)
    told = ask(test, text, "request")
    assert 'data-testid="subject-refused"' in told
    assert not text or text not in told
    assert looked(day) == []
    assert not text or text not in json.dumps(dict(test.query_params))
    assert "subject_seen" not in test.session_state


def test_the_address_fills_the_form_but_shows_nobody(day: World) -> None:
    name = somebody(day)
    test = opened(day, subject=name)
    assert test.text_input[0].value == name
    assert "told-" not in html(test)
    assert looked(day) == []
    assert opened(day, subject="jan@example.org").text_input[0].value == ""


@pytest.mark.parametrize("text", ["jansen", "p-nobody"])
def test_a_look_for_nobody_is_noted_without_what_was_typed(day: World, text: str) -> None:
    told = ask(opened(day), text, "review")
    assert "Nothing is stored of this pseudonym" in told
    assert text not in told
    assert looked(day) == [{"who": looked(day)[0]["who"], "what": "look", "subject": None, "purpose": "review"}]
    tables = rows(day.seeded.store, "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()")
    for table in (each["table_name"] for each in tables):
        found = rows(day.seeded.store, f"SELECT count(*) AS n FROM {table} t WHERE contains(t::VARCHAR, '{text}')")
        assert found == [{"n": 0}], table


def test_facts_stand_on_the_story_beside_what_happened(day: World) -> None:
    found = {
        "events": [{"time": NOW, "type": "newsletter.subscribed", "system": "newsletter"}],
        "facts": [
            {"time": NOW, "kind": "subscribed", "about": "newsletter", "word": None, "link": None, "at": None},
            {"time": NOW, "kind": "processed", "about": None, "word": None, "link": None, "at": None},
        ],
        "verdicts": [],
        "obligations": [],
        "looks": [],
    }
    told = story(found, NOW)
    assert [(each.kind, each.word) for each in told] == [("event", "newsletter.subscribed"), ("fact", "subscribed")]
    assert "Signed up for the newsletter" in timeline(told, NOW, {}, Speech())


def test_a_long_story_is_read_page_by_page_to_its_end(day: World) -> None:
    told = [Told(NOW - timedelta(seconds=n // 4), "event", f"type-{n:04d}", "crm") for n in range(650)]
    store.install(day.reader)
    seen, key, pages = [], None, 0
    while True:
        test = AppTest.from_function(_story, kwargs={"told": told, "key": key}, default_timeout=20).run()
        assert not test.exception
        body, pages = html(test), pages + 1
        seen += re.findall(r"type-\d{4}", body)
        more = re.search(r'href="\?after=([^"]+)" data-testid="more"', body)
        if not more:
            break
        key = key_of(unquote(more[1]))
        assert key is not None
    assert pages == 3
    assert seen == [each.word for each in told]
    assert "601 to 650 of 650" in body


def _story(told: object, key: object) -> None:
    import streamlit as st

    from dashboards.components.story import timeline
    from dashboards.speech import Speech
    from tests.support.seeded import NOW

    st.html(timeline(told, NOW, {}, Speech(), key))  # type: ignore[arg-type]


def test_a_key_that_is_none_is_not_said() -> None:
    assert [key_of(each) for each in ("12~3", "-5~0", None, "", "x", "1~", "1" * 30 + "~1")] == [
        (12, 3), (-5, 0), None, None, None, None, None,
    ]  # fmt: skip


def test_without_a_role_nobody_is_looked_up(day: World, monkeypatch: pytest.MonkeyPatch) -> None:
    test = opened(day)
    monkeypatch.setattr(sign_in, "viewer", lambda: None)
    assert "You may not look" in ask(test, somebody(day), "review")
    assert looked(day) == []


def test_a_store_that_does_not_answer_shows_nobody(day: World) -> None:
    def refuse() -> Any:
        raise ConnectionError

    told = ask(opened(day, Desk(refuse, threads=1)), "p-anybody", "review")
    assert "The store does not answer yet" in told


def test_the_story_has_what_was_owed_and_when_it_fell_due(day: World) -> None:
    store_ = day.seeded.store
    late = rows(
        store_, "SELECT subject FROM obligations WHERE clause = 'NEWS-5' AND met_at IS NULL ORDER BY opened_at"
    )[0]
    told = story(store_.subject(late["subject"], "m", "review", "look"), NOW)
    assert [(each.kind, each.word) for each in told] == [("due", "NEWS-5"), ("opened", "NEWS-5")]


def test_what_is_known_is_the_latest_of_each_kind() -> None:
    facts = [
        {"time": NOW, "kind": kind, "about": about, "n": n}
        for n, (kind, about) in enumerate(
            [("consented", "newsletter"), ("consented", "statistics"), ("consented", "newsletter"), ("processed", "x")]
        )
    ]
    assert sorted(each["n"] for each in known({"facts": facts})) == [1, 2]


def test_every_purpose_has_words_and_a_pseudonym_is_not_refused() -> None:
    from dashboards.speech import catalogue

    assert all(f"subject.purposes.{each}" in catalogue("nl") for each in PURPOSES)
    assert refused("p-07250eb9275a") is None
    assert refused("0612345678") == "personal"
