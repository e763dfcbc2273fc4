"""The inside of the cage for pictures and PDFs. Started by `look.py`; no Django here.

Reads the file from standard input and answers with JSON on standard output: what the file says of itself, and
small JPEGs drawn anew, which carry nothing of its EXIF.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import warnings
from typing import Any

from dugai.kernel.cage_child import isolate, limit

SIZES = (("thumb", 360, 78), ("preview", 1600, 84))
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
BASE, EXIF_PART, GPS_PART = 0, 0x8769, 0x8825
MAKE, MODEL, SOFTWARE, DATE_TIME = 0x010F, 0x0110, 0x0131, 0x0132
TAKEN, TAKEN_ZONE = 0x9003, 0x9011
DAMAGED = "图片数据已损坏，未能解析；原件已保存，可以下载查看"


class Unseen(Exception):
    """The file was not looked into; the message is a plain Chinese sentence."""


def main() -> None:
    """Look into one file under limits and leave."""
    order = json.loads(sys.argv[2])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answer
    isolate()
    limit(order)
    try:
        message = look(sys.stdin.buffer.read(), order["media"], order["pixels"])
    except Unseen as refusal:
        message = {"refusal": str(refusal)}
    except MemoryError:
        message = {"refusal": "文件太复杂，读取时内存不够，未能解析；原件已保存，可以下载查看"}
    answer.write(json.dumps(message).encode())
    answer.flush()
    os._exit(0)  # no teardown: a broken library may hang in it


def look(data: bytes, media: str, pixels: int) -> dict[str, Any]:
    """Return what a picture or a PDF says of itself, with what was drawn of it."""
    return _pdf(data, pixels) if media == "application/pdf" else _picture(data, FORMATS[media], pixels)


def _picture(data: bytes, form: str, pixels: int) -> dict[str, Any]:
    from PIL import Image, ImageOps  # noqa: PLC0415  only once the limits hold

    Image.MAX_IMAGE_PIXELS = None  # the limit is checked here, before anything is decoded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=(form,))
            width, height = picture.size
            if width * height > pixels:
                raise Unseen(f"图片超过 {pixels // 1_000_000} 百万像素，不生成预览；原件已保存，可以下载查看")
            said = _exif(picture)
            picture.draft("RGB", (SIZES[-1][1], SIZES[-1][1]))
            drawn = _draw(ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError) as broken:
        raise Unseen(DAMAGED) from broken
    return {"width": width, "height": height, "drawn": drawn, **said}


def _draw(picture: Any) -> list[dict[str, Any]]:
    from PIL import Image  # noqa: PLC0415  only once the limits hold

    flat = picture.convert("RGBA") if "A" in picture.getbands() or picture.mode == "P" else picture
    if flat.mode == "RGBA":
        ground = Image.new("RGB", flat.size, "white")
        ground.paste(flat, mask=flat.getchannel("A"))
        flat = ground
    flat = flat.convert("RGB")
    drawn = []
    for kind, side, quality in SIZES:
        small = flat.copy()
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True)  # a new file: no EXIF, no profile, no comment
        drawn.append(
            {
                "kind": kind,
                "data": base64.b64encode(out.getvalue()).decode(),
                "width": small.width,
                "height": small.height,
            }
        )
    return drawn


def _exif(picture: Any) -> dict[str, Any]:
    """Return capture time, place and camera; a broken entry is left out, the rest is kept."""
    try:
        exif = picture.getexif()
        inner, gps = dict(exif.get_ifd(EXIF_PART)), dict(exif.get_ifd(GPS_PART))
        base = dict(exif)
    except Exception:  # noqa: BLE001  a hostile directory may raise anything, and the picture is still good
        return {}
    camera = " ".join(str(base[tag]).strip("\0 ") for tag in (MAKE, MODEL) if tag in base)
    return {
        "taken_at": _text(inner.get(TAKEN) or base.get(DATE_TIME)),
        "zone": _text(inner.get(TAKEN_ZONE)),
        "latitude": _degrees(gps.get(2), gps.get(1), "S"),
        "longitude": _degrees(gps.get(4), gps.get(3), "W"),
        "camera": camera,
        "software": _text(base.get(SOFTWARE)),
    }


def _text(value: Any) -> str:
    return str(value or "").strip("\0 ")[:200]


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    try:
        whole, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = whole + minutes / 60 + seconds / 3600
    if value != value or abs(value) > 180:  # noqa: PLR0124  NaN is the one number unlike itself
        return None
    return -value if _text(side).upper() == negative else value


def _pdf(data: bytes, pixels: int) -> dict[str, Any]:
    import pypdfium2  # noqa: PLC0415  only once the limits hold

    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        if not pages:
            raise Unseen("PDF 里没有页面，未能解析；原件已保存，可以下载查看")
        page = document[0]
        width, height = page.get_size()
        scale = SIZES[-1][1] / max(width, height, 1)
        if width * scale * height * scale > pixels:
            raise Unseen("PDF 的页面太大，不生成预览；原件已保存，可以下载查看")
        drawn = _draw(page.render(scale=scale).to_pil())
    except pypdfium2.PdfiumError as broken:
        words = "PDF 已加密或已损坏，未能解析；原件已保存，可以下载查看"
        raise Unseen(words) from broken
    return {"pages": pages, "drawn": drawn}
