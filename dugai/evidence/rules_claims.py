"""The claimed time and place of a picture beside those its file carries.

The two may differ for innocent reasons (a camera with a wrong clock, a scan of a print); a difference is a
question for the reviewer, never an accusation (domain reference E).
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

EARTH_METRES = 6_371_008.8
KILOMETRE = 1000


@dataclass(frozen=True)
class Point:
    """A place in degrees, WGS-84 or CGCS2000 (which differ by centimetres)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Difference:
    """What was compared, in words, and whether it is beyond what the rule lets pass."""

    words: str
    beyond: bool


def metres_between(one: Point, other: Point) -> float:
    """Return the great-circle distance in metres on the mean sphere."""
    phi, psi = math.radians(one.latitude), math.radians(other.latitude)
    half_up = math.sin((psi - phi) / 2) ** 2
    half_side = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return (
        2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half_up + math.cos(phi) * math.cos(psi) * half_side)))
    )


def place_difference(claimed: Point | None, carried: Point | None, *, tolerance_m: int) -> Difference | None:
    """Compare two places; None unless both are known."""
    if claimed is None or carried is None:
        return None
    metres = metres_between(claimed, carried)
    return Difference(f"相距 {distance_words(metres)}", metres > tolerance_m)


def time_difference(
    claimed: dt.datetime | None, carried: dt.datetime | None, *, tolerance_hours: int
) -> Difference | None:
    """Compare two moments; None unless both are known."""
    if claimed is None or carried is None:
        return None
    gap = claimed - carried
    beyond = abs(gap) > dt.timedelta(hours=tolerance_hours)
    if abs(gap) < dt.timedelta(minutes=1):
        return Difference("一致", beyond)
    side = "晚" if gap > dt.timedelta() else "早"
    return Difference(f"填报的时间比文件里的{side} {gap_words(abs(gap))}", beyond)


def distance_words(metres: float) -> str:
    """Return a distance as people say it: metres below one kilometre, else kilometres."""
    if round(metres) < KILOMETRE:
        return f"{round(metres)} 米"
    return f"{metres / KILOMETRE:.1f} 公里"


def gap_words(gap: dt.timedelta) -> str:
    """Return a positive span in its two largest units."""
    minutes = int(gap.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours else "")
    if hours:
        return f"{hours} 小时" + (f" {rest} 分" if rest else "")
    return f"{rest} 分钟"


def known_datum(datum: str) -> bool:
    """Say whether coordinates of `datum` lie where a camera's would; others are hundreds of metres off."""
    return datum.strip().upper().replace("-", "").replace(" ", "") in {"", "WGS84", "CGCS2000"}
