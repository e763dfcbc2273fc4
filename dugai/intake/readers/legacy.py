"""Old Office files (doc, wps, xls, et, rtf) through LibreOffice, where it is installed."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from dugai.intake.blocks import SourceText
from dugai.intake.readers import docx, xlsx
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import DEFAULT, Limits

_PLACES = ("/usr/bin/soffice", "/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice")
_WORDS = {"doc": "docx", "rtf": "docx", "xls": "xlsx"}


def office() -> str | None:
    """Where LibreOffice is, or None."""
    return (
        shutil.which("soffice")
        or shutil.which("libreoffice")
        or next((p for p in _PLACES if Path(p).exists()), None)
    )


def read(data: bytes, name: str, kind: str, limits: Limits = DEFAULT) -> SourceText:
    """An old Office file, converted in an empty folder with a profile of its own and macros off."""
    program = office()
    target = _WORDS[kind]
    if program is None:
        raise Unreadable(
            "office_missing",
            f"“{name}”是旧版格式，本机没有装 LibreOffice，读不了。请用 Office 或 WPS 另存为 {target} 再上传。",
        )
    with tempfile.TemporaryDirectory(prefix="dugai-office-") as folder:
        converted = _convert(program, Path(folder), data, kind, target, name, limits)
    source = docx.read(converted, name, limits) if target == "docx" else xlsx.read(converted, name, limits)
    return dataclasses.replace(
        source, notes=(*source.notes, f"旧版格式，先由 LibreOffice 转成 {target} 再读")
    )


def _convert(
    program: str, folder: Path, data: bytes, kind: str, target: str, name: str, limits: Limits
) -> bytes:
    source = folder / f"in.{kind}"
    source.write_bytes(data)
    process = subprocess.Popen(
        [
            program, "--headless", "--norestore", "--nologo", "--nodefault", "--safe-mode",
            f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target, "--outdir", str(folder), str(source),
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(folder)},
    )  # fmt: skip
    try:
        process.wait(limits.office_seconds)
    except subprocess.TimeoutExpired as late:
        raise Unreadable(
            "timeout",
            f"“{name}”转换超过 {limits.office_seconds} 秒，已停止。请用 Office 或 WPS 另存为 {target} 再上传。",
        ) from late
    finally:
        _end(process)
    result = folder / f"in.{target}"
    if not result.exists():
        raise Unreadable(
            "damaged",
            f"“{name}”转换不成，文件可能坏了或加了密码。请用 Office 或 WPS 另存为 {target} 再上传。",
        )
    return result.read_bytes()


def _end(process: subprocess.Popen[bytes]) -> None:
    """LibreOffice starts helpers: end the whole group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
