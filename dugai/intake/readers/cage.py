"""Parsers live in a cage: one child process a file, and nothing it does reaches further.

The child has an empty environment, an empty folder, no network where the system allows that, and limits on memory,
processor time, file size, open files and wall clock. It answers with JSON over a pipe whose length is capped. Whatever
happens to it, the parent gets a ``SourceText`` or an ``Unreadable``.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dugai.intake.blocks import Block, SourceText
from dugai.intake.readers import ocr
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, MEGA

_ROOT = Path(__file__).resolve().parents[3]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from dugai.intake.readers.child import main; main()"
_OFFICE = frozenset({".doc", ".wps", ".xls", ".et", ".rtf"})


@dataclass(frozen=True, slots=True)
class Cage:
    """Limits of one child: bytes, seconds, counts."""

    memory: int = 1024 * MEGA
    cpu: int = 20
    wall: float = 30.0
    file: int = 256 * MEGA
    files: int = 64
    answer: int = 96 * MEGA


def cage_for(path: Path) -> Cage:
    """LibreOffice maps much memory and starts slowly; everything else gets the plain cage."""
    if path.suffix.lower() in _OFFICE:
        return Cage(memory=4096 * MEGA, cpu=60, wall=90.0, files=256)
    return Cage()


def cage_to_recognise(pages: int) -> Cage:
    """Recognition holds a gigabyte and more, and takes seconds a page."""
    return Cage(memory=2560 * MEGA, cpu=40 + 15 * pages, wall=40.0 + 15 * pages, files=256)


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
    order = {
        "name": path.name, "memory": cage.memory, "cpu": cage.cpu, "file": cage.file, "files": cage.files,
        "recognise": recognise,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="dugai-cage-") as folder, path.open("rb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(order)],
            stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True,
            env={"TMPDIR": folder, "HOME": folder, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "2", "DUGAI_CAGE": "1"},
        )  # fmt: skip
        try:
            answer, late = _answer(child, cage)
        finally:
            _end(child)
    return _message(path.name, answer, child.returncode, cage, late=late)


def _refuse_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as broken:
        raise Unreadable("not_found", f"找不到“{path.name}”，或没有读它的权限。请看一眼路径。") from broken
    if size > DEFAULT.file_bytes:
        from dugai.intake.readers import too_large

        raise too_large(path.name, size, DEFAULT)


def _answer(child: subprocess.Popen[bytes], cage: Cage) -> tuple[bytes, bool]:
    """What the child wrote, at most ``cage.answer`` bytes, and whether its time ran out."""
    if child.stdout is None:
        return b"", False
    ends = time.monotonic() + cage.wall
    pieces: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = ends - time.monotonic()
            if left <= 0 or not selector.select(left):
                return b"", True
            piece = os.read(child.stdout.fileno(), 1 << 18)
            if not piece:
                break
            size += len(piece)
            if size > cage.answer:
                return b"", False
            pieces.append(piece)
    try:
        child.wait(max(0.1, ends - time.monotonic()))
    except subprocess.TimeoutExpired:
        return b"", True
    return b"".join(pieces), False


def _end(child: subprocess.Popen[bytes]) -> None:
    """The child and all it started are gone when this returns."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _message(name: str, answer: bytes, code: int | None, cage: Cage, *, late: bool) -> dict[str, Any]:
    if late or code == -signal.SIGXCPU:
        raise Unreadable(
            "timeout",
            f"“{name}”读了 {cage.wall if late else cage.cpu:.0f} 秒还没读完，已停止。请拆成几份，或另存一份再上传。",
        )
    try:
        message = json.loads(answer)
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
