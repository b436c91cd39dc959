"""Why bytes are no event of the contract, and the limits of size that every event keeps."""

from __future__ import annotations

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_LIST = 10_000


class Refused(Exception):  # noqa: N818 - a verdict on the bytes, no error of ours
    """The bytes are no event of the contract; `detail` names fields and types, never a value."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def check_limits(value: object) -> None:
    """Refuses what is nested deeper than 32 or holds a list longer than 10,000."""
    level: list[object] = [value]
    depth = 0
    while level:
        depth += 1
        below: list[object] = []
        for part in level:
            if isinstance(part, list):
                if len(part) > MAX_LIST:
                    raise Refused("list_too_long")
                below.extend(part)
            elif isinstance(part, dict):
                below.extend(part.values())
        level = [part for part in below if isinstance(part, dict | list)]
        if depth > MAX_DEPTH:
            raise Refused("too_deep")
