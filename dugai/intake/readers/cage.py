"""Parsers live in a cage: one child process a file, and nothing it does reaches further.

The child has an empty environment, an empty folder, no network where the system allows that, and limits on memory,
processor time, file size, open files and wall clock. It answers with JSON over a pipe whose length is capped. Whatever
happens to it, the parent gets a ``SourceText`` or an ``Unreadable``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dugai.intake.blocks import Block, SourceText
from dugai.intake.readers import ocr
from dugai.intake.readers.errors import Unreadable, too_large
from dugai.intake.readers.limits import DEFAULT, MEGA
from dugai.kernel.cage import Answer, Cage, run, start_of

__all__ = ["Cage", "cage_for", "cage_to_recognise", "pack", "read_caged", "unpack"]

_START = start_of("dugai.intake.readers.child")
_OFFICE = frozenset({".doc", ".wps", ".xls", ".et", ".rtf"})


def cage_for(path: Path) -> Cage:
    """LibreOffice maps much memory and starts slowly; everything else gets the plain cage."""
    if path.suffix.lower() in _OFFICE:
        return Cage(memory=4096 * MEGA, cpu=60, wall=90.0, files=256)
    return Cage()


def cage_to_recognise(pages: int) -> Cage:
    """Recognition holds a gigabyte and more, and takes seconds a page, twice when the page lies askew."""
    return Cage(memory=2560 * MEGA, cpu=60 + 30 * pages, wall=90.0 + 45 * pages, files=256)


def read_caged(path: Path, cage: Cage | None = None) -> SourceText:
    """Read ``path`` in a child; raises ``Unreadable`` for every way in which that can fail.

    The first pass does without recognition. Only when it found pages that are pictures does a second child, with
    more memory and time for that number of pages, read the file again.
    """
    _refuse_size(path)
    answer = _run(path, cage or cage_for(path), recognise=False)
    pages = answer.get("asked", 0)
    if pages and ocr.installed():
        answer = _run(path, cage or cage_to_recognise(min(pages, DEFAULT.scan_pages)), recognise=True)
    if "code" in answer:
        raise Unreadable(str(answer["code"]), str(answer["message"]))
    return unpack(answer)


def _run(path: Path, cage: Cage, *, recognise: bool) -> dict[str, Any]:
    """One child's answer."""
    order = {"name": path.name, "recognise": recognise}
    with path.open("rb") as stream:
        answer = run(start=_START, order=order, stream=stream, cage=cage)
    return _message(path.name, answer, cage)


def _refuse_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as broken:
        raise Unreadable("not_found", f"找不到“{path.name}”，或没有读它的权限。请看一眼路径。") from broken
    if size > DEFAULT.file_bytes:
        raise too_large(path.name, size, DEFAULT)


def _message(name: str, answer: Answer, cage: Cage) -> dict[str, Any]:
    if answer.out_of_time:
        seconds = cage.wall if answer.late else cage.cpu
        raise Unreadable(
            "timeout",
            f"“{name}”读了 {seconds:.0f} 秒还没读完，已停止。请拆成几份，或另存一份再上传。",
        )
    try:
        message = json.loads(answer.data)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise Unreadable(
            "crashed", f"“{name}”让读取程序出了错，没有读入，别的文件不受影响。请另存一份再上传。"
        )
    return message


def pack(source: SourceText) -> dict[str, Any]:
    """A plain value for JSON; block texts are left out, since their offsets give them back."""
    return {
        "name": source.name, "media": source.media, "text": source.text, "complete": source.complete,
        "skipped": source.skipped, "pages": source.pages, "notes": source.notes,
        "blocks": [
            [b.kind, b.start, b.end, b.page, b.table, b.row, b.col, b.level, b.confidence, b.box, b.rowspan, b.colspan]
            for b in source.blocks
        ],
    }  # fmt: skip


def unpack(message: dict[str, Any]) -> SourceText:
    """The inverse of ``pack``."""
    text = message["text"]
    blocks = tuple(
        Block(
            kind,
            text[start:end],
            start,
            end,
            page,
            table,
            row,
            col,
            level,
            sure,
            tuple(box) if box else None,
            *spans,
        )
        for kind, start, end, page, table, row, col, level, sure, box, *spans in message["blocks"]
    )
    return SourceText(
        message["name"],
        message["media"],
        text,
        blocks,
        message["complete"],
        tuple(message["skipped"]),
        message["pages"],
        tuple(message["notes"]),
    )
