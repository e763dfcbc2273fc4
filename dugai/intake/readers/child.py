"""The inside of the cage. Started by ``cage.py``; reads the file from standard input, answers on standard output."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET, _PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 0x10000000, 0x40000000, 1, 38


def main() -> None:
    """Read one file under limits and leave."""
    order = json.loads(sys.argv[2])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answer
    isolate()
    limit(order)
    try:
        message = _read(order["name"], recognise=order["recognise"])
    except MemoryError:
        message = _heavy(order["name"])
    answer.write(message)
    answer.flush()
    os._exit(0)  # no teardown: a broken library may hang in it


def isolate() -> None:
    """Die with the parent, gain no rights, and see no network; each where the system allows it."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    except (OSError, AttributeError):
        return  # not Linux: the other limits still hold


def limit(order: dict[str, Any]) -> None:
    """Resource limits from here on; the soft processor limit ends the child with SIGXCPU."""
    _set(resource.RLIMIT_CPU, order["cpu"], order["cpu"] + 2)
    _set(resource.RLIMIT_AS, order["memory"], order["memory"])
    _set(resource.RLIMIT_FSIZE, order["file"], order["file"])
    _set(resource.RLIMIT_NOFILE, order["files"], order["files"])
    _set(resource.RLIMIT_CORE, 0, 0)


def _set(kind: int, soft: int, hard: int) -> None:
    try:
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):
        return


def _read(name: str, *, recognise: bool) -> bytes:
    from dugai.intake.readers import Unreadable, ocr, read_bytes
    from dugai.intake.readers.cage import pack

    if not recognise:
        ocr.switch_off()
    try:
        message = pack(read_bytes(sys.stdin.buffer.read(), name))
    except Unreadable as refusal:
        message = {"code": refusal.code, "message": refusal.message}
    message["asked"] = ocr.asked()
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _heavy(name: str) -> bytes:
    words = f"“{name}”太复杂，读的时候内存不够。请拆成几份再上传。"
    return json.dumps({"code": "too_complex", "message": words}).encode()
