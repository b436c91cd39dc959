"""Recruitment: applications kept past their term, the pool that rests on consent, sensitive categories seen."""

from __future__ import annotations

from functools import partial

from dashboards import surroundings
from dashboards.address import moment
from dashboards.components.frame import live
from dashboards.components.recruitment import files, pool, sensitive
from dashboards.components.sparks import bars
from dashboards.components.system import EVERY, View, course_tile, system_page
from dashboards.components.tiles import Tile
from dashboards.questions import desk, question
from dashboards.recruitment import CLAUSES, SPECIAL, TERMS, kept, within
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness
from dashboards.weeks import asked, courses, weeks

SYSTEM = "recruitment"


def page(say: Speech) -> None:
    """Draw the page and keep it fresh, as of the moment in the address."""
    live(say, partial(_draw, say), moment())


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    until = bundle.moment.as_of or bundle.taken_at
    shown = weeks(until, say.tz)
    term = within(surroundings.reading("REC-1", until).retention, until)
    weekly, running = desk().ask(
        asked(SYSTEM, CLAUSES, shown, say.zone, bundle.moment),
        question("recruitment_kept", within=term),
        mark=bundle.pulse.get("breaches"),
        at=bundle.moment,
    )
    consents, categories = desk().ask(
        question("recruitment_pool", since=shown.since, zone=say.zone, every=EVERY),
        question("recruitment_categories", since=shown.since, special=SPECIAL, every=EVERY),
        at=bundle.moment,
    )

    def view() -> View:
        assert running.taken_at is not None
        at = running.taken_at
        by = courses(weekly.rows, CLAUSES, surroundings.clauses(say.language), shown)
        told, passed = kept(running.rows)
        rec, beyond = told["REC-1"], by["GEN-1"]
        given, withdrawn = (
            shown.sums(row for row in consents.rows if row["kind"] == kind)
            for kind in ("retention_consented", "retention_withdrew")
        )
        everywhere = categories.rows[0]["everywhere"] if categories.rows else 0
        past = [sum(by[each].cells[n].breaches for each in TERMS) for n in range(len(shown.mondays))]
        oldest = min((each.oldest_due for each in told.values() if each.oldest_due), default=None)
        figures = (
            Tile(
                "past",
                number(passed),
                say("recruitment.oldest", span=say.span(at - oldest)) if oldest else say("recruitment.in_time"),
                bars(past, ""),
                "#files",
                alarm=bool(passed),
            ),
            Tile("pool", number(rec.pool), say("recruitment.ending", n=rec.ending), bars(given, ""), "#pool"),
            course_tile(
                "sensitive",
                number(everywhere),
                say("recruitment.beyond_n", n=beyond.breaches),
                beyond,
                "#sensitive",
            ),
        )
        below = say(
            "recruitment.below",
            running=say("recruitment.running", n=rec.running - rec.pool),
            pool=say("recruitment.in_pool", n=rec.pool),
            ending=say("recruitment.ending", n=rec.ending),
        )
        return View(
            say("recruitment.head", n=passed) if passed else say("recruitment.well"),
            below,
            bool(passed),
            figures,
            by,
            (("files", lambda: files(told, at, say)),),
            (
                ("pool", lambda: pool(given, withdrawn, rec, shown, say)),
                ("sensitive", lambda: sensitive(categories.rows, beyond, shown, say)),
            ),
        )

    titles = ("weeks.title", "recruitment.files", "recruitment.pool", "recruitment.sensitive")
    answers = zip(map(say, titles), (weekly, running, consents, categories), strict=True)
    system_page(SYSTEM, answers, view, shown, bundle, fresh, say)
