from __future__ import annotations

import pytest

from tests.house import licences


def test_every_package_has_a_licence_that_we_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0, capsys.readouterr().out
    assert set(licences.BY_PACKAGE) <= set(licences.pinned())


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("none said", False),
        ("LGPL-2.1-or-later", False),
    ],
)
def test_a_licence_is_taken_when_each_of_its_parts_is(said: str, may: bool) -> None:
    assert licences.taken("somebody", said) is may


def test_a_package_by_name_is_taken_for_the_licence_that_it_had() -> None:
    assert licences.taken("crc32c", "LGPL-2.1-or-later")
    assert not licences.taken("crc32c", "GPL-3.0-only")
