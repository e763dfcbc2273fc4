"""The bars of the cage from the inside: what a child does before it touches a file."""

from __future__ import annotations

import ctypes
import resource
import signal
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET, _PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 0x10000000, 0x40000000, 1, 38


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
