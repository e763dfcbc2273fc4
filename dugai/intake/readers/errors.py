"""The one refusal of this room: a file that is not read, why, and what to do."""

from __future__ import annotations


class Unreadable(Exception):
    """The file was not read. ``code`` is for programs, ``message`` a plain Chinese sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str, str]]:
        return type(self), (self.code, self.message)
