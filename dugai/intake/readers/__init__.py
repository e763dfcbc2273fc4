"""Format readers: a file in, ``SourceText`` out, or a refusal that says what to do.

Nothing here knows Django or a table. ``read_file`` parses in this process and is for trusted files and for the child
process; everything that came from outside goes through ``read_file_caged``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from dugai.intake.blocks import SourceText
from dugai.intake.readers import csvs, sniff, txt
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, MEGA, Limits

__all__ = ["DEFAULT", "Limits", "SourceText", "Unreadable", "read_bytes", "read_file", "read_file_caged"]


Reader = Callable[[bytes, str, Limits], SourceText]
_LIGHT: dict[str, Reader] = {"text": txt.read, "csv": csvs.read}
_MODULES = {
    "mhtml": "html",
    "doc": "legacy",
    "xls": "legacy",
    "rtf": "legacy",
    "jpeg": "images",
    "png": "images",
    "webp": "images",
}


def read_file(path: Path | str, *, limits: Limits = DEFAULT) -> SourceText:
    """Read one file by its content; raises ``Unreadable``."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise too_large(path.name, size, limits)
        data = path.read_bytes()
    except OSError as broken:
        raise Unreadable("not_found", f"找不到“{path.name}”，或没有读它的权限。请看一眼路径。") from broken
    return read_bytes(data, path.name, limits=limits)


def read_bytes(data: bytes, name: str, *, limits: Limits = DEFAULT) -> SourceText:
    """Read a file already in memory; ``name`` gives the extension and is what messages call it."""
    if len(data) > limits.file_bytes:
        raise too_large(name, len(data), limits)
    try:
        return _reader(sniff.kind_of(data, name))(data, name, limits)
    except Unreadable:
        raise
    except (MemoryError, RecursionError) as heavy:
        raise Unreadable("too_complex", f"“{name}”太复杂，读的时候内存不够。请拆成几份再上传。") from heavy
    except Exception as broken:  # a parser's own surprise is a refusal, never half a result
        raise Unreadable(
            "damaged", f"“{name}”读不下去（{type(broken).__name__}）。文件可能坏了，请重新取一份原件。"
        ) from broken


def read_file_caged(path: Path | str) -> SourceText:
    """Read one file in a child process with limits; raises ``Unreadable``, whatever the file does."""
    from dugai.intake.readers.cage import read_caged

    return read_caged(Path(path))


def too_large(name: str, size: int, limits: Limits) -> Unreadable:
    return Unreadable(
        "too_large",
        f"“{name}”有 {size / MEGA:.0f} MB，超过 {limits.file_bytes // MEGA} MB。请压缩图片或拆成几份再上传。",
    )


def _reader(kind: str) -> Reader:
    """The reader of a kind; heavy libraries are loaded only for the formats that need them."""
    if kind in _LIGHT:
        return _LIGHT[kind]
    module = importlib.import_module(f"dugai.intake.readers.{_MODULES.get(kind, kind)}")
    if kind in {"html", "mhtml", "docx", "xlsx", "pdf", "ofd"}:
        return cast("Reader", module.read_mhtml if kind == "mhtml" else module.read)
    return lambda data, name, limits: module.read(data, name, kind, limits)
