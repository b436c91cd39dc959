"""Files and directories that only this user may read."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from infra.errors import UserError


def private_directory(path: Path) -> Path:
    """Makes a directory that only this user may enter; returns it."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)  # the umask may have taken bits, an earlier parent's mode may have added them
    return path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a 0600 file so that a reader sees the old or the new one, never a piece."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_secret(path: Path) -> str:
    """The text of a file that nobody else may read. Raises UserError when others can, or it cannot be read."""
    try:
        if path.stat().st_mode & 0o077:
            raise UserError(f"others can read {path}", f"chmod 600 {path}")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "is it there, and of this user?") from None


def secret(path: Path) -> str:
    """A secret of 64 hex digits; made first when it is not there. Two makers agree on one."""
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_hex(32))
            os.link(name, path)
        except FileExistsError:
            pass  # another maker was first: its secret counts
        finally:
            Path(name).unlink(missing_ok=True)
    return read_secret(path)
