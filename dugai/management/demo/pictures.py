"""Pictures drawn by the program: nobody's real place, before and after."""

from __future__ import annotations

import io
import zlib

from PIL import Image, ImageDraw

SIZE = (960, 720)


def scene(words: str, *, after: bool) -> bytes:
    """Return a drawn river bank as JPEG: dirty before, clean after; `words` decide where things stand."""
    picture = Image.new("RGB", SIZE, "#c9dcea" if after else "#c3c6c4")
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    shift = zlib.crc32(words.encode()) % 240
    bank, water = ("#6f9a5b", "#5b93b5") if after else ("#8a7d62", "#6b6a55")
    draw.polygon([(0, 400), (shift + 200, 330), (width, 420), (width, height), (0, height)], fill=bank)
    draw.polygon([(0, 560), (width, 500 + shift // 4), (width, height), (0, height)], fill=water)
    draw.rectangle((120 + shift, 250, 260 + shift, 400), fill="#b9b2a5", outline="#6d675c")
    if after:
        for at in range(6):
            left = 60 + at * 150
            draw.ellipse((left, 380, left + 70, 450), fill="#4f7f43")
    else:
        draw.ellipse((300 + shift, 540, 520 + shift, 620), fill="#4a4637")
        draw.line((260 + shift, 390, 380 + shift, 560), fill="#4a4637", width=22)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()
