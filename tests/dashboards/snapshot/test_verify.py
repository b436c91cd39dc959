"""A bundle is the same bytes each time; whatever is changed in it, even by one who mends the manifest, is found."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dashboards.snapshot.bundle import FINDINGS, MANIFEST, Snapshot, canonical, packed, unpacked, zipped
from dashboards.snapshot.merkle import EMPTY, root
from dashboards.snapshot.verify import verified
from infra.errors import UserError

Files = dict[str, bytes]


def test_the_same_inputs_make_the_same_bytes(bundle: Path, made: Snapshot) -> None:
    assert packed(made) == bundle.read_bytes()


def test_a_bundle_as_it_was_made_has_no_fault(bundle: Path) -> None:
    done = verified(bundle)
    assert (done.faults, done.notes) == ((), ())


def test_the_pdf_is_for_everybody_and_for_the_archive(bundle: Path) -> None:
    files = unpacked(bundle)
    for language in ("en", "nl"):
        pdf = files[f"snapshot-{language}.pdf"]
        assert pdf.startswith(b"%PDF-1.7")
        for mark in (b"pdfuaid:part", b"pdfaid:part", b"/EmbeddedFile", b"/StructTreeRoot"):
            assert mark in pdf, mark


def test_the_html_twin_says_what_the_pdf_says_and_asks_no_other_host(bundle: Path, made: Snapshot) -> None:
    for language in ("en", "nl"):
        twin = unpacked(bundle)[f"snapshot-{language}.html"].decode()
        assert f'<html lang="{language}">' in twin
        assert made.root in twin
        assert not re.findall(r'(?:src|href)="http', twin)
        for each in made.figures["promises"]:
            assert f"<td>{each['id']}</td>" in twin
        for chart in re.findall(r"<figure>.*?</figure>", twin, re.S):
            assert 'aria-label="' in chart


def _figure(files: Files) -> None:
    told = json.loads(files["figures.json"])
    told["promises"][0]["failed"] += 1
    files["figures.json"] = canonical(told)


def _finding_gone(files: Files) -> None:
    lines = files[FINDINGS].splitlines(keepends=True)
    files[FINDINGS] = b"".join(lines[1:])


def _finding_changed(files: Files) -> None:
    files[FINDINGS] = files[FINDINGS].replace(b'"Critical"', b'"Low"', 1)


def _aggregate(files: Files) -> None:
    name, into = "aggregates/sources.parquet", io.BytesIO()
    table = pq.read_table(io.BytesIO(files[name]))
    pq.write_table(table.slice(1), into)
    files[name] = into.getvalue()


def _parameter(files: Files) -> None:
    files["parameters.json"] = files["parameters.json"].replace(b"Custom Connect", b"Another Company")


def _page(files: Files) -> None:
    files["snapshot-en.pdf"] = files["snapshot-nl.pdf"]


def _gone(files: Files) -> None:
    del files["aggregates/counts.parquet"]


def _more(files: Files) -> None:
    files["note.txt"] = b"signed: nobody"


CHANGES = [_figure, _finding_gone, _finding_changed, _aggregate, _parameter, _page, _gone, _more]


@pytest.mark.parametrize("mended", [False, True], ids=["", "manifest mended"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_found(bundle: Path, tmp_path: Path, change: Callable[[Files], None], mended: bool) -> None:
    files = unpacked(bundle)
    change(files)
    if mended:
        manifest = json.loads(files[MANIFEST])
        manifest["files"] = {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MANIFEST
        }
        files[MANIFEST] = canonical(manifest)
    forged = tmp_path / bundle.name
    forged.write_bytes(zipped(files))
    head = bundle.with_name(bundle.name + ".head.json")
    (tmp_path / head.name).write_bytes(head.read_bytes())
    assert verified(forged).faults


def test_a_changed_figure_is_named_with_both_values(bundle: Path, tmp_path: Path) -> None:
    files = unpacked(bundle)
    _figure(files)
    forged = tmp_path / bundle.name
    forged.write_bytes(zipped(files))
    assert "figure promises[0].failed: printed 1, the data gives 0" in verified(forged).faults


def test_what_is_no_bundle_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"no zip")
    with pytest.raises(UserError, match="no bundle"):
        verified(file)


def test_the_root_is_that_of_rfc_6962() -> None:
    def leaf(line: bytes) -> bytes:
        return hashlib.sha256(b"\0" + line).digest()

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\1" + left + right).digest()

    a, b, c, d, e = (leaf(each) for each in (b"a", b"b", b"c", b"d", b"e"))
    assert root([]) == EMPTY
    assert root([b"a"]) == a
    assert root([b"a", b"b", b"c"]) == node(node(a, b), c)
    assert root([b"a", b"b", b"c", b"d", b"e"]) == node(node(node(a, b), node(c, d)), e)
