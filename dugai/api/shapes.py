"""The small types of every shape. Shapes are written by hand: a new column is never published."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""
MOST = 100
CLEAN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
DAY = (
    r"^(199[0-9]|20[0-9]{2})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-9]))$"
)
_WHOLE = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


def _from_text(value: Any) -> Any:
    """Read a whole number out of an address: digits alone."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("要写成正整数")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not re.fullmatch(DAY[1:-1], value, re.ASCII):
        raise ValueError("日期要写成 2026-05-18")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("没有这一天") from None


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value not in {"true", "false"}:
        raise ValueError("要写成 true 或 false")
    return value == "true"


Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
"""A row's number in a body."""
PathId = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_from_text)]
"""A row's number in an address or a query."""
Limit = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_from_text)]
"""How many rows a page has; more than the limit is refused, never cut."""
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[
    dt.date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "pattern": DAY, "examples": ["2026-05-18"]}),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
Short = Annotated[str, StringConstraints(max_length=60, pattern=ONE_LINE)]
Line = Annotated[str, StringConstraints(max_length=300, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=5000, pattern=CLEAN)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=20000, pattern=CLEAN)]
Opinion = Annotated[str, StringConstraints(max_length=300, pattern=CLEAN)]
Search = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[A-Za-z0-9_-]+$")]
Amount = Annotated[str, StringConstraints(max_length=18, pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")]
"""An exact quantity, as text: "6.4"."""
Change = Annotated[str, StringConstraints(max_length=18, pattern=r"^-?[0-9]{1,11}(\.[0-9]{1,4})?$")]
"""An exact quantity that may be negative, as text."""
Money = Annotated[str, StringConstraints(max_length=18, pattern=r"^-?[0-9]{1,11}(\.[0-9]{1,2})?$")]
"""万元, as text."""
Version = Annotated[
    int | None,
    Field(default=None, strict=True, ge=1, le=2**31 - 1, description="您看到的 version；不带则回答 428"),
]


class In(Schema):
    """A shape that comes in: what it does not name is refused."""

    model_config = ConfigDict(extra="forbid")


class Ask(Schema):
    """What every list may be asked."""

    cursor: Annotated[Cursor | None, Field(default=None, description="上一页的 next")]
    limit: Limit = 50


class Sort(StrEnum):
    """The orders a list can have; each maps to one index."""

    OLDEST = "oldest"
    NEWEST = "newest"


class DueSort(StrEnum):
    """The same, and by the day something is due."""

    OLDEST = "oldest"
    NEWEST = "newest"
    DUE = "due"


class Out(Schema):
    """A shape that goes out."""


class Ref(Out):
    """An organisation, by number, code and name."""

    id: int
    code: str
    name: str


class Person(Out):
    """Somebody who acted, by number and name."""

    id: int
    name: str
