"""The fonts that reports are set in: Inter from its own package; those of the machine are never used."""

from __future__ import annotations

from functools import cache
from importlib import resources

FONT = "Inter"


def directory() -> str:
    """Where Inter's files are."""
    return str(resources.files("fontpkg_inter").joinpath("files"))


@cache
def registered() -> None:
    """Tell the charts' renderer of Inter; once a process."""
    import vl_convert

    vl_convert.register_font_directory(directory())
