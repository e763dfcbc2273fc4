"""The first organisation and the first administrator of an empty site."""

from __future__ import annotations

import secrets

from django.db import transaction

from dugai.kernel.errors import Refused
from dugai.people import services as people
from dugai.people.models import User
from dugai.people.states import Kind, Role


@transaction.atomic
def first_administrator(*, name: str, region_code: str, level: str, username: str, person: str) -> str:
    """Make the root organisation and one system administrator; return the single-use password."""
    if User.objects.exists():
        raise Refused("站点已经有账户，不能再次初始化", code="already_initialised")
    root = people.add_organisation(
        actor=None,
        parent=None,
        code=region_code,
        name=name,
        kind=Kind.REGION,
        level=level,
        region_code=region_code,
    )
    password = secrets.token_urlsafe(12)
    people.add_user(
        actor=None,
        username=username,
        name=person,
        organisation=root,
        role=Role.SYSTEM_ADMIN,
        password=password,
        must_change_password=True,
    )
    return password
