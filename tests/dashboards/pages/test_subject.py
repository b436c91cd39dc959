"""Subject: by pseudonym only, with a purpose, and each look noted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboards import questions, store
from dashboards.questions import Desk
from dashboards.subjects import PURPOSES, known, refused, story
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


def test_an_unknown_one_is_told_and_the_look_noted(day: World) -> None:
    assert "Nothing is stored of this pseudonym" in ask(opened(day), "p-nobody", "review")
    assert [each["subject"] for each in looked(day)] == ["p-nobody"]


def test_without_a_role_nobody_is_looked_up(day: World) -> None:
    test = opened(day)
    config.set_option("server.address", "0.0.0.0")
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
