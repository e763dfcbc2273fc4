"""Pages as pictures: drawn with Pillow, then treated as a scanner, a camera or an office would treat them."""

from __future__ import annotations

import functools
import io
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from dugai.intake.samples.typeset import Sheet

SCANS = ("clean", "low", "skewed", "noisy", "stamped", "turned")
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSerifCJK-Regular.ttc",
)
_SIMPLIFIED = 2  # face of the collection that draws mainland shapes


def font_file() -> str | None:
    """A font with Chinese characters on this machine, or None."""
    return next((path for path in _FONTS if Path(path).exists()), None)


@functools.lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = font_file()
    if path is None:
        raise FileNotFoundError("没有找到中文字体。请安装 fonts-noto-cjk 后再生成扫描件。")
    return ImageFont.truetype(path, size, index=_SIMPLIFIED)


def picture(sheet: Sheet, dpi: int = 200) -> Image.Image:
    """One page in grey."""
    scale = dpi / 25.4
    image = Image.new("L", (round(sheet.width * scale), round(sheet.height * scale)), 255)
    pen = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in sheet.lines:
        pen.line((x0 * scale, y0 * scale, x1 * scale, y1 * scale), fill=0, width=max(1, round(dpi / 100)))
    for run in sheet.runs:
        font = _font(max(6, round(run.size * scale)))
        x = run.x * scale
        for char in run.text:
            wide = run.size * scale * (0.5 if char.isascii() else 1.0)
            # Noto's figures are wider than half an em: centre each in the place the typesetter gave it.
            shift = (wide - font.getlength(char)) / 2 if char.isascii() else 0.0
            pen.text((x + shift, (run.y - 0.12 * run.size) * scale), char, fill=0, font=font, anchor="ls")
            x += wide
    return image


def treat(image: Image.Image, how: str, rng: random.Random) -> Image.Image:
    """What happens to a page on its way; ``how`` is one of ``SCANS``."""
    if how == "low":
        small = image.resize(
            (round(image.width * 0.55), round(image.height * 0.55)), Image.Resampling.BILINEAR
        )
        return _jpeg(small, 60)
    if how == "skewed":
        return _jpeg(image.rotate(rng.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=255), 80)
    if how == "noisy":
        return _jpeg(_noise(image.filter(ImageFilter.GaussianBlur(0.8)), rng), 55)
    if how == "stamped":
        return _stamp(image, rng)
    if how == "turned":
        return image.transpose(rng.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180)))
    return image


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def _noise(image: Image.Image, rng: random.Random) -> Image.Image:
    """Uneven light and grain."""
    grain = Image.frombytes("L", image.size, rng.randbytes(image.width * image.height))
    light = Image.linear_gradient("L").resize(image.size).point(lambda v: 215 + v // 6)
    return ImageChops.multiply(Image.blend(image, grain, 0.14), light)


def _stamp(image: Image.Image, rng: random.Random) -> Image.Image:
    """A round red seal over the lower part of the text."""
    page = image.convert("RGB")
    seal = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(seal)
    size = page.width // 5
    x, y = (
        rng.randint(page.width // 3, page.width - size - 50),
        rng.randint(page.height // 5, page.height // 2),
    )
    red = (215, 60, 60)
    pen.ellipse((x, y, x + size, y + size), outline=red, width=max(4, size // 30))
    pen.text((x + size / 2, y + size / 2), "★", fill=red, font=_font(size // 3), anchor="mm")
    pen.text((x + size / 2, y + size * 0.78), "示例专用章", fill=red, font=_font(size // 10), anchor="mm")
    return ImageChops.multiply(page, seal)


def scanned_pdf(pages: Sequence[Image.Image], dpi: int = 200) -> bytes:
    """A pdf of nothing but pictures."""
    out = io.BytesIO()
    first, *rest = [page.convert("RGB") for page in pages]
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=dpi)
    return out.getvalue()


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    """A picture file; ``form`` as Pillow names it."""
    out = io.BytesIO()
    image.convert("RGB").save(out, form)
    return out.getvalue()
