"""Disks that fail: a small one that fills up, and one that answers late."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEGABYTES = 512


class SmallDisk:
    """A file system of its own, in memory, of a few hundred megabytes, under `path`. Needs root."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir(parents=True, exist_ok=True)
        size = f"size={MEGABYTES}m,mode=0700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "clausewatch-tests", str(path)], check=True)

    def fill(self) -> None:
        """No byte is left."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as out:
            while True:
                out.write(b"\0" * (1 << 16))
        with suppress(OSError), self._ballast.open("ab", buffering=0) as out:
            while True:
                out.write(b"\0" * 512)

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """It is gone with all that was on it."""
        subprocess.run(["umount", "--lazy", str(self.path)], check=False)


def can_mount() -> bool:
    """Whether this user may mount file systems here; tried, since a container's root often may not."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    return tried.returncode == 0


def can_slow() -> bool:
    """Whether a process' calls can be delayed here: by strace, which needs to be allowed to trace."""
    if shutil.which("strace") is None:
        return False
    inject = ["-e", "inject=fsync:delay_enter=1"]
    tried = subprocess.run(["strace", "-f", *inject, "true"], capture_output=True, start_new_session=True)
    return tried.returncode == 0  # in a session of its own: strace reaches for the terminal


@contextmanager
def slow(pid: int, seconds: float) -> Iterator[None]:
    """Each time a process waits for its disk takes so much longer, for the length of a block."""
    delay = f"inject=fsync,fdatasync:delay_enter={int(seconds * 1_000_000)}"
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", delay, "-p", str(pid)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        tracer.terminate()  # it lets go of the process, which runs on
        tracer.wait()
