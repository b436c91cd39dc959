"""What PDF/UA-1 and PDF/A-3a ask of a file, looked for in the file itself: Typst's word for it is not all we have."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from dashboards.snapshot.bundle import FIGURES, Snapshot, canonical, unpacked
from dashboards.snapshot.dossier import collected
from dashboards.snapshot.make import policy_in_use
from dashboards.snapshot.typeset import pdf
from dashboards.speech import Speech
from infra.warehouse.store import Store
from tests.support.seeded import NOW

REGIONS = {"en": "en-GB", "nl": "nl-NL"}


@dataclass(frozen=True)
class Read:
    """A PDF without object streams: the words of each object by its number, and the streams."""

    content: bytes
    objects: dict[int, bytes]
    streams: dict[int, bytes]

    @classmethod
    def of(cls, content: bytes) -> Read:
        objects, streams = {}, {}
        for match in re.finditer(rb"(?<=\n)(\d+) 0 obj\n(.*?)\nendobj", content, re.DOTALL):
            words, _, rest = match[2].partition(b"\nstream\n")
            objects[int(match[1])], streams[int(match[1])] = words, rest.removesuffix(b"\nendstream")
        return cls(content, objects, streams)

    def having(self, words: bytes) -> list[bytes]:
        return [each for each in self.objects.values() if words in each]

    @property
    def catalog(self) -> bytes:
        (found,) = self.having(b"/Type/Catalog")
        return found

    def tags(self) -> list[str]:
        """The structure's tags, in the order of reading."""

        def walk(number: int) -> Iterator[str]:
            words = self.objects[number]
            if tag := re.search(rb"/S/(\w+)", words):
                yield tag[1].decode()
            kids = re.search(rb"/K(\[.*?\]|\s?\d+ 0 R)", words, re.DOTALL)
            for kid in re.findall(
                rb"(?<!/Pg )(?<!/Obj )\b(\d+) 0 R", re.sub(rb"<<.*?>>", b"", kids[1]) if kids else b""
            ):
                yield from walk(int(kid))

        (root,) = (number for number, words in self.objects.items() if b"/Type/StructTreeRoot" in words)
        return list(walk(root))


def text(raw: bytes) -> str:
    """A string of a PDF: `(…)` with escapes, or UTF-16 in hexadecimal."""
    if raw.startswith(b"<"):
        return bytes.fromhex(raw.strip(b"<>").decode()).decode("utf-16")
    inner = re.sub(rb"\\([()\\])", rb"\1", raw[1:-1])
    return inner.decode("utf-16") if inner.startswith(b"\xfe\xff") else inner.decode("latin-1")


@pytest.fixture(scope="module", params=["en", "nl"])
def told(request: pytest.FixtureRequest, bundle: Path) -> tuple[str, Read]:
    return request.param, Read.of(unpacked(bundle)[f"snapshot-{request.param}.pdf"])


def test_it_is_tagged_titled_and_says_its_language(told: tuple[str, Read]) -> None:
    language, read = told
    assert re.search(rb"/MarkInfo<<[^>]*/Marked true", read.catalog)
    assert f"/Lang({REGIONS[language]})".encode() in read.catalog
    assert re.search(rb"/ViewerPreferences<<[^>]*/DisplayDocTitle true", read.catalog)
    assert b"/Encrypt" not in read.content
    assert b"/JavaScript" not in read.content
    for page in read.having(b"/Type/Page/"):
        assert b"/Tabs/S" in page
        assert b"/StructParents" in page


def test_its_metadata_name_both_standards_and_its_colours_are_told(told: tuple[str, Read]) -> None:
    _, read = told
    (metadata,) = (read.streams[n] for n, words in read.objects.items() if b"/Type/Metadata" in words)
    for wanted in (b"<pdfuaid:part>1<", b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<dc:title>"):
        assert wanted in metadata, wanted
    assert b"/OutputIntents" in read.catalog


def test_each_chart_has_the_alternative_text_of_the_report(told: tuple[str, Read], made: Snapshot) -> None:
    language, read = told
    figures = read.having(b"/S/Figure")
    found = [
        text(match[1])
        for each in figures
        if (match := re.search(rb"/Alt(\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]+>)", each, re.S))
    ]
    report = made.report(Speech(language, made.parameters.zone))
    charts = [
        each for block in report.blocks for each in ([block] if block["kind"] == "chart" else block.get("charts", ()))
    ]
    assert len(charts) > 1
    assert sorted(found) == sorted(each["alt"] for each in charts)
    assert len(figures) == len(charts)


def test_its_headings_skip_no_level_and_its_tables_have_heads(told: tuple[str, Read]) -> None:
    _, read = told
    tags = read.tags()
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"H[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.count("Table") > 3
    assert tags.count("TH") >= 2 * tags.count("Table")
    assert all(b"/Scope" in each for each in read.having(b"/S/TH") if b"/S/THead" not in each)


def test_every_font_is_inside_and_can_be_read_as_text(told: tuple[str, Read]) -> None:
    _, read = told
    descriptors = read.having(b"/Type/FontDescriptor")
    assert descriptors
    assert all(re.search(rb"/FontFile[23]? \d+ 0 R", each) for each in descriptors)
    assert all(b"/ToUnicode" in each for each in read.having(b"/Subtype/Type0"))


def test_the_figures_are_attached_as_the_data_that_it_rests_on(told: tuple[str, Read], bundle: Path) -> None:
    _, read = told
    (file,) = read.having(b"/Type/Filespec")
    assert b"/AFRelationship/Data" in file
    assert b"/UF(figures.json)" in file
    number = re.search(rb"/EF<</F (\d+) 0 R", file)
    assert number is not None
    assert zlib.decompress(read.streams[int(number[1])]) == unpacked(bundle)[FIGURES]
    assert b"/AF" in read.catalog
    assert b"/Subtype/application#2Fjson" in read.objects[int(number[1])]


def test_a_dossier_is_such_a_file_too(seeded_store: Store) -> None:
    finding = seeded_store.query("findings", {"outcome": "breach", "rows": 1}).to_pylist()[0]["finding"]
    made = collected(seeded_store, finding, NOW, policy_in_use())
    read = Read.of(pdf(made.report(Speech("nl", "Europe/Amsterdam")), canonical(made.figures), NOW))
    assert b"/Lang(nl-NL)" in read.catalog
    assert read.tags().count("Table") >= 4
    levels = [int(tag[1]) for tag in read.tags() if re.fullmatch(r"H[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
