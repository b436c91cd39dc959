"""`python -m tests.house.licences`: the licences of all pinned packages against those that we take, from what is
installed; asks no other host.

Taken are licences that ask no more of who uses the package than to name it, and those below by package, with a reason.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAKEN = frozenset(
    (
        *("Apache-2.0", "MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "PSF-2.0"),
        *("CC0-1.0", "Unlicense", "OFL-1.1", "ZPL-2.1"),
    )
)
BY_PACKAGE = {
    "python-stdnum": ("LGPL-2.1-or-later", "imported unchanged from its own package, so anybody may replace it"),
    "crc32c": ("LGPL-2.1-or-later", "the same"),
    "certifi": ("MPL-2.0", "its files stay as they are"),
    "pathspec": ("MPL-2.0", "its files stay as they are"),
    "tqdm": ("MPL-2.0 AND MIT", "its files stay as they are"),
    "hypothesis": ("MPL-2.0", "its files stay as they are; tests only"),
    "axe-playwright-python": ("none said", "MIT by its own file; axe-core in it (MPL-2.0) stays as it is; tests only"),
    "venusian": ("BSD-derived", "the Repoze licence: BSD's three clauses and one on trade marks"),
}
# What packages write who do not use SPDX's words yet.
_WORDS = {
    r"apache(-| software| license|,| )*(license)?(, version)? ?2(\.0)?|apache software license": "Apache-2.0",
    r"(the )?mit( license)?": "MIT",
    r"(new |modified |3-clause |revised )*bsd([ -]3-clause)?( license)?|3-clause bsd license": "BSD-3-Clause",
    r"bsd 2-clause license": "BSD-2-Clause",
    r"isc license( \(iscl\))?": "ISC",
    r"python software foundation license": "PSF-2.0",
    r"mozilla public license 2\.0 \(mpl 2\.0\)": "MPL-2.0",
    r"gnu lesser general public license v2 or later \(lgplv2\+\)|lgpl": "LGPL-2.1-or-later",
    r"repoze public license": "BSD-derived",
}


def pinned() -> list[str]:
    """Names of the packages in the pinned requirements."""
    found: set[str] = set()
    for file in ("requirements.txt", "requirements-dev.txt"):
        found.update(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / file).read_text("utf-8"), re.MULTILINE))
    return sorted(found)


def licence(name: str) -> str | None:
    """What the installed package says of itself, in SPDX's words where possible; None: not installed here."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if "License ::" in line]
    texts = [text for text in classified if text not in ("OSI Approved", "DFSG approved")]
    return " AND ".join(sorted({_spdx(text) for text in texts or [str(said.get("License") or "")[:60]]}))


def _spdx(text: str) -> str:
    for pattern, name in _WORDS.items():
        if re.fullmatch(pattern, text.strip(), re.IGNORECASE):
            return name
    return text or "none said"


def taken(name: str, found: str) -> bool:
    """Whether we take the package: every part of an AND, or one of an OR."""
    if BY_PACKAGE.get(name, ("",))[0] == found:
        return True
    ways = [way.split(" AND ") for way in re.sub("[()]", "", found).split(" OR ")]
    return any(all(part.strip() in TAKEN for part in way) for way in ways)


def main() -> int:
    """Prints what is not taken; exit code 1 if anything."""
    found = {name: licence(name) for name in pinned()}
    wrong = {name: words for name, words in found.items() if words is not None and not taken(name, words)}
    for name, words in sorted(wrong.items()):
        print(f"✖ {name}: {words}\n  → another package, or a line with the reason in tests/house/licences.py")
    here = sum(words is not None for words in found.values())
    print(f"licences of {here} packages looked at, {len(wrong)} not taken; {len(found) - here} are for other platforms")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
