"""What a file is, by its content; its name must agree (malicious list M23, M24)."""

from __future__ import annotations

from pathlib import PurePath

import filetype

from dugai.kernel.errors import InvalidInput

ZIP_MARK = b"PK\x03\x04"
BY_SUFFIX: dict[str, tuple[str, ...]] = {
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".png": ("image/png",),
    ".webp": ("image/webp",),
    ".pdf": ("application/pdf",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".zip": ("application/zip",),
    ".ofd": ("application/ofd",),
    ".mp4": ("video/mp4",),
    ".txt": ("text/plain",),
    ".csv": ("text/csv",),
}
ACCEPTED = "图片（jpg、png、webp）、pdf、docx、xlsx、ofd、zip、mp4、txt、csv"
TEXT_TYPES = {"text/plain", "text/csv"}


def media_type(name: str, head: bytes) -> str:
    """Return the media type of a file from its first bytes and its name.

    `head` is the first 8 KiB or the whole file. Raises `InvalidInput` when the type is not accepted
    or the name says something else than the content.
    """
    suffix = PurePath(name).suffix.lower()
    wanted = require_accepted(name)
    if not _agrees(suffix, wanted[0], head):
        message = f"“{name}”的内容与扩展名 {suffix} 不符。请用原来的程序重新另存后再传。"
        raise InvalidInput(message, fields={"file": message})
    return wanted[0]


def require_accepted(name: str) -> tuple[str, ...]:
    """Return the media types a name's ending stands for. Raises `InvalidInput` for an ending not accepted."""
    wanted = BY_SUFFIX.get(PurePath(name).suffix.lower())
    if wanted is None:
        message = f"“{name}”的类型不在可传之列。可以传{ACCEPTED}。"
        raise InvalidInput(message, fields={"file": message})
    return wanted


def _agrees(suffix: str, wanted: str, head: bytes) -> bool:
    if wanted in TEXT_TYPES:
        return b"\x00" not in head and filetype.guess(head) is None
    if suffix in {".docx", ".xlsx", ".zip", ".ofd"}:
        return head.startswith(ZIP_MARK)
    guessed = filetype.guess(head)
    return guessed is not None and guessed.mime == wanted
