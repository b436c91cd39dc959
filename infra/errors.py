"""What goes wrong for a person at the keyboard, told as what happened and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Something the person can mend: printed as two lines, without a traceback.

    `exit_code` 2: bad usage or surroundings (the default); 1: the command ran and its answer is no.
    """

    def __init__(self, message: str, cure: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure
        self.exit_code = exit_code
