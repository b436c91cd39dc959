"""Newsletter and consent: who was mailed without consent, how consents come and go, what follows when people leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards import surroundings
from dashboards.address import link, moment
from dashboards.components.frame import live
from dashboards.components.newsletter import consents, evidence, left
from dashboards.components.sparks import bars
from dashboards.components.system import EVERY, View, opens, system_page
from dashboards.components.tiles import Tile
from dashboards.newsletter import CLAUSES, ENDED, GIVEN, WITHOUT, Leaving, by_evidence, leaving
from dashboards.questions import desk, question
from dashboards.speech import Speech, number
from dashboards.store import Bundle, Freshness
from dashboards.weeks import Course, Weeks, asked, courses, weeks

SYSTEM = "newsletter"


def page(say: Speech) -> None:
    """Draw the page and keep it fresh, as of the moment in the address."""
    live(say, partial(_draw, say), moment())


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    until = bundle.moment.as_of or bundle.taken_at
    shown = weeks(until, say.tz)
    kept, gone = desk().ask(
        asked(SYSTEM, CLAUSES, shown, say.zone, bundle.moment),
        question("newsletter_leaving", since=shown.since),
        mark=bundle.pulse.get("breaches"),
        at=bundle.moment,
    )
    (given,) = desk().ask(
        question("newsletter_consents", since=shown.since, zone=say.zone, every=EVERY), at=bundle.moment
    )

    def view() -> View:
        by = courses(kept.rows, CLAUSES, surroundings.clauses(say.language), shown)
        sums = {name: shown.sums(rows) for name, rows in by_evidence(given.rows).items()}
        after = leaving(gone.rows[0])
        without = sum(by[each].breaches for each in WITHOUT)
        text = say("newsletter.head", n=without) if without else say("newsletter.well")
        below = say(
            "newsletter.below",
            gone=number(by["NEWS-4"].breaches),
            overdue=say("newsletter.kept_on", n=after.overdue),
            day=say.day(shown.since),
        )
        return View(
            text,
            below,
            bool(without),
            _figures(by, sums, after, shown, say),
            by,
            (("consents", lambda: consents(sums, shown, say)),),
            (
                ("evidence", lambda: evidence(sums, say)),
                ("left", lambda: left(after, sum(sums["unsubscribed"]), by["NEWS-4"], shown, say)),
            ),
        )

    titles = ("weeks.title", "newsletter.left", "newsletter.consents")
    answers = zip(map(say, titles), (kept, gone, given), strict=True)
    system_page(SYSTEM, answers, view, shown, bundle, fresh, say)


def _figures(
    by: Mapping[str, Course], sums: Mapping[str, list[int]], after: Leaving, shown: Weeks, say: Speech
) -> tuple[Tile, ...]:
    without = [sum(by[each].cells[n].breaches for each in WITHOUT) for n in range(len(shown.mondays))]
    sent = by["NEWS-3"].judged + sum(by[each].breaches for each in WITHOUT if each != "NEWS-3")
    given = [sum(sums[name][n] for name in GIVEN) for n in range(len(shown.mondays))]
    ended = sum(sum(sums[name]) for name in ENDED)
    slow = say.span(after.slow) if after.slow is not None else "–"
    late = say("newsletter.mailed", n=after.mailed) if after.mailed else say("newsletter.deleted_within", span=slow)
    return (
        Tile(
            "without",
            number(sum(without)),
            say("newsletter.of_sent", n=sent),
            bars(without, ""),
            "#weeks",
            alarm=any(without),
        ),
        Tile("given", number(sum(given)), say("newsletter.ended", n=ended), bars(given, ""), "#consents"),
        Tile(
            "last_mail",
            say.span(after.longest) if after.longest else say("newsletter.at_once"),
            late,
            bars([cell.breaches for cell in by["NEWS-4"].cells], ""),
            opens(by["NEWS-4"], shown, SYSTEM) if after.mailed else link("obligations", clause="NEWS-5", state="met"),
            alarm=bool(after.mailed),
        ),
    )
