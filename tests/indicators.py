"""What the tests of indicators share: the shipped catalogue, a reading, a target."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from dugai.indicators import queries, services, services_target
from dugai.indicators.models import Indicator, IndicatorReading, IndicatorTarget
from dugai.indicators.rules_span import parse_span
from dugai.people.models import Organisation, User
from tests.cast import Cast


def adopt(cast: Cast) -> None:
    """Take in the shipped catalogue."""
    services_target.adopt_catalogue(actor=cast.province_manager)


def the(cast: Cast, code: str) -> Indicator:
    """Return an indicator by its code."""
    return queries.get_indicator(cast.province_manager, code)


def said(value: str, period: str, **more: Any) -> services.Said:
    """Say a value with its source."""
    span = parse_span(period)
    return services.Said(**{"value": Decimal(value), "source": "省生态环境厅通报", "as_of": span.end, **more})


def enter(
    actor: User, region: Organisation, code: str, period: str, value: str, **more: Any
) -> IndicatorReading:
    """Enter one reading."""
    return services.enter_reading(
        actor=actor,
        indicator=queries.get_indicator(actor, code),
        region=region,
        span=parse_span(period),
        said=said(value, period, **more),
    )


def aim(
    actor: User, region: Organisation, code: str, period: str, low: str = "", high: str = "", **more: Any
) -> IndicatorTarget:
    """Set a target."""
    return services_target.set_target(
        actor=actor,
        indicator=queries.get_indicator(actor, code),
        region=region,
        span=parse_span(period),
        low=Decimal(low) if low else None,
        high=Decimal(high) if high else None,
        source="省整改方案",
        **more,
    )


LAST_DAY = dt.date(2025, 12, 31)
