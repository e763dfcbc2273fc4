"""Old Office files (doc, wps, xls, et, rtf) through LibreOffice, where it is installed."""

from __future__ import annotations

import contextlib
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
        source = Path(folder) / f"in.{kind}"
        source.write_bytes(data)
        if not _convert(program, source, target, limits.office_seconds):
            raise Unreadable(
                "timeout",
                f"“{name}”转换超过 {limits.office_seconds} 秒，已停止。请用 Office 或 WPS 另存为 {target} 再上传。",
            )
        result = source.with_suffix(f".{target}")
        if not result.exists():
            raise Unreadable(
                "damaged",
                f"“{name}”转换不成，文件可能坏了或加了密码。请用 Office 或 WPS 另存为 {target} 再上传。",
            )
        converted = result.read_bytes()
    read_new = docx.read if target == "docx" else xlsx.read
    found: SourceText = read_new(converted, name, limits)
    return dataclasses.replace(found, notes=(*found.notes, f"旧版格式，先由 LibreOffice 转成 {target} 再读"))


def _convert(program: str, source: Path, target: str, seconds: int) -> bool:
    """Run LibreOffice on one file, beside it; False when its time ran out."""
    folder = source.parent
    # In the cage the helpers must stay in the child's group, so that they end with it.
    caged = "DUGAI_CAGE" in os.environ
    process = subprocess.Popen(
        [
            program, "--headless", "--norestore", "--nologo", "--nodefault", "--safe-mode",
            f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target, "--outdir", str(folder), str(source),
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=not caged,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(folder)},
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(process, caged=caged)
    return True


def _end(process: subprocess.Popen[bytes], *, caged: bool) -> None:
    """LibreOffice starts helpers: end the whole group; in the cage the parent does that."""
    with contextlib.suppress(ProcessLookupError):
        if caged:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
