"""The commands of this room: `policy check`, `policy diff`, `policy docs`, `schemas`."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from expectations.policy import Policy


class _Late(click.Command):
    """A command whose module is imported when it is used: the door stays fast."""

    def __init__(self, name: str, where: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help, help=short_help)
        self.where = where

    def _real(self) -> click.Command:
        module, _, attribute = self.where.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def make_context(self, info_name, args, parent=None, **extra):  # type: ignore[no-untyped-def]
        """Hand over to the real command, options and all."""
        return self._real().make_context(info_name, args, parent, **extra)


@click.group()
def policy() -> None:
    """Check a policy's files, or tell what two versions change."""


@policy.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--text",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text of the policy: which of its sentences are new, changed or gone.",
)
def check(path: Path | None, text: Path | None) -> int:
    """Check a version's file or a folder of versions (default: Custom Connect's).

    Schema, words and references; rules that are never reached or contradict each other; readings out of range; the
    sentences beside the files, the registers, the clauses and their words. A clause without words in another language
    is told of and is no fault. Exit code 0: sound; 1: faults, each with file, line,
    field and cure; with --text also when the text differs from the sentences that are known.
    """
    from expectations.calendars import to_local
    from expectations.lined import FileError
    from expectations.policy import load
    from expectations.readings import of_clauses
    from expectations.soundness import faults_of
    from expectations.words import unworded

    try:
        found, faults = load(path, of_clauses()), faults_of(path)
    except FileError as error:
        found, faults = None, list(error.faults)
    for fault in faults:
        click.echo(str(fault))
    if found is None or faults:
        click.echo(f"{len(faults)} fault{'s' * (len(faults) > 1)}.", err=True)
        return 1
    for want in unworded():
        click.echo(f"warning: {want}", err=True)
    for version in found.versions:
        begins = f"{to_local(version.valid_from, found.zone):%Y-%m-%d}"
        ends = "" if version.valid_to is None else f" to {to_local(version.valid_to, found.zone):%Y-%m-%d}"
        click.echo(
            f"{found.name} {version.version}: from {begins}{ends}, "
            f"{len(version.activities)} activities, {sum(map(len, version.readings.values()))} readings, "
            f"{len(version.defects)} defects of the text"
        )
    return 0 if text is None else _differing(found, text)


def _differing(policy: Policy, file: Path) -> int:
    """Tell which sentences differ; 1 when any does."""
    from expectations.text import align

    try:
        content = file.read_text("utf-8")
    except UnicodeDecodeError:
        click.echo(f"{file}: is not UTF-8; save it so", err=True)
        return 2
    told = align(policy.sentences, content)
    for each in (one for one in told if one.state != "same"):
        where = each.known.id if each.known else "-"
        clauses = f" [{' '.join(each.known.clauses)}]" if each.known and each.known.clauses else ""
        words = each.text.strip() if each.text is not None else each.known.paraphrase if each.known else ""
        click.echo(f"{each.state:7} {where}{clauses}: {words}")
    counted = {state: sum(one.state == state for one in told) for state in ("same", "changed", "new", "gone")}
    click.echo(", ".join(f"{n} {state}" for state, n in counted.items()), err=True)
    return 1 if counted["same"] < len(told) else 0


@policy.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
def diff(old: Path, new: Path) -> int:
    """Tell in words what the version in file NEW changes against OLD.

    Exit code 0: they judge alike; 1: they differ; 2: one of them is no policy.
    """
    from expectations.policy import PolicyError, load
    from expectations.readings import of_clauses
    from expectations.versions import difference, headline

    readings = of_clauses()
    try:
        one, other = load(old, readings), load(new, readings)
    except PolicyError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        return 2
    before, after = one.versions[-1], other.versions[-1]
    click.echo(headline(before, after, other.zone))
    changes = difference(before, after)
    for change in changes:
        click.echo(f"  {change}")
    if not changes:
        click.echo("  They judge alike.")
    return 1 if changes else 0


@policy.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder; made if absent."
)
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def docs(out: Path, path: Path | None) -> int:
    """Write a page per clause (OUT/clauses) and Great Expectations' Data Docs of the suites (OUT/data_docs)."""
    from expectations.judge.documents import data_docs
    from expectations.model import registry
    from expectations.pages import INDEX, pages
    from expectations.policy import load
    from expectations.readings import of_clauses

    found = load(path, of_clauses())
    folder = out / "clauses"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(found).items():
        (folder / name).write_text(text, "utf-8")
    click.echo(f"{len(registry())} clauses: {folder / INDEX}")
    click.echo(f"Data Docs: {data_docs(found, out / 'data_docs')}")
    return 0


def _present() -> list[click.Command]:
    late = [_Late("schemas", "expectations.contract.commands:schemas", "Write the JSON Schemas of the events.")]
    return [each for each in late if find_spec(each.where.partition(":")[0]) is not None]


commands: list[click.Command] = [policy, *_present()]
