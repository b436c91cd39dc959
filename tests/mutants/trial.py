"""One mutant put to the scenarios: in a process of its own, forked where nothing of ours is imported yet.

So the mutated module is imported in place of the real one, by whatever imports it, and nothing has to be undone.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.support import builders, scenarios
from tests.support.scenarios import Case

ROOT = Path(__file__).parents[2]
LIMIT, BUSY = 300, 45  # seconds, and seconds of work; a mutant that takes longer runs for ever
OURS = ("expectations", "streams", "infra", "dashboards", "tests")
NEEDED = ("tests.support.readings", "streams.audit", "hypothesis", "pytest")  # to find what to preload
# Which scenarios are likeliest to notice a change of a module that serves several clauses: files by their beginning.
LIKELY = {
    "expectations/applications.py": ("recruitment/",),
    "expectations/calendars.py": ("rights/right_1_", "scope/scope_2_", "relations/crm_1_", "recruitment/", "cameras/"),
    "expectations/conditions.py": ("newsletter/", "general/", "rights/right_6_", "sharing/", "website/web_2_"),
    "expectations/entities.py": ("incidents/", "cameras/", "security/", "changes/"),
    "expectations/facts.py": (
        *("newsletter/news_5_", "recruitment/rec_1_", "incidents/", "rights/right_2_", "rights/right_10_", "changes/"),
        *("website/web_1_", "cameras/cctv_2_", "scope/scope_2_", "transfers/xfer_3_", "rights/right_4_"),
    ),
    "expectations/incidents.py": ("incidents/",),
    "expectations/judge/expectation.py": ("newsletter/",),
    "expectations/relations.py": ("relations/", "rights/right_2_"),
    "expectations/requests.py": ("rights/",),
    "streams/core/obligations.py": ("newsletter/news_5_", "recruitment/rec_1_", "rights/right_2_", "security/sec_3_"),
}
# Tests beside the scenarios, and those of the module's own name, that may know what they do not.
ALSO = {
    "streams/core/obligations.py": ("tests/streams/test_obligations.py",),
    "expectations/judge/expectation.py": ("tests/expectations/judge/test_judge.py",),
    "expectations/clauses/security/sec_3_measures_in_place.py": ("tests/dashboards/test_silent_measures.py",),
}


class _Instead(MetaPathFinder):
    """Imports one module from another source."""

    def __init__(self, path: str, source: str) -> None:
        self.name = _module(path)
        self.path, self.source = str(ROOT / path), source

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.path, loader=_Loader(name, self.path, self.source))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec")


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def preload() -> None:
    """Import what is not ours, once for all trials: without having computed anything it may be forked."""
    here, there = os.pipe()
    if not os.fork():
        for name in NEEDED:
            importlib.import_module(name)
        others = [name for name in sys.modules if name.partition(".")[0] not in (*OURS, "__main__")]
        with os.fdopen(there, "w") as out:
            out.write(" ".join(others))
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as told:
        names = told.read().split()
    os.wait()
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # children share what is there


def killed_by(path: str, sources: Sequence[str], cases: Sequence[Case]) -> Iterator[str]:
    """What tells each mutant from the real module; empty: nothing does.

    A clause's module is exchanged alone, many times in one process; what others rest on gets a process each.
    """
    at = 0
    while at < len(sources):
        last = len(sources) if path not in LIKELY else at + 1
        for told in _forked(path, sources[at:last], cases):
            yield told
            at += 1


def _forked(path: str, sources: Sequence[str], cases: Sequence[Case]) -> Iterator[str]:
    """The same, from one child; ends after a mutant that it did not outlive."""
    here, there = os.pipe()
    child = os.fork()
    if not child:
        os.close(here)
        _silence()
        try:
            each = _one(path, sources[0], cases) if path in LIKELY else _in_turn(path, sources, cases)
            for told in each:
                os.write(there, told.replace("\n", " ").encode()[:300] + b"\n")
        finally:
            os._exit(0)
    os.close(there)
    left = len(sources)
    with os.fdopen(here, "rb") as out:
        while left:
            if not select.select([out], [], [], LIMIT)[0]:
                yield "takes too long"
                break
            line = out.readline().decode(errors="replace")
            yield line.strip() if line else "ends the process"
            left -= 1
            if not line:
                break
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _one(path: str, source: str, cases: Sequence[Case]) -> Iterator[str]:
    """Import everything of ours with this source in the module's place, and try it."""
    sys.meta_path.insert(0, _Instead(path, source))
    resource.setrlimit(resource.RLIMIT_CPU, (BUSY, BUSY))
    try:
        yield _noticed(path, cases)
    except BaseException as error:
        yield f"raises {type(error).__name__}: {error}"


