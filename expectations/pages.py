"""A readable page per clause, in Markdown: what is promised, by which law, how it is read, and examples."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from expectations.examples import FILE, SCENARIOS, Example, of_scenarios, written
from expectations.model import Clause, registry
from expectations.policy import Policy

INDEX = "README.md"


def pages(policy: Policy, scenarios: Path = SCENARIOS) -> dict[str, str]:
    """File name -> text: one page a clause, an index, the examples. `scenarios`: their folder, where it is there."""
    shown = of_scenarios(scenarios)
    found = {f"{clause.id}.md": _page(clause, policy, shown.get(clause.id, ())) for clause in registry().values()}
    return {INDEX: _index(policy), FILE: written(shown), **found}


def _index(policy: Policy) -> str:
    rows = [
        f"| [{each.id}]({each.id}.md) | {each.section} | {each.severity.value} | {each.promise} |"
        for each in registry().values()
    ]
    return "\n".join(
        [
            f"# The clauses of {policy.controller}'s policy",
            "",
            "Made by `make docs` from the clauses and the policy file. Each row is one promise that events are checked "
            "against.",
            "",
            "| Clause | § | Severity | Promise |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _page(clause: Clause, policy: Policy, shown: Sequence[Example]) -> str:
    lines = [
        f"# {clause.id}",
        "",
        f"**{clause.promise}**",
        "",
        f"* Section {clause.section} of the policy · severity {clause.severity.value} · {', '.join(clause.law)}",
        *_concerns(clause),
        f"* Breach: {clause.breach}",
        f"* What to do: {clause.remedy}",
    ]
    if clause.yields_to:
        lines.append(f"* Silent where these speak: {', '.join(f'[{each}]({each}.md)' for each in clause.yields_to)}")
    lines += ["", *_readings(clause, policy), *_sentences(clause, policy)]
    if shown:
        lines += ["## Examples", "", "| Case | Outcome |", "| --- | --- |"]
        lines += [f"| {each.story}: {each.says} | {_outcome(each)} |" for each in shown]
        lines.append("")
    return "\n".join(lines)


def _concerns(clause: Clause) -> list[str]:
    """What it judges, and what opens its obligation: a clause may do both."""
    done_as = f"of work done as {' or '.join(sorted(clause.roles))}"
    sides = (("Judges", clause.on), ("An obligation: opened by", clause.opened_by))
    return [
        f"* {kind} {'every event' if '*' in on else ', '.join(f'`{each}`' for each in sorted(on))}, {done_as}"
        for kind, on in sides
        if on
    ]


def _readings(clause: Clause, policy: Policy) -> list[str]:
    named = fields(clause.readings)
    if not named:
        return []
    lines = ["## Readings", "", "What the text leaves open; the policy file chooses, from a date on.", ""]
    told = inspect.getdoc(type(clause.readings))
    if told and not told.startswith(type(clause.readings).__name__ + "("):
        lines += [told.strip(), ""]
    lines += ["| Reading | Default | In use |", "| --- | --- | --- |"]
    chosen = policy.versions[-1].readings.get(clause.id, {})
    in_use = clause.reading(chosen)
    for each in named:
        row = (each.name, _value(getattr(clause.readings, each.name)), _value(getattr(in_use, each.name)))
        lines.append(f"| `{row[0]}` | {row[1]} | {row[2]} |")
    return [*lines, ""]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _sentences(clause: Clause, policy: Policy) -> list[str]:
    resting = [each for each in policy.sentences if clause.id in each.clauses]
    if not resting:
        return ["## Sentences", "", "It rests on the law alone: no sentence of the text says it.", ""]
    readings: Mapping[str, str] = {each.sentence: each.reading for each in policy.defects}
    lines = ["## Sentences", "", "| Sentence | In our words | Note |", "| --- | --- | --- |"]
    for each in resting:
        note = f"Faulty; read as: {readings[each.id]}" if each.id in readings else each.note
        lines.append(f"| {each.id} | {each.paraphrase} | {note} |")
    return [*lines, ""]


def _outcome(example: Example) -> str:
    return ", ".join(f"{clause} {outcome}" for clause, outcome in example.finds.items()) or "nothing found"
