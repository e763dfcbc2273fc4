"""Closed lists of words: an ASCII value for tables and programs, a Chinese label for people.

Shaped like Django's ``TextChoices`` (``choices``, ``values``, ``labels``, ``label``), so models and forms
take them as they are, and free of Django, so pure rules may use them.
"""

from __future__ import annotations

import functools
from enum import EnumType, StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class ChoicesType(EnumType):
    """Gives the class of a closed list its lists."""

    @property
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of value and label, in the order they were written."""
        return [(str(member.value), member.label) for member in _members(cls)]

    @property
    def values(cls) -> list[str]:
        """Values in the order they were written."""
        return [str(member.value) for member in _members(cls)]

    @property
    def labels(cls) -> list[str]:
        """Labels in the order they were written."""
        return [member.label for member in _members(cls)]

    @property
    def do_not_call_in_templates(cls) -> bool:
        """Template engines that call what is callable must leave the class alone."""
        return True


class Choices(StrEnum, metaclass=ChoicesType):
    """Base of a closed list; a member is written ``NAME = "value", "标签"``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make the member a string equal to its value and hang the label on it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @property
    def rank(self) -> int:
        """Position in the list, from 0; lists written from worst to best can be compared by it."""
        return _ranks(type(self))[self]


@functools.cache
def _ranks(cls: type[Choices]) -> dict[Choices, int]:
    return {member: position for position, member in enumerate(cls)}


def _members(cls: Any) -> Iterable[Choices]:  # the type of a metaclass cannot be said more exactly
    return (member for member in cls)
