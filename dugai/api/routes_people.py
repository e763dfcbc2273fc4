"""Oneself, and the tree of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router

from dugai.api.auth import READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_people import MeOut, OrganisationAsk, OrganisationOut, OrganisationPage
from dugai.people import queries, queries_feed

if TYPE_CHECKING:
    from dugai.people.models import Organisation

router = Router(tags=["单位与本人"])


@router.get("/me", response=MeOut, auth=READ, operation_id="get_me", summary="本人和令牌")
def get_me(request: TokenRequest) -> dict[str, Any]:
    """Return whose token this is and what it may do."""
    me, token = request.user, request.api_token
    names = ("id", "username", "name", "role", "organisation")
    return {
        **{name: getattr(me, name) for name in names},
        "scopes": token.scopes,
        "expires_at": token.expires_at,
    }


@router.get(
    "/organisations",
    response=OrganisationPage,
    auth=READ,
    operation_id="list_organisations",
    summary="单位：下级与查找",
)
def list_organisations(request: TokenRequest, ask: Query[OrganisationAsk]) -> dict[str, Any]:
    """Return organisations under one another, or by name."""

    def read(*page: Any) -> Any:
        return queries_feed.organisations(
            request.user, ask.parent, ask.below, ask.kind, ask.level, ask.q, *page
        )

    return paged(ask, read, ask.sort)


@router.get(
    "/organisations/{organisation_id}",
    response=OrganisationOut,
    auth=READ,
    operation_id="get_organisation",
    summary="一个单位",
)
def get_organisation(request: TokenRequest, organisation_id: PathId) -> Organisation:
    """Return one organisation."""
    return queries.get_organisation(request.user, organisation_id)
