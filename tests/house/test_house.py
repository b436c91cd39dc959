"""The house's own rules: who imports whom, what has a name has words, nothing points to a registry, files are short."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from expectations.model import registry
from infra.door import door

ROOT = Path(__file__).parents[2]
ROOMS = ("expectations", "streams", "infra", "dashboards")
GENERATED = ("expectations/contract/published/",)
LINES = 400
README = (ROOT / "README.md").read_text("utf-8")


def tracked() -> list[Path]:
    """The repository's own files, as Git knows them; those of the tree where there is no Git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        told = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        found = [ROOT / name for name in told.split("\0") if name]
    else:
        found = [path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.*")]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def texts(*suffixes: str) -> dict[str, str]:
    """Path → text of the repository's files with such an ending."""
    names = {str(path.relative_to(ROOT)): path for path in tracked() if path.suffix in suffixes}
    return {name: path.read_text("utf-8") for name, path in names.items() if not name.startswith(GENERATED)}


def commands() -> dict[str, click.Command]:
    """All commands of the door, by name."""
    context = click.Context(door)
    found = {name: door.get_command(context, name) for name in door.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def test_rooms_import_only_what_they_may() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_the_readme_lists_every_command_and_no_other() -> None:
    listed = set(re.findall(r"^\| `clausewatch ([a-z]+)`", README, re.MULTILINE))
    assert listed == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_tells_what_it_does(name: str) -> None:
    command = commands()[name]
    with pytest.raises(click.exceptions.Exit) as ended:
        command.make_context(name, ["--help"])
    assert ended.value.exit_code == 0
    assert command.get_short_help_str()


def test_what_the_documents_tell_to_type_exists() -> None:
    told = [README, (ROOT / "CONTRIBUTING.md").read_text("utf-8")]
    blocks = [block for text in told for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    known = commands()
    typed = [line for block in blocks for line in block.splitlines()]
    assert typed
    for line in typed:
        words = line.split()
        if words[0] == "make":
            assert words[1] in targets, line
        elif words[0] == ".venv/bin/clausewatch":
            options = {opt for each in _real(known[words[1]]).params for opt in each.opts}
            assert {word for word in words[2:] if word.startswith("--")} <= options, line
        else:
            assert line == ".venv/bin/python -m pytest tests/scenarios", line


def _real(command: click.Command) -> click.Command:
    load = getattr(command, "load", None) or getattr(command, "_real", None)
    return load() if load else command


def test_every_setting_of_the_environment_is_documented() -> None:
    named = re.compile(r'"((?:CLAUSEWATCH|KAFKA)_[A-Z_]+)"')
    used = {name for file, text in texts(".py").items() if file.startswith(ROOMS) for name in named.findall(text)}
    internal = {"CLAUSEWATCH_PART"}  # how `up` tells a part its name
    assert used - internal <= set(re.findall(r"`([A-Z_]+)`", README))


def test_links_of_the_documents_lead_somewhere() -> None:
    for name, text in texts(".md").items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            if "://" not in target:
                assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


@pytest.mark.parametrize("clause", sorted(registry()))
def test_every_clause_has_a_scenario_file_of_its_name_and_an_entry_of_the_changelog(clause: str) -> None:
    area, number = clause.lower().split("-")
    code = list((ROOT / "expectations/clauses").glob(f"*/{area}_{number}_*.py"))
    assert len(code) == 1, code
    assert (ROOT / "tests/scenarios" / code[0].parent.name / f"{code[0].stem}.yaml").is_file()
    assert re.search(rf"\b{clause}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"))


def test_no_file_is_too_long_to_read() -> None:
    long = {name: text.count("\n") for name, text in texts(".py", ".sql", ".js", ".md", ".sh").items()}
    assert {name: lines for name, lines in long.items() if lines > LINES} == {}


def test_nothing_is_left_to_do() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|raise NotImplemented" + "Error")
    found = {name: mark.findall(text) for name, text in texts(".py", ".sql", ".md", ".yaml", ".js", ".css").items()}
    assert {name: marks for name, marks in found.items() if marks} == {}


def test_requirements_are_hashed_and_name_no_index() -> None:
    names = ["requirements.txt", *(f"requirements-{name}.txt" for name in ("audit", "dev", "fuzz", "mutants"))]
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(names)
    for name in names:
        lines = (ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in lines if line and not line.startswith("#")]
        assert pinned
        for line in pinned:
            assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line[:100]


def test_no_file_names_a_registry() -> None:
    address = re.compile(r"https?://[\w.:@-]*(?:pypi|pythonhosted|maven|npmjs|artifactory|nexus)[\w.-]*", re.I)
    known = {"http://maven.apache.org"}  # the XML namespace of a pom
    texts_of = texts(".txt", ".toml", ".py", ".xml", ".yaml", ".cfg", ".ini") | {
        name: (ROOT / name).read_text("utf-8") for name in ("Makefile", ".ci/run", ".ci/system-packages")
    }
    found = {name: set(address.findall(text)) - known for name, text in texts_of.items()}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}
