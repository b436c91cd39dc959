"""Pipeline, for engineers: does everything run, can every clause fire, how far behind, what was set aside, the disk."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from functools import partial
from importlib import metadata

import streamlit as st

from dashboards import surroundings
from dashboards.components.frame import aged, banner, drawn, head, headline, live
from dashboards.components.parts import (
    Aside,
    Room,
    holes,
    partitions,
    quarantine,
    revising,
    room,
    sources,
    throughput,
    tiles,
    workers,
)
from dashboards.components.proofs import canaries
from dashboards.questions import desk, question
from dashboards.speech import Speech
from dashboards.store import Bundle, Freshness, Row
from dashboards.throughput import STEP, STEPS, stages
from expectations.proof import Proof, State, proofs
from expectations.rules import rules_digest
from infra import growth

ROWS = 40
PARTS = ("partitions", "workers", "sources", "revising", "holes", "quarantine")  # as they are asked
_KEY = re.compile(r"(-?\d{1,20})~([\w.:-]{1,200})")


def page(say: Speech) -> None:
    """Draw the page and keep it fresh; `reason` and `after` in the address choose among the records set aside."""
    live(say, partial(_draw, say), without_events=True)


def _draw(say: Speech, bundle: Bundle, fresh: Freshness) -> None:
    assert bundle.taken_at is not None
    said = st.query_params.to_dict()
    reason, key = said.get("reason") or None, _KEY.fullmatch(said.get("after", ""))
    place, name = (int(key[1]), key[2]) if key else (None, None)
    health, reading, alive, heard, progress, gaps, reasons, aside, told, flow = desk().ask(
        question("health", every=5),
        question("offsets", every=5),
        question("workers", every=5),
        question("sources", every=5),
        question("progress", every=5),
        question("gaps"),
        question("quarantine_reasons"),
        question("quarantined", reason=reason, after_place=place, after_name=name, rows=ROWS + 1),
        question("canaries", every=5),
        question("throughput", step=STEP, seconds=STEP * STEPS, every=2),
        mark=bundle.pulse.get("recorded_at"),
    )
    at = bundle.taken_at
    one: Row = health.rows[0] if health.rows else {}
    proved = list(proofs(told.rows, at))
    banner(bundle, fresh, say)
    titles = ("menu.pipeline", *(f"pipeline.{part}" for part in PARTS), "canaries.title", "pipeline.throughput")
    answers = (health, reading, alive, heard, progress, gaps, reasons, told, flow)
    aged(zip(map(say, titles), answers, strict=True), say)
    head(_answer(one, proved, say), bundle, fresh, say, "pipeline")
    if not one:
        return
    drawn("tiles", say("menu.pipeline"), say, lambda: tiles(one, say))
    with st.container(key="cw_grid"):
        with st.container(key="cw_main"):
            drawn("throughput", say("pipeline.throughput"), say, lambda: throughput(stages(flow.rows), say), flow)
            drawn("senders", say("pipeline.sources"), say, lambda: sources(heard.rows, at, say), heard)
            clauses = surroundings.clauses(say.language)
            drawn("canaries", say("canaries.title"), say, lambda: canaries(proved, clauses, at, say), told)
            away = Aside(reasons.rows, aside.rows, reason, ROWS, key is not None)
            drawn("quarantine", say("pipeline.quarantine"), say, lambda: quarantine(away, at, say), aside)
            drawn("partitions", say("pipeline.partitions"), say, lambda: partitions(reading.rows, at, say), reading)
        with st.container(key="cw_side"):
            drawn("workers", say("pipeline.workers"), say, lambda: workers(alive.rows, rules_digest(), at, say), alive)
            drawn("revising", say("pipeline.revising"), say, lambda: revising(progress.rows, at, say), progress)
            drawn("holes", say("pipeline.holes"), say, lambda: holes(gaps.rows, at, say), gaps)
            drawn("room", say("pipeline.room"), say, lambda: room(_room(bundle), say))


def _answer(one: Row, proved: Sequence[Proof], say: Speech) -> str:
    """The worst that is wrong, as a sentence; below it the figures that say how fast it is."""
    if not one:
        return headline(say("state.waiting"))
    known = proved if any(each.judged_at for each in proved) else ()
    missed = sum(each.state is State.MISSED for each in known)
    unproved = sum(each.state in (State.LATE, State.NEVER) for each in known)
    wrong = [
        *([say("pipeline.no_worker")] if not one["workers"] else []),
        *([say("canaries.missed_n", n=missed)] if missed else []),
        *([say("pipeline.holes_n", n=one["gaps"])] if one["gaps"] else []),
        *([say("head.behind", n=one["behind"])] if one["behind"] else []),
        *([say("canaries.unproved_n", n=unproved)] if unproved else []),
    ]
    parts = [say("pipeline.read_n", n=one["events"])]
    if one["revising"]:
        parts.append(say("pipeline.revising_n", n=one["revising"]))
    if one["quarantined"]:
        parts.append(say("pipeline.quarantined_n", n=one["quarantined"]))
    alarm = not one["workers"] or one["gaps"] or missed
    mark = '<span class="cw-state-broken" aria-hidden="true">✖</span> ' if alarm else ""
    text = wrong[0] if wrong else say("pipeline.well")
    return headline(text[:1].upper() + text[1:], " · ".join([*wrong[1:], *parts]), mark)


def _room(bundle: Bundle) -> Room:
    """Disk and versions of this installation."""
    assert bundle.taken_at is not None
    folder = surroundings.settings().data_dir
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    foretold = growth.forecast(growth.read(folder / growth.FILE), free, bundle.taken_at)
    version = surroundings.policy().version_at(bundle.taken_at).version
    return Room(free, foretold.words, metadata.version("clausewatch"), version, rules_digest())
