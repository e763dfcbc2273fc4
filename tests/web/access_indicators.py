"""Who gets what at the addresses of indicators: a reading of 望渡县, the definitions of 江源省."""

from __future__ import annotations

from typing import Any

from tests.indicators import adopt, enter
from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, Line, line

PLACELESS = dict.fromkeys(("public", "system_admin", "security_admin", "audit_admin"), HIDDEN)
BESIDE = dict.fromkeys(("neighbour_clerk", "other_city_reviewer"), HIDDEN)


def a_reading(world: Any) -> dict[str, Any]:
    """Take in the catalogue and enter one reading of 望渡县, once."""
    if getattr(world, "reading", None) is None:
        adopt(world.cast)
        world.reading = enter(world.cast.county_clerk, world.cast.county, "pm25", "2025年", "32")
    return {"reading_id": world.reading.pk}


def code(world: Any) -> dict[str, Any]:
    a_reading(world)
    return {"code": "pm25"}


ACCESS: dict[str, Line] = {
    "indicators": line(SEES, **PLACELESS),
    "indicator_alerts": line(SEES, **PLACELESS),
    "indicator": line(SEES, code, **PLACELESS),
    "indicator_reading": line(SEES, a_reading, **PLACELESS, **BESIDE),
    "indicator_new": line(FORBIDDEN, province_manager=SEES),
    "indicator_edit": line(FORBIDDEN, code, province_manager=SEES),
    "indicator_adopt": line(FORBIDDEN, method="post", province_manager=MOVED),
}
