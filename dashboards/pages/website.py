"""Website: cookies before consent, visits that can be tied to a person, who gets them, what the forms are for."""

from __future__ import annotations

from functools import partial

from dashboards import surroundings
from dashboards.address import moment
from dashboards.components.frame import live
from dashboards.components.system import EVERY, View, course_tile, opens, system_page
from dashboards.components.tiles import Tile
from dashboards.components.website import cookies, forms, latest, parties
from dashboards.questions import desk, question
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness
from dashboards.website import CLAUSES, look, shortened, visits
from dashboards.weeks import asked, courses, weeks

SYSTEM = "website"


def page(say: Speech) -> None:
    """Draw the page and keep it fresh, as of the moment in the address."""
    live(say, partial(_draw, say), moment())


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    until = bundle.moment.as_of or bundle.taken_at
    shown, minutes = weeks(until, say.tz), look(bundle.minutes)
    weekly, unasked = desk().ask(
        asked(SYSTEM, CLAUSES, shown, say.zone, bundle.moment),
        question("website_cookies", since=shown.since, zone=say.zone),
        mark=bundle.pulse.get("breaches"),
        at=bundle.moment,
    )
    seen, sent, given = desk().ask(
        question("website_visits", minutes=minutes, every=EVERY),
        question("website_forms", since=shown.since, every=EVERY),
        question("website_parties", since=shown.since, every=EVERY),
        at=bundle.moment,
    )

    def view() -> View:
        assert sent.taken_at is not None
        by = courses(weekly.rows, CLAUSES, surroundings.clauses(say.language), shown)
        told = visits(seen.rows)
        broken, full = by["WEB-2"], by["CLICK-1"]
        percent = shortened(told["address"])
        shared = sum(row["breaches"] for row in given.rows)
        declared = surroundings.policy().version_at(sent.taken_at).activity_of("website.form_submitted")
        purposes = declared.purposes if declared else frozenset()
        figures = (
            course_tile(
                "cookies",
                number(broken.breaches),
                say("website.of_judged", n=broken.judged),
                broken,
                opens(broken, shown, SYSTEM),
            ),
            course_tile(
                "address",
                "–" if percent is None else say("website.percent", n=percent),
                say("website.identifiable", n=full.breaches),
                full,
                opens(full, shown, SYSTEM),
            ),
            Tile(
                "parties",
                number(len({row["recipient"] for row in given.rows})),
                say("website.shared", n=shared),
                "",
                "#parties",
                alarm=bool(shared),
            ),
        )
        below = say(
            "website.below",
            identifiable=say("website.identifiable", n=full.breaches),
            followed=say("website.followed_n", n=by["CLICK-4"].breaches),
            http=say("website.http_n", n=by["WEB-3"].breaches),
            day=say.day(shown.since),
        )
        return View(
            say("website.head", n=broken.breaches) if broken.breaches else say("website.well"),
            below,
            bool(broken.breaches),
            figures,
            by,
            (
                ("cookies", lambda: cookies(unasked.rows, shown, say)),
                ("forms", lambda: forms(sent.rows, purposes, say)),
            ),
            (
                ("latest", lambda: latest(told, minutes, say)),
                ("parties", lambda: parties(given.rows, shown, say)),
            ),
        )

    titles = ("weeks.title", "website.cookies", "website.latest", "website.forms", "website.parties")
    answers = zip(map(say, titles), (weekly, unasked, seen, sent, given), strict=True)
    system_page(SYSTEM, answers, view, shown, bundle, fresh, say)
