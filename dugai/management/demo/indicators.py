"""指标 of the demo: three years of invented readings, one behind its target, one that has worsened."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from dugai.indicators import services, services_target
from dugai.indicators.rules_span import Span
from dugai.kernel import clock
from dugai.management.demo import acts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.indicators.models import Indicator
    from dugai.management.demo.places import Region
    from dugai.people.models import Organisation, User

YEARS = 3
# By year, the oldest first; then by quarter of the same years, where an indicator is read each quarter.
PROVINCE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "good_air": (
        ("86.8", "88.5", "89.9"),
        ("88.1", "81.5", "83.7", "93.9", "89.7", "83.2", "85.6", "95.5", "90.2", "85.4", "87.1", "96.9"),
    ),
    "pm25": (
        ("33.4", "31.6", "30.2"),
        ("45.2", "27.1", "21.4", "39.9", "43.0", "25.8", "20.1", "37.5", "40.8", "24.9", "19.6", "35.5"),
    ),
    "good_water": (("90.2", "93.1", "95.4"), ()),
    "sewage_collected": (("56.1", "58.4", "59.6"), ()),
    "sewage_capacity": (("486.5", "502.3", "531.8"), ()),
}
CITY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "good_air": (("88.2", "90.1", "91.0"), ()),
    "pm25": (("31.8", "30.4", "29.1"), ()),
    "good_water": (("91.7", "95.8", "91.7"), ()),
    "drains": (("86.4", "102.7", "118.5"), ()),
}
SAMPLES = {"good_water": ("120个断面", "12个断面"), "sewage_capacity": ("48座", "")}
TARGETS = {"good_air": "89.5", "good_water": "95", "sewage_collected": "63"}
CITY_TARGETS = {"good_air": "90.5", "good_water": "91", "drains": "115"}


def add_indicators(users: dict[str, User], province: Region, today: dt.date) -> None:
    """Take in the catalogue; enter the years before this one for the province and its first city."""
    known = {one.code: one for one in services_target.adopt_catalogue(actor=users["sheng-guanli"])}
    last = today.year - 1
    for place, readings, goals, actor in (
        (province.organisation, PROVINCE, TARGETS, users["sheng-jingban"]),
        (province.below[0].organisation, CITY, CITY_TARGETS, users["shi-jingban"]),
    ):
        for year in range(last - YEARS + 1, last + 1):
            day = min(dt.date(year + 1, 1, 20), today)
            with clock.standing_at(acts.moment(day, 0)):
                services.enter_readings(
                    actor=actor,
                    readings=[
                        _reading(known[code], place, span, value)
                        for code, series in readings.items()
                        for span, value in _of(series, year, last)
                    ],
                )
        span = Span.of_months(last, 1, 12)
        for code, value in goals.items():
            services_target.set_target(
                actor=actor,
                indicator=known[code],
                region=place,
                span=span,
                low=Decimal(value),
                high=None,
                source=f"{place.name}督察整改方案",
            )
        services_target.set_target(
            actor=actor,
            indicator=known["pm25"],
            region=place,
            span=span,
            low=None,
            high=Decimal("30.5"),
            source=f"{place.name}督察整改方案",
        )


def _of(series: tuple[tuple[str, ...], tuple[str, ...]], year: int, last: int) -> Iterable[tuple[Span, str]]:
    """Yield the spans of one year with their values."""
    yearly, quarterly = series
    at = year - (last - YEARS + 1)
    for quarter, value in enumerate(quarterly[at * 4 : at * 4 + 4]):
        yield Span.of_months(year, quarter * 3 + 1, quarter * 3 + 3), value
    yield Span.of_months(year, 1, 12), yearly[at]


def _reading(indicator: Indicator, place: Organisation, span: Span, value: str) -> services.NewReading:
    level = 0 if place.depth == 0 else 1
    said = services.Said(
        value=Decimal(value),
        as_of=span.end,
        source=f"{place.name}生态环境状况公报（演示）",
        quote=f"{span.label}，{indicator.name}{indicator.with_unit(value)}。",
        sample_size=SAMPLES.get(indicator.code, ("", ""))[level],
    )
    return services.NewReading(indicator, place, span, said)
