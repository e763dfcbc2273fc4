"""The services of indicators: a call that their policy refuses, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dugai.indicators.models import Indicator
from dugai.indicators.rules_span import parse_span
from dugai.indicators.services import NewReading
from tests.indicators import said

Call = tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]
STRANGERS = ("neighbour_clerk", "other_city_reviewer", "system_admin", "public")
READERS = ("verifier", "leader", "supervisor", *STRANGERS)
NOT_DEFINERS = ("province_clerk", "city_reviewer", "county_clerk", *READERS)
INNER = {"settle_alerts": "called by a service that has asked"}


def place(world: Any, code: str = "pm10") -> dict[str, Any]:
    return {
        "indicator": Indicator.objects.get(code=code),
        "region": world.cast.county,
        "span": parse_span("2025年"),
    }


def reading(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"reading_id": world.reading.pk, "seen_version": world.reading.version, **more}


CALLS: dict[str, Call] = {
    "enter_reading": (READERS, lambda world: {**place(world), "said": said("60", "2025年")}),
    "enter_readings": (
        READERS,
        lambda world: {"readings": [NewReading(**place(world), said=said("60", "2025年"))]},
    ),
    "correct_reading": (READERS, reading(said=said("31", "2025年"), reason="复核")),
    "withdraw_reading": (READERS, reading(reason="填错")),
    "set_target": (
        ("county_clerk", *READERS),
        lambda world: {**place(world), "low": None, "high": Decimal(30), "source": "方案"},
    ),
    "withdraw_target": (
        ("county_clerk", *READERS),
        lambda world: {"target_id": world.target.pk, "seen_version": world.target.version, "reason": "错"},
    ),
    "define_indicator": (
        NOT_DEFINERS,
        lambda world: {
            "code": "new",
            "name": "新指标",
            "unit": "个",
            "kind": "engineering",
            "nature": "amount",
            "better": "higher",
            "definition": "新。",
        },
    ),
    "adopt_catalogue": (NOT_DEFINERS, lambda world: {}),
    "change_indicator": (
        NOT_DEFINERS,
        lambda world: {"code": "pm25", "seen_version": 1, "reason": "改", "base_year": 2020},
    ),
}
