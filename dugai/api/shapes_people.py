"""Shapes of organisations and of oneself."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from dugai.api.shapes import Ask, Out, PathId, Ref, Search, Sort
from dugai.people.states import Kind, Level, Role
from dugai.people.states_token import TokenScope


class MeOut(Out):
    """Whose token this is, and what it may be used for."""

    id: int
    username: str
    name: str
    role: Role
    organisation: Ref
    scopes: list[TokenScope]
    expires_at: dt.datetime


class OrganisationOut(Out):
    """One organisation and its place in the tree."""

    id: int
    code: str
    name: str
    short_name: str
    kind: Kind
    level: Level
    region_code: str
    line: str
    parent_id: int | None
    depth: int


class OrganisationPage(Out):
    """One page of organisations."""

    items: list[OrganisationOut]
    next: str | None


class OrganisationAsk(Ask):
    """Directly under `parent`, or at and below `below`."""

    parent: Annotated[PathId | None, Field(default=None)]
    below: Annotated[PathId | None, Field(default=None)]
    kind: Annotated[Kind | None, Field(default=None)]
    level: Annotated[Level | None, Field(default=None)]
    q: Annotated[Search | None, Field(default=None, description="名称、简称或编码开头")]
    sort: Annotated[Sort, Field(default=Sort.OLDEST)]
