"""The one error that a user can cause and mend; anything else that is raised is a bug of the trainer."""

from __future__ import annotations


class Problem(Exception):
    """What is wrong, and what to do about it (`action`, may be empty)."""

    def __init__(self, message: str, action: str = "") -> None:
        super().__init__(f"{message} {action}".strip())
        self.message = message
        self.action = action
