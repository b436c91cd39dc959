"""Which rules judge: a digest of everything in this room that can change a verdict."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

_ROOM = Path(__file__).parent
_DECIDING = (".py", ".yaml")


@cache
def rules_digest() -> str:
    """SHA-256 (hexadecimal) over the names and contents of the code, policy and register files, in order.

    Words of other languages are left out: they change no verdict.

    Two processes with the same digest give the same verdicts on the same events.
    """
    whole = sha256()
    for path in sorted(_ROOM.rglob("*")):
        if path.suffix in _DECIDING and path.parent.name != "words" and path.is_file():
            content = path.read_bytes()
            whole.update(f"{path.relative_to(_ROOM).as_posix()} {len(content)}\n".encode())
            whole.update(content)
    return whole.hexdigest()
