"""Figures and releases: values, the rows behind them, and what left the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router

from dugai.api.auth import READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import Ask, PathId
from dugai.api.shapes_disclosure import (
    FactAsk,
    FactPage,
    FigureAsk,
    FigureList,
    FigureValueOut,
    ReleaseDetail,
    ReleasePage,
)
from dugai.disclosure import catalogue, policy, queries_feed, queries_figure, queries_text
from dugai.kernel.errors import NotVisible, require

if TYPE_CHECKING:
    from dugai.disclosure.models import Release

router = Router(tags=["公开"])
NO_FIGURES = "没有这个数据项，或您的单位看不到它"


def _sheet(request: TokenRequest, ask: FigureAsk | FactAsk) -> queries_figure.Sheet:
    require(policy.may_see_figures(request.user), NO_FIGURES, error=NotVisible)
    place = queries_figure.place_of(request.user, ask.region)
    return queries_figure.sheet(request.user, place, ask.as_of, since=ask.since, inspection=ask.inspection)


@router.get(
    "/figures", response=FigureList, auth=READ, operation_id="get_figure_catalogue", summary="数据项目录"
)
def get_figure_catalogue(request: TokenRequest) -> dict[str, Any]:
    """Return the catalogue of figures."""
    require(policy.may_see_figures(request.user), NO_FIGURES, error=NotVisible)
    return {"items": list(catalogue.CATALOGUE.values())}


@router.get(
    "/figures/{code}", response=FigureValueOut, auth=READ, operation_id="get_figure", summary="一个数据项的值"
)
def get_figure(request: TokenRequest, code: str, ask: Query[FigureAsk]) -> Any:
    """Return a figure below a region at the end of a day."""
    return _sheet(request, ask).value(code)


@router.get(
    "/figures/{code}/rows",
    response=FactPage,
    auth=READ,
    operation_id="list_figure_rows",
    summary="数据项背后的每一行",
)
def list_figure_rows(request: TokenRequest, code: str, ask: Query[FactAsk]) -> dict[str, Any]:
    """Return the rows behind a figure, as they were at the end of the day."""
    sheet = _sheet(request, ask)
    return paged(
        ask, lambda _, after, limit: queries_feed.figure_rows(request.user, sheet, code, after, limit)
    )


@router.get("/releases", response=ReleasePage, auth=READ, operation_id="list_releases", summary="已发布")
def list_releases(request: TokenRequest, ask: Query[Ask]) -> dict[str, Any]:
    """Return the releases in sight, the newest first."""
    return paged(ask, lambda *page: queries_feed.releases(request.user, *page), "newest")


@router.get(
    "/releases/{release_id}",
    response=ReleaseDetail,
    auth=READ,
    operation_id="get_release",
    summary="一次发布",
)
def get_release(request: TokenRequest, release_id: PathId) -> Release:
    """Return one release with its snapshot."""
    return queries_text.get_release(request.user, release_id)
