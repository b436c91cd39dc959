"""The systems that send events: when each was last heard, and events a minute over half an hour."""

from __future__ import annotations

from datetime import timedelta

from dashboards.components.panel import esc, panel
from dashboards.components.sparks import bars
from dashboards.figures import QUIET_SOURCE, Now
from dashboards.speech import Speech, utc
from dashboards.store import Bundle

SYSTEMS = ("crm", "newsletter", "recruitment", "website", "compliance")


def sources(now: Now, bundle: Bundle, say: Speech) -> str:
    """The panel; one row a system of the policy, also those never heard."""
    heard = {row["system"]: row for row in bundle.sources}
    last = now.at.replace(second=0, microsecond=0)
    minutes: dict[str, dict[int, int]] = {}
    for row in bundle.minutes:
        back = round((last - row["minute"]).total_seconds() / 60)
        minutes.setdefault(row["system"], {})[back] = row["n"]
    rows = []
    for system in SYSTEMS:
        found = heard.get(system)
        course = [minutes.get(system, {}).get(back, 0) for back in range(30, 0, -1)]
        length = now.at - found["recorded_at"] if found and found["recorded_at"] else None
        if length is None:
            state, symbol, words, title = "never", "◇", say("sources.never"), ""
        else:
            length = max(length, timedelta(0))
            quiet = length >= QUIET_SOURCE
            state, symbol = ("silent", "◇") if quiet else ("live", "●")
            words = say(f"sources.{'silent' if quiet else 'ago'}", span=say.span(length))
            title = utc(found["recorded_at"]) if found else ""
        alt = say("sources.alt", system=say.system(system), n=sum(course))
        picture = bars(course, alt, "cw-amber" if state == "silent" else "", 150, 26)
        rows.append(
            f'<li data-testid="source-{system}" data-state="{state}"><span class="cw-mark cw-src-{state}" '
            f'aria-hidden="true">{symbol}</span><span class="cw-src"><b>{esc(say.system(system))}</b>'
            f'<span class="cw-dim" title="{esc(title)}">{esc(words)}</span></span>{picture}</li>'
        )
    return panel(
        "sources",
        say("sources.title"),
        esc(say("sources.note")),
        f'<ul class="cw-sources">{"".join(rows)}</ul>',
    )
