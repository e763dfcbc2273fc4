"""Indicators: definitions, readings, their comparisons and versions; readings entered and corrected."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Status

from dugai.api.auth import LEDGER, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_indicators import (
    CorrectIndicatorReadingIn,
    IndicatorList,
    IndicatorReadingAsk,
    IndicatorReadingDetail,
    IndicatorReadingOut,
    IndicatorReadingPage,
    NewIndicatorReadingIn,
    SaidIn,
)
from dugai.indicators import policy, queries, queries_feed, services
from dugai.indicators.rules_span import Span, parse_span
from dugai.journal.services import demand_version
from dugai.kernel.errors import NotVisible, require

if TYPE_CHECKING:
    from dugai.indicators.models import IndicatorReading

router = Router(tags=["指标"])


def _said(body: SaidIn, span: Span) -> services.Said:
    words = {name: getattr(body, name) for name in ("source", "quote", "sample_size", "exclusions")}
    return services.Said(value=Decimal(body.value), as_of=body.as_of or span.end, **words)


@router.get(
    "/indicators",
    response=IndicatorList,
    auth=READ,
    operation_id="get_indicator_catalogue",
    summary="指标目录",
)
def get_indicator_catalogue(request: TokenRequest) -> dict[str, Any]:
    """Return every definition."""
    require(policy.may_see(request.user), queries.HIDDEN, error=NotVisible)
    return {"items": queries.indicators(request.user)}


@router.get(
    "/indicator-readings",
    response=IndicatorReadingPage,
    auth=READ,
    operation_id="list_indicator_readings",
    summary="指标数据",
)
def list_indicator_readings(request: TokenRequest, ask: Query[IndicatorReadingAsk]) -> dict[str, Any]:
    """Return the readings of a region in sight: the viewer's own unless another is asked for."""
    region = queries.region_of(request.user, ask.region)
    return paged(
        ask,
        lambda *page: queries_feed.readings(
            request.user, region, *page, code=ask.code, versions=bool(ask.versions)
        ),
    )


@router.get(
    "/indicator-readings/{reading_id}",
    response=IndicatorReadingDetail,
    auth=READ,
    operation_id="get_indicator_reading",
    summary="一个指标数据",
)
def get_indicator_reading(request: TokenRequest, reading_id: PathId) -> dict[str, Any]:
    """Return one reading with what it is compared with, its target and its versions."""
    row = queries.get_reading(request.user, reading_id)
    (series,) = queries.sheet(request.user, row.region, indicator=row.indicator)
    return {
        "reading": row,
        "comparisons": series.comparisons(row) if row.is_standing else [],
        "target": series.target_of(row) if row.is_standing else None,
        "versions": queries.versions(request.user, row),
    }


@router.post(
    "/indicator-readings",
    response={201: IndicatorReadingOut},
    auth=LEDGER,
    operation_id="enter_indicator_reading",
    summary="填报指标数据",
)
def enter_indicator_reading(request: TokenRequest, body: NewIndicatorReadingIn) -> Status[IndicatorReading]:
    """Enter a reading of a span that has none."""
    region = queries.region_of(request.user, body.region)
    span = parse_span(body.period)
    row = services.enter_reading(
        actor=request.user,
        indicator=queries.get_indicator(request.user, body.indicator),
        region=region,
        span=span,
        said=_said(body, span),
    )
    return Status(201, row)


@router.post(
    "/indicator-readings/{reading_id}/correct",
    response={201: IndicatorReadingOut},
    auth=LEDGER,
    operation_id="correct_indicator_reading",
    summary="更正指标数据",
)
def correct_indicator_reading(
    request: TokenRequest, reading_id: PathId, body: CorrectIndicatorReadingIn
) -> Status[IndicatorReading]:
    """Put a new version in the place of a reading; the old one stays."""
    old = queries.get_reading(request.user, reading_id)
    seen = demand_version(body.seen_version)
    row = services.correct_reading(
        actor=request.user,
        reading_id=reading_id,
        seen_version=seen,
        said=_said(body, old.span),
        reason=body.reason,
    )
    return Status(201, row)
