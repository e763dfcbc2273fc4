"""Shapes of figures, texts that were released, and the rows behind a figure."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import Ask, Day, Id, In, Out
from dugai.disclosure.catalogue import FigureLevel
from dugai.disclosure.states import Genre, ReleaseState


class FigureOut(Out):
    """A named figure: what it counts, by which formula and in which scope."""

    code: str
    name: str
    level: FigureLevel
    unit: str
    meaning: str
    formula: str
    scope_rule: str
    numerator: str
    denominator: str


class FigureList(Out):
    """The catalogue."""

    items: list[FigureOut]


class FigureAsk(In):
    """Where and when: a region in sight, a day not after today, one inspection."""

    region: Annotated[Id | None, Field(default=None)]
    as_of: Annotated[Day | None, Field(default=None)]
    since: Annotated[Day | None, Field(default=None)]
    inspection: Annotated[Id | None, Field(default=None)]


class FigureValueOut(Out):
    """A figure at one place and day; exact counts, and the words a text prints."""

    code: str
    name: str
    unit: str
    region: int
    region_name: str
    as_of: dt.date
    numerator: int
    denominator: int | None
    shown: str

    @staticmethod
    def resolve_code(row: Any) -> str:
        """Return the figure's code."""
        return str(row.definition.code)

    @staticmethod
    def resolve_name(row: Any) -> str:
        """Return the figure's name."""
        return str(row.definition.name)

    @staticmethod
    def resolve_unit(row: Any) -> str:
        """Return the figure's unit."""
        return str(row.definition.unit)


class FactOut(Out):
    """A row behind a figure, as it was at the end of the day; `closure` of a report is its state."""

    pk: int
    code: str
    title: str
    who: str
    lamp: str
    progress: str
    closure: str
    due: dt.date | None


class FactPage(Out):
    """One page of the rows behind a figure."""

    items: list[FactOut]
    next: str | None


class FactAsk(Ask):
    """Where, when, and from which row on."""

    region: Annotated[Id | None, Field(default=None)]
    as_of: Annotated[Day | None, Field(default=None)]
    since: Annotated[Day | None, Field(default=None)]
    inspection: Annotated[Id | None, Field(default=None)]


class ReleaseOut(Out):
    """What was released: where, when, and the digests of its snapshot."""

    id: int
    number: str
    title: str
    genre: Genre
    state: ReleaseState
    released_on: dt.date
    sha256: str
    sm3: str

    @staticmethod
    def resolve_genre(row: Any) -> Any:
        """Return the kind of the released text."""
        return row.text.genre


class ReleasePage(Out):
    """One page of releases, the newest first."""

    items: list[ReleaseOut]
    next: str | None


class ReleaseDetail(ReleaseOut):
    """A release with its snapshot, exactly as it left the house."""

    reason: str
    snapshot: dict[str, Any]