def _in_turn(path: str, sources: Sequence[str], cases: Sequence[Case]) -> Iterator[str]:
    """Exchange a clause's module, and those that import from it, for each source."""
    from expectations import model
    from streams.core import findings, obligations

    of_clauses = (model.registry, findings.reads, obligations._following, obligations._opened_by, obligations._evidence)
    model.registry()
    name = _module(path)
    own = {found for found, each in model._REGISTRY.items() if (each.follow or each.check).__module__ == name}
    borrowers = [
        each
        for each in sys.modules
        if each.startswith("expectations.clauses.") and each != name
        and any(getattr(value, "__module__", None) == name for value in vars(sys.modules[each]).values())
    ]  # fmt: skip
    taken = {clause for clause, each in model._REGISTRY.items() if (each.follow or each.check).__module__ in borrowers}
    for source in sources:
        for clause in own | taken:
            model._REGISTRY.pop(clause, None)
        try:
            _exchange(name, path, source)
            for each in borrowers:
                file = Path(str(sys.modules[each].__file__))
                _exchange(each, str(file.relative_to(ROOT)), file.read_text("utf-8"))
            for each in of_clauses:
                each.cache_clear()
            yield _noticed(path, cases)
        except Exception as error:
            yield f"raises {type(error).__name__}: {error}"


def _exchange(name: str, path: str, source: str) -> None:
    module = ModuleType(name)
    module.__file__ = str(ROOT / path)
    sys.modules[name] = module
    exec(compile(source, module.__file__, "exec"), module.__dict__)


def _noticed(path: str, cases: Sequence[Case]) -> str:
    for some, last in _stages(path, cases):
        found = _differing(some, facts_last=last)
        if found:
            return found
    from tests.expectations import test_model

    for name, test in vars(test_model).items():
        if name.startswith("test_"):
            test()
    mirrored = ROOT / "tests" / Path(path).parent / f"test_{Path(path).name}"
    files = [*ALSO.get(path, ()), *([str(mirrored)] if mirrored.exists() else [])]
    if files:
        import pytest

        os.chdir(ROOT)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        for name in list(sys.modules):  # tests and pages that hold on to the mutant before
            if name.startswith("dashboards") or name.rpartition(".")[2].startswith("test_"):
                del sys.modules[name]
        if pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", *files]):
            return f"fails {' '.join(files)}"
    return ""


def _stages(path: str, cases: Sequence[Case]) -> Iterator[tuple[list[Case], bool]]:
    """Cases that share an audit, the likeliest first; and whether their facts come last."""
    likely = LIKELY.get(path, (f"{Path(path).parent.name}/{Path(path).stem}.yaml",))
    own = _together(case for case in cases if case.file.startswith(likely))
    if path in LIKELY:
        yield own[0][::5], False
    yield from ((some, False) for some in own)
    yield own[0], True
    if path in LIKELY:  # a clause's own scenarios have to know it; what several rest on, any that is not rare
        usual = datetime.fromisoformat(scenarios.LONG_AFTER)
        yield [case for case in _together(cases)[0] if case.as_of == usual], False


def _together(cases: Any) -> list[list[Case]]:
    """By readings, the most first."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.group[1], []).append(case)
    return sorted(found.values(), key=len, reverse=True)


def _differing(cases: Sequence[Case], *, facts_last: bool) -> str:
    """The first case that one audit of all of them gets wrong; each is looked at as of its own instant."""
    from expectations.contract.decode import Record
    from streams import audit as audits

    judged = [case.event for case in cases]
    given = [event for case in cases for event in case.given]
    events = [*judged, *given] if facts_last else [event for case in cases for event in (*case.given, case.event)]
    records = [Record(builders.line(event), None, (), "scenario", 0, number) for number, event in enumerate(events)]
    piece = len(judged) if facts_last else len(records)
    instants = sorted({case.as_of for case in cases})
    done = audits.audit(records, engine=_engine(cases[0].group[1], cases[0].readings), as_of=instants[-1], piece=piece)
    for at in sorted(instants, key=lambda each: -sum(case.as_of == each for case in cases)):
        found = done.findings if at == instants[-1] else _as_of(done, at)
        wrong = scenarios.disagreements([case for case in cases if case.as_of == at], found)
        if wrong:
            return wrong[0]
    return ""


_ENGINES: dict[str, Any] = {}


def _engine(name: str, readings: Any) -> Any:
    """It holds names and readings of clauses, not what they do: mutants of a clause share it."""
    from streams.core.examine import Engine
    from tests.support.readings import policy_with

    if name not in _ENGINES:
        _ENGINES[name] = Engine(policy_with(readings))
    return _ENGINES[name]


def _as_of(done: Any, at: datetime) -> list[dict[str, Any]]:
    from streams.audit import finding

    return [finding(row) for row in done.store.query("audit_findings", {"now": at}).to_pylist()]


@cache
def every_case() -> list[Case]:
    """The scenarios, read once for all trials."""
    return scenarios.every_case()
