"""`clausewatch policy coverage`: every sentence of the text with its class and what was seen, every clause likewise."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from expectations.attestations import Attestation, lapsed, standing
from expectations.coverage import ClauseRow, Evidence, SentenceRow, of_clauses, of_sentences, unenforced
from expectations.examples import of_scenarios
from expectations.model import registry
from expectations.policy import Policy, load
from expectations.readings import of_clauses as readings_of_clauses
from infra.settings import Settings
from infra.warehouse.client import connect
from infra.warehouse.commands import cured, data_dir_option
from streams.audit import audit, instant_of, records_of

IDS = ("sentence", "clause", "class", "standing")  # never cut: people look for them
NUMBERS = ("scenarios", "judged", "breaches")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@data_dir_option
@click.option(
    "--policy", "policy_path", type=click.Path(exists=True, path_type=Path), help="Default: Custom Connect's."
)
@click.option("--as-of", "as_of_text", help="What was seen up to this instant. Default: now.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--clauses", "by_clause", is_flag=True, help="By clause, with the sentences that it rests on.")
def coverage(
    files: tuple[str, ...],
    data_dir: Path | None,
    policy_path: Path | None,
    as_of_text: str | None,
    form: str,
    by_clause: bool,
) -> int:
    """Tell of every sentence of the policy: is it checked, how, and what did we see.

    Evidence comes from the running warehouse, or from events of JSON Lines files (- for stdin). Exit code 0: every
    sentence that is enforced or attested has evidence, 1: some have none, 2: bad usage.
    """
    policy = load(policy_path, readings_of_clauses())
    as_of = instant_of(as_of_text)
    with (
        cured("start it with `clausewatch up`, or name files of events"),
        _seen(files, data_dir, policy, as_of) as store,
    ):
        evidence = evidence_of(store.query("evidence", {"now": as_of}).to_pylist())
        attested = store.query("attestations", {"now": as_of}).to_pylist()
    vouched = standing(attested, as_of, policy.zone)
    sentences = of_sentences(policy, evidence, vouched, lapsed(attested, as_of, policy.zone))
    if by_clause:
        clauses = of_clauses(policy, evidence, vouched)
        shown = of_scenarios()
        rows = [{**_of_clause(each), "scenarios": len(shown.get(each.clause, ()))} for each in clauses]
        _print(form, rows, "clause sentences scenarios judged breaches last attested_by")
    else:
        _print(form, [_of_sentence(each) for each in sentences], "sentence class standing clauses judged breaches told")
    for clause, named in unenforced(policy).items():
        click.echo(f"{clause} is named by {', '.join(named)} and enforced by no clause", err=True)
    counted = {
        each: sum(row.standing == each for row in sentences) for each in dict.fromkeys(r.standing for r in sentences)
    }
    click.echo(f"{len(sentences)} sentences: " + ", ".join(f"{n} {word}" for word, n in counted.items()), err=True)
    return 1 if counted.get("no evidence") or unenforced(policy) else 0


def evidence_of(rows: Iterable[dict[str, Any]]) -> dict[str, Evidence]:
    """By clause, from rows of the query `evidence`."""
    return {row["clause"]: Evidence(row["judged"], row["breaches"], row["last"]) for row in rows}


def _seen(
    files: tuple[str, ...], data_dir: Path | None, policy: Policy, as_of: datetime
) -> AbstractContextManager[Any]:
    if files:
        return audit(list(records_of(files)), policy=policy, as_of=as_of).store
    settings = Settings.at(data_dir)
    return connect(settings, "operator")


def _of_sentence(row: SentenceRow) -> dict[str, Any]:
    return {
        "sentence": row.sentence.id,
        "class": row.sentence.kind,
        "standing": row.standing,
        "clauses": list(row.sentence.clauses),
        "judged": row.judged,
        "breaches": row.breaches,
        "told": _told(row),
        "paraphrase": row.sentence.paraphrase,
        "attested": _attested(row.attestation),
    }


def _told(row: SentenceRow) -> str:
    """What a reader needs besides: the reading of a defect, who vouches, or the note."""
    if row.attestation is not None:
        return f"{row.attestation.actor} until {row.attestation.until:%Y-%m-%d}, {row.attestation.evidence}"
    if row.lapsed is not None and row.sentence.kind == "attested":
        return f"nobody since {row.lapsed.until:%Y-%m-%d}, when {row.lapsed.actor}'s word ended. {row.sentence.note}"
    return f"read as: {row.reading}" if row.reading else row.sentence.note


def _of_clause(row: ClauseRow) -> dict[str, Any]:
    return {
        "clause": row.clause,
        "promise": registry()[row.clause].promise,
        "sentences": list(row.sentences),
        "judged": row.evidence.judged,
        "breaches": row.evidence.breaches,
        "last": None if row.evidence.last is None else row.evidence.last.isoformat(),
        "attested_by": None if row.attestation is None else row.attestation.actor,
    }


def _attested(attestation: Attestation | None) -> dict[str, str] | None:
    if attestation is None:
        return None
    instants = {"since": attestation.since.isoformat(), "until": attestation.until.isoformat()}
    return {"actor": attestation.actor, "evidence": attestation.evidence, **instants}


def _print(form: str, rows: list[dict[str, Any]], columns: str) -> None:
    if form == "json":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for name in columns.split():
        whole = name in (*IDS, *NUMBERS)
        table.add_column(name, overflow="fold", no_wrap=whole, justify="right" if name in NUMBERS else "left")
    for row in rows:
        cells = (row[name] for name in columns.split())
        table.add_row(
            *(" ".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell) for cell in cells)
        )
    Console(width=max(100, Console().width)).print(table)
