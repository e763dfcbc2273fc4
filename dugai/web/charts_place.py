"""A small map without tiles: claimed place, the file's place and the site, to scale, as SVG attributes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.evidence.rules_claims import EARTH_METRES, Point, distance_words, metres_between

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 320, 200, 46
SMALLEST_METRES = 40.0
BAR_SHARE = 0.34


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to draw: `kind` (claimed, carried, site) decides its shape."""

    kind: str
    word: str
    point: Point


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot on the map, in units of the view box; its word stands at `text_y`."""

    kind: str
    word: str
    x: str
    y: str
    text_y: str
    anchor: str
    text_x: str


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The map: marks, the scale bar and its word, a line between the first two, and all of it in words."""

    marks: list[Mark]
    bar: str
    bar_word: str
    line: tuple[str, str, str, str] | None
    words: str


def place_map(spots: Sequence[Spot]) -> PlaceMap | None:
    """Return the map of one to three spots; None without any."""
    if not spots:
        return None
    middle = Point(
        sum(spot.point.latitude for spot in spots) / len(spots),
        sum(spot.point.longitude for spot in spots) / len(spots),
    )
    plane = [_metres(spot.point, middle) for spot in spots]
    reach = max([SMALLEST_METRES / 2, *(abs(x) for x, _ in plane), *(abs(y) for _, y in plane)])
    unit = min(WIDTH / 2 - MARGIN, HEIGHT / 2 - MARGIN / 1.3) / reach
    marks = []
    taken: list[float] = []
    for spot, (east, north) in zip(spots, plane, strict=True):
        x, y = WIDTH / 2 + east * unit, HEIGHT / 2 - north * unit
        text_y = y + 4
        while any(abs(text_y - other) < 13 for other in taken):
            text_y += 13
        taken.append(text_y)
        right = x < WIDTH / 2 + 10
        marks.append(
            Mark(
                spot.kind,
                spot.word,
                f"{x:.1f}",
                f"{y:.1f}",
                f"{text_y:.1f}",
                "start" if right else "end",
                f"{x + 10 if right else x - 10:.1f}",
            )
        )
    metres = _round_length(WIDTH * BAR_SHARE / unit)
    line = (marks[0].x, marks[0].y, marks[1].x, marks[1].y) if len(marks) > 1 else None
    return PlaceMap(marks, f"{metres * unit:.1f}", distance_words(metres), line, _words(spots))


def _metres(point: Point, middle: Point) -> tuple[float, float]:
    """Return metres east and north of the middle; over a few kilometres the earth is flat enough."""
    degree = EARTH_METRES * math.pi / 180
    east = (point.longitude - middle.longitude) * degree * math.cos(math.radians(middle.latitude))
    return east, (point.latitude - middle.latitude) * degree


def _round_length(metres: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is not longer than `metres`."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres)


def _words(spots: Sequence[Spot]) -> str:
    said = [f"{spot.word}在北纬 {spot.point.latitude:.6f}、东经 {spot.point.longitude:.6f}" for spot in spots]
    first = spots[0]
    said += [
        f"{first.word}与{spot.word}相距 {distance_words(metres_between(first.point, spot.point))}"
        for spot in spots[1:]
    ]
    return "；".join(said)
