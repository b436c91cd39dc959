"""The filters of Breaches, within reach above the list."""

from __future__ import annotations

from dashboards.breaches import DISCLOSURE, JURISDICTIONS, PERIODS, STATES, TOKEN, Filter, sections
from dashboards.components.filters import Choice, form, let_go, pills, search, segments, select
from dashboards.components.status import severity_mark
from dashboards.components.world import name_of
from dashboards.figures import SEVERITIES, Clauses
from dashboards.speech import Speech
from expectations.vocabulary import SYSTEMS

FIELDS = ("section", "clause", "system", "jurisdiction", "period", "q")


def breach_filters(chosen: Filter, clauses: Clauses, say: Speech) -> str:
    """Links and a form; each changes the address."""
    states = [Choice(None if each == "stands" else each, say(f"breaches.states.{each}")) for each in STATES]
    severities = [Choice(each, say(f"severity.{each}"), severity_mark(each)) for each in SEVERITIES]
    fields = (
        select(
            "section",
            say("filters.section"),
            (Choice(each, say("policy.section", section=each)) for each in sections(clauses)),
            chosen.section,
        ),
        select(
            "clause",
            say("filters.clause"),
            (Choice(id, f"{id} {say.short(words)}") for id, words in clauses.items()),
            chosen.clause,
        ),
        select("system", say("filters.system"), (Choice(each, say.system(each)) for each in SYSTEMS), chosen.system),
        select(
            "period",
            say("filters.period"),
            (Choice(each, say(f"filters.periods.{each}")) for each in PERIODS),
            chosen.period,
        ),
        select(
            "jurisdiction",
            say("filters.jurisdiction"),
            (Choice(each, say(f"filters.jurisdictions.{each}")) for each in JURISDICTIONS),
            chosen.jurisdiction,
        ),
        search("q", say("filters.q"), chosen.q, TOKEN.pattern, say),
    )
    return (
        '<div class="cw-filters" data-testid="filters">'
        f"{segments('state', say('filters.state'), states, None if chosen.state == 'stands' else chosen.state)}"
        f"{pills('severity', say('filters.severity'), severities, chosen.severities)}"
        f"{form(fields, FIELDS)}{_span(chosen, say)}{_news(chosen, say)}{_sharing(chosen, say)}</div>"
    )


def _news(chosen: Filter, say: Speech) -> str:
    """Since when it is so, with how to let it go."""
    return let_go(say("filters.news", when=say.moment(chosen.news)), "news", say, news=None) if chosen.news else ""


def _sharing(chosen: Filter, say: Speech) -> str:
    """What a figure of Third parties chose, with how to let it go."""
    if not chosen.sharing:
        return ""
    told = [name_of(chosen.country or ""), chosen.recipient, (chosen.ground or "").replace("_", " ")]
    words = " · ".join([say("filters.sharing"), *(each for each in told if each)])
    return let_go(words, "sharing", say, sharing=None, **dict.fromkeys(DISCLOSURE))


def _span(chosen: Filter, say: Speech) -> str:
    """The span of time that a link chose, with how to let it go."""
    if chosen.since is None and chosen.until is None:
        return ""
    since = say.moment(chosen.since) if chosen.since else "…"
    until = say.moment(chosen.until) if chosen.until else "…"
    return let_go(f"{since} – {until}", "span", say, since=None, until=None)
