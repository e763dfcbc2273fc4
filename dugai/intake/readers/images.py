"""Photographs and scans (jpeg, png, webp): checked, opened, recognised."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from dugai.intake.blocks import SourceText
from dugai.intake.readers import ocr
from dugai.intake.readers.builder import Builder
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.flow import Flow
from dugai.intake.readers.limits import DEFAULT, Limits

_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def read(data: bytes, name: str, kind: str, limits: Limits = DEFAULT) -> SourceText:
    """A picture of a page; ``kind`` is jpeg, png or webp."""
    picture = open_picture(data, name, kind, limits)
    if not ocr.ask():
        raise ocr.missing(name)
    out = Builder(name, "image", limits)
    found = ocr.read_picture(picture)
    flow = Flow(out)
    flow.page(1, (found.width, found.height), found.pieces, found.across, found.down, slack=found.slack)
    flow.close()
    for words in found.notes:
        out.note(f"图片{words}")
    out.note("文字由图片识别得来，请对照原件")
    return out.finish()


def open_picture(data: bytes, name: str, kind: str, limits: Limits) -> Image.Image:
    """The decoded picture, upright by its EXIF mark; raises ``Unreadable``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Only the named format is tried: a file cannot choose an exotic decoder.
            picture = Image.open(BytesIO(data), formats=(_FORMATS[kind],))
            _refuse(picture, name, limits)
            picture.load()
            return ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as bomb:
        raise _too_many(name, limits) from bomb
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError) as broken:
        raise Unreadable("damaged", f"“{name}”的图片数据坏了，打不开。请重新拍摄或取一份原件。") from broken


def _refuse(picture: Image.Image, name: str, limits: Limits) -> None:
    if picture.width * picture.height > limits.pixels:
        raise _too_many(name, limits)
    if getattr(picture, "n_frames", 1) > 1:
        raise Unreadable("unsupported", f"“{name}”是动图。请存成单张图片再上传。")


def _too_many(name: str, limits: Limits) -> Unreadable:
    return Unreadable("too_large", f"“{name}”超过 {limits.pixels / 1e6:.0f} 百万像素。请缩小后再上传。")
