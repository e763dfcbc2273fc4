"""Refusals. Each has a type for the code, a code for programs and a sentence for people.

A service raises; an edge translates once: a page for the browser, ``application/problem+json`` for a client.
The sentence is plain Chinese: what happened, then what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class DomainError(Exception):
    """Something the rules of the work do not allow.

    ``message`` is the sentence for people, ``code`` the word for programs (snake case, stable) and ``status``
    the HTTP status an edge answers with.
    """

    code: str = "refused"
    status: int = 422

    def __init__(self, message: str, *, code: str | None = None) -> None:
        """Keep the sentence; ``code`` replaces the default code of the class."""
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotVisible(DomainError):
    """It does not exist, or not for this viewer; the two look alike on purpose."""

    code, status = "not_found", 404


class Refused(DomainError):
    """The act is not possible in this state or with these values."""

    code, status = "refused", 422


class Forbidden(DomainError):
    """The actor sees the thing but may not do this to it."""

    code, status = "forbidden", 403


class Conflict(DomainError):
    """Someone else changed it since the actor looked."""

    code, status = "conflict", 409


class VersionMissing(DomainError):
    """A change came without the version its sender had seen."""

    code, status = "version_missing", 428


class TooLarge(DomainError):
    """What was sent is larger than the limit that the message names."""

    code, status = "too_large", 413


class TooMany(DomainError):
    """Too many requests or items; the message says when or how many are allowed."""

    code, status = "too_many", 429


class InvalidInput(DomainError):
    """Values that cannot be right. ``fields`` maps the name of each wrong field to its own sentence."""

    code, status = "invalid_input", 422

    def __init__(
        self, message: str, *, code: str | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        """Keep the sentence for the whole form and one sentence for every wrong field."""
        super().__init__(message, code=code)
        self.fields: dict[str, str] = dict(fields or {})


def require(
    condition: object, message: str, *, code: str | None = None, error: type[DomainError] = Refused
) -> None:
    """Raise ``error(message)`` unless ``condition`` is true; ``Refused`` when nothing else is said."""
    if not condition:
        raise error(message, code=code)
