"""Looking into a file from outside its cage: what it says of itself, and small pictures of it.

The file is read by a child process (`look_child.py`); whatever happens to the child, this side gets a `Look`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from dugai.evidence.states import ReadingState
from dugai.kernel import clock
from dugai.kernel.cage import MEGA, Answer, Cage, run, start_of

START = start_of("dugai.evidence.look_child")
LIMITS = Cage(memory=1024 * MEGA, cpu=20, wall=30.0, files=64, answer=24 * MEGA)
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
SEEN = PICTURES | {"application/pdf"}
MOST_PIXELS = 50_000_000
LARGEST = 200 * MEGA
LONGEST = 120


@dataclass(frozen=True)
class Drawn:
    """A picture made from the file: `kind` thumb or preview, JPEG bytes, size in pixels."""

    kind: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Look:
    """What came of looking: a state, a reason in Chinese when it failed, what was read, what was drawn."""

    state: ReadingState
    reason: str = ""
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken_at: dt.datetime | None = None
    zone_given: bool = False
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    camera: str = ""
    software: str = ""
    drawn: tuple[Drawn, ...] = ()


def look(stream: IO[bytes], *, media: str, size: int, cage: Cage = LIMITS) -> Look:
    """Read what a file of type `media` and of `size` bytes says of itself. Never raises for a bad file."""
    if media not in SEEN:
        return Look(ReadingState.NOTHING)
    if size > LARGEST:
        return Look(ReadingState.UNREADABLE, f"文件超过 {LARGEST // MEGA} MB，不生成预览，可以下载查看")
    order = {"media": media, "pixels": MOST_PIXELS}
    return _understood(run(start=START, order=order, stream=stream, cage=cage))


def _understood(answer: Answer) -> Look:
    if answer.out_of_time:
        return Look(ReadingState.UNREADABLE, "读取超时，未能解析；原件已保存，可以下载查看")
    try:
        said = json.loads(answer.data)
        if "refusal" in said:
            return Look(ReadingState.UNREADABLE, str(said["refusal"])[:300])
        return _look(said)
    except (ValueError, TypeError, KeyError, ArithmeticError, binascii.Error):
        return Look(ReadingState.UNREADABLE, "读取时出错，未能解析；原件已保存，可以下载查看")


def _look(said: dict[str, Any]) -> Look:
    drawn = tuple(
        Drawn(str(one["kind"]), base64.b64decode(one["data"]), int(one["width"]), int(one["height"]))
        for one in said["drawn"]
    )
    taken_at, zone_given = _moment(said.get("taken_at"), said.get("zone"))
    latitude, longitude = _degrees(said.get("latitude"), 90), _degrees(said.get("longitude"), 180)
    located = latitude is not None and longitude is not None
    return Look(
        ReadingState.READ,
        width=said.get("width"),
        height=said.get("height"),
        pages=said.get("pages"),
        taken_at=taken_at,
        zone_given=zone_given,
        latitude=latitude if located else None,
        longitude=longitude if located else None,
        camera=_words(said.get("camera")),
        software=_words(said.get("software")),
        drawn=drawn,
    )


def _moment(text: Any, zone: Any) -> tuple[dt.datetime | None, bool]:
    """Read EXIF's `2026:05:03 09:30:00` and its offset; without an offset it is China's time."""
    try:
        naive = dt.datetime.strptime(str(text or ""), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  zone follows
    except ValueError:
        return None, False
    try:
        given = dt.datetime.strptime(str(zone or ""), "%z").tzinfo
    except ValueError:
        given = None
    return naive.replace(tzinfo=given or clock.SHANGHAI).astimezone(dt.UTC), given is not None


def _degrees(value: Any, most: int) -> Decimal | None:
    if value is None:
        return None
    degrees = Decimal(str(value))
    return degrees.quantize(Decimal("0.000001")) if degrees.is_finite() and abs(degrees) <= most else None


def _words(value: Any) -> str:
    return "".join(mark for mark in str(value or "") if mark.isprintable()).strip()[:LONGEST]
