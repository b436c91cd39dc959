"""Newsletter: mail without consent, consents by week and evidence, and what follows when people leave."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from dashboards.newsletter import by_evidence, leaving
from tests.support.drawn import World, draw, world
from tests.support.seeded import Seeded

HOUR = 3600.0


def gone(**given: Any) -> dict[str, Any]:
    """A row of the query `newsletter_leaving`."""
    none = {"lasts": [], "deleted": 0, "took_p50": None, "took_p95": None, "term": None, "waiting": 0, "overdue": 0}
    return {**none, **given}


def test_a_last_mail_belongs_to_the_shortest_span_that_holds_it() -> None:
    found = leaving(gone(lasts=[0.0, HOUR, HOUR + 1, 24 * HOUR, 8 * 24 * HOUR, None]))
    assert found.lasts == (2, 2, 0, 1, 1)
    assert (found.mailed, found.longest) == (6, timedelta(days=8))
    assert leaving(gone()).longest is None


def test_a_preticked_sign_up_is_no_consent_that_was_given() -> None:
    rows = [
        {"kind": "subscribed", "evidence": "confirmed", "n": 3},
        {"kind": "preticked", "evidence": None, "n": 2},
        {"kind": "withdrew", "evidence": None, "n": 1},
    ]
    found = {name: sum(row["n"] for row in some) for name, some in by_evidence(rows).items()}
    assert found == {
        "confirmed": 3, "unconfirmed": 0, "untold": 0, "consented": 0, "unsubscribed": 0, "withdrew": 1, "preticked": 2,
    }  # fmt: skip


def test_the_page_says_first_who_was_mailed_without_consent(season_world: World) -> None:
    html = draw("newsletter", season_world.reader, season_world.desk)
    assert re.search(r'data-testid="headline">.*✖</span> 50 newsletters went to people without consent</h1>', html)
    assert "43 of them after unsubscribing · 2 people left and are still on file · since 31 Aug" in html
    assert re.search(r'data-testid="tile-last_mail".*?>2 d 19 h<.*?43 people got mail after leaving', html, re.S)
    assert re.search(r"Pre-ticked: counts as none</span></td><td>15<", html)
    assert re.search(r"within 24 h</td><td><span class=\"cw-late\">✖ 3<", html)


def test_without_mail_to_the_wrong_people_the_page_says_so() -> None:
    quiet = Seeded(share=0.01)
    quiet.store.beat("worker-1", 12, 0)
    quiet.live(looks=2)
    html = draw("newsletter", (calm := world(quiet)).reader, calm.desk)
    assert "Every newsletter went to people who asked for it" in html
    assert re.search(r'data-testid="tile-last_mail".*?>none came<', html, re.S)


def test_dutch_is_dutch(season_world: World) -> None:
    assert "zonder toestemming" in draw("newsletter", season_world.reader, season_world.desk, language="nl")
