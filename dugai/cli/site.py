"""The data folder of one installation: its site file, its lock, and what must hold before anything starts."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO

from dugai.kernel import whole

NETWORK_FILE_SYSTEMS = {
    0x6969: "NFS",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB2",
    0x517B: "SMB",
    0x65735546: "FUSE",
}


class CannotStart(Exception):
    """Something about this machine or folder forbids the start; the message says what to do."""


def write_site(folder: Path, values: dict[str, str]) -> Path:
    """Create the site file with a fresh secret, readable by its owner only; an existing file is kept."""
    place = folder / "site.json"
    if not place.exists():
        content = {"DUGAI_SECRET_KEY": secrets.token_urlsafe(64), **values}
        whole.write_new(place, json.dumps(content, ensure_ascii=False, indent=2).encode())
    return place


def hold(folder: Path) -> IO[str]:
    """Take the folder's lock for as long as the returned file stays open (one server a folder).

    Raises `CannotStart` when another server holds it or the folder lies on a network file system.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kind = NETWORK_FILE_SYSTEMS.get(file_system(folder))
    if kind:
        message = (
            f"{folder} 在网络文件系统（{kind}）上，SQLite 数据会损坏。请换到本机磁盘，或改用 PostgreSQL。"
        )
        raise CannotStart(message)
    handle = (folder / "server.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        message = f"{folder} 已有一个督改在运行。请先停掉它，或用 --data 另选目录。"
        raise CannotStart(message) from None
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def file_system(folder: Path) -> int:
    """Return the kernel's number of the file system `folder` lies on, 0 when it cannot be told."""
    import ctypes  # noqa: PLC0415  only Linux has it in this shape

    buffer = ctypes.create_string_buffer(256)
    with contextlib.suppress(OSError, AttributeError):
        if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(folder), buffer) == 0:
            return int.from_bytes(buffer.raw[:8], "little") & 0xFFFFFFFF
    return 0
