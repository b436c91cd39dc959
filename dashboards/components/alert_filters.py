"""The filters of Alerts, within reach above the list."""

from __future__ import annotations

from dashboards.alerts import OWNERS, STATES, TOKEN, Filter
from dashboards.components.filters import Choice, form, pills, search, segments, select
from dashboards.components.status import severity_mark
from dashboards.figures import SEVERITIES, Clauses
from dashboards.speech import Speech
from expectations.vocabulary import SYSTEMS

FIELDS = ("owner", "clause", "system", "q")


def alert_filters(chosen: Filter, clauses: Clauses, say: Speech) -> str:
    """Links and a form; each changes the address."""
    states = [Choice(None if each == "open" else each, say(f"alerts.states.{each}")) for each in STATES]
    severities = [Choice(each, say(f"severity.{each}"), severity_mark(each)) for each in SEVERITIES]
    owners = (Choice(each, say(f"alerts.owners.{each}")) for each in OWNERS)
    named = (Choice(id, f"{id} {say.short(words)}") for id, words in clauses.items())
    fields = (
        select("owner", say("alerts.owners.any"), owners, chosen.owner),
        select("clause", say("filters.clause"), named, chosen.clause),
        select("system", say("filters.system"), (Choice(each, say.system(each)) for each in SYSTEMS), chosen.system),
        search("q", say("alerts.q"), chosen.q, TOKEN.pattern, say),
    )
    return (
        '<div class="cw-filters" data-testid="filters">'
        f"{segments('state', say('filters.state'), states, None if chosen.state == 'open' else chosen.state)}"
        f"{pills('severity', say('filters.severity'), severities, chosen.severities)}"
        f"{form(fields, FIELDS)}</div>"
    )
