"""Runbooks: which page of `docs/runbooks/` says what to do about an alarm, and `clausewatch runbook`, which shows it.

An alarm is named by where it is raised and its name there:
doctor    what a check looks at (`doctor disk`)
log       the event of a line from warning on (`log store_broken`)
up        what `clausewatch up` tells in the terminal
metric    a worker's metric or address that is worth an alarm of yours (`metric clausewatch_lag`)
page      a state that the pages show (`page blind`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from types import MappingProxyType

import click

from infra.errors import UserError

PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backlog": ("doctor backlog", "up not judged", "metric clausewatch_lag", "page behind",
                    "page screen_note"),
        "blind": ("page blind",),
        "broker": ("doctor broker", "up broker"),
        "canaries": ("log canaries_not_sent", "page late"),
        "canary-missed": ("log canary_not_judged", "page missed"),
        "clock": ("doctor clock",),
        "data-directory": ("doctor data",),
        "disk": ("log rewrite_failed", "doctor disk", "doctor growth", "up disk"),
        "fault": ("log fault", "log ended", "log call_failed", "log data docs failed", "log panel failed",
                  "page panel"),
        "fenced": ("log fenced", "log astray"),
        "hole-in-the-log": ("doctor log", "log gap", "log gap_accepted", "log log ends before what is stored",
                            "metric clausewatch_stopped", "page holes"),
        "java": ("doctor java",),
        "other-log": ("log another log", "log log_accepted"),
        "part-ended": ("up part",),
        "ports": ("doctor ports",),
        "quarantine": ("metric clausewatch_quarantined", "page events_note"),
        "quiet-source": ("page quiet", "page idle", "page silent"),
        "reconcile": ("log reconcile_failed",),
        "refused-call": ("log refused", "page refused"),
        "revising": ("page revising",),
        "sign-in": ("doctor sign-in",),
        "snapshot-failed": ("log snapshot_failed",),
        "store-broken": ("log store_broken", "log store_needs_reopening"),
        "stuck": ("log stuck", "metric clausewatch_last_commit_age_seconds", "metric /live"),
        "tampered": ("log tampered",),
        "topics": ("doctor topics",),
        "undelivered": ("log undelivered", "log turn_failed"),
        "versions": ("doctor versions",),
        "warehouse": ("doctor warehouse", "log warehouse unavailable", "page slow", "page dead", "page never",
                      "page hangs", "page part", "page nothing"),
    }
)  # fmt: skip
_OF = {alarm: page for page, alarms in PAGES.items() for alarm in alarms}
ENDED = {5: "stuck", 70: "fault", 75: "store-broken"}  # the exit codes of parts


def of(where: str, alarm: str) -> str | None:
    """The name of an alarm's page; None: none is written, which a test finds."""
    return _OF.get(f"{where} {alarm}")


def hint(page: str) -> str:
    """What to type to read a page."""
    return f"clausewatch runbook {page}"


def text(page: str) -> str:
    """A page, as Markdown."""
    return resources.files("infra").joinpath("docs", "runbooks", f"{page}.md").read_text("utf-8")


def found(words: str) -> str:
    """The page of this name, or of the alarm with this name. Raises UserError."""
    pages: Iterator[str] = (page for alarm, page in _OF.items() if words in (alarm, alarm.partition(" ")[2]))
    page = words if words in PAGES else next(pages, None)
    if page is None:
        raise UserError(f'no runbook has the name "{words}", nor tells of such an alarm', "`clausewatch runbook` lists")
    return page


@click.command("runbook")
@click.argument("words", metavar="[PAGE|ALARM]", nargs=-1)
def runbook(words: tuple[str, ...]) -> None:
    """Say what to do about an alarm: what it means, how to see it, what to do, when it is over. Without one: list them.

    ALARM is a line's `event` in a log, a check of `clausewatch doctor`, a metric, or a state of the pages.
    """
    if words:
        click.echo(text(found(" ".join(words))), nl=False)
        return
    for page, alarms in PAGES.items():
        click.echo(f"{page:<16} {', '.join(alarms)}")
