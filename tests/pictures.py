"""Photographs drawn for tests: real JPEGs with the EXIF a telephone writes."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

WGS_WANGDU = (26.123456, 103.654321)


def photo(
    text: str = "",
    *,
    size: tuple[int, int] = (640, 480),
    taken: str = "2026:05:03 09:30:00",
    zone: str = "+08:00",
    place: tuple[float, float] | None = WGS_WANGDU,
    colour: str = "#7a9a6b",
    orientation: int = 1,
    form: str = "JPEG",
) -> bytes:
    """Return a picture; `place` is latitude and longitude in degrees, `taken` EXIF's own spelling."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, size[1] // 2, size[0] - 20, size[1] - 20), fill="#5b6b7a")
    draw.text((30, 30), text, fill="black")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Jiangyuan", "P-1"
    inner = exif.get_ifd(0x8769)
    if taken:
        inner[0x9003] = taken
    if zone:
        inner[0x9011] = zone
    if place:
        gps = exif.get_ifd(0x8825)
        latitude, longitude = place
        gps[1], gps[3] = "NS"[latitude < 0], "EW"[longitude < 0]
        gps[2], gps[4] = _parts(abs(latitude)), _parts(abs(longitude))
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)
