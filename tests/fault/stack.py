"""The whole product again and again: web, worker and timetable, each time in a process group of its own.

Started by a test as `python tests/fault/stack.py`. It loads Django once; for each port read from its
standard input it forks the very programs of `dugai up`, with their own words, and waits for their end.
Without this, most of the time of a trial would be spent importing.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import runpy
import signal
import sys

import django

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Leave nothing running when the test itself is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def run(module: str, words: list[str]) -> None:
    """Be one program of the stack."""
    die_with_parent()
    sys.argv = [module, *words]
    runpy.run_module(
        module if module != "dugai.cli" else "dugai.cli.__main__", run_name="__main__", alter_sys=True
    )


def stack(port: int) -> None:
    """Start every program in one process group and stay until killed."""
    from dugai.cli import up  # noqa: PLC0415  after Django is set up

    os.setpgid(0, 0)
    die_with_parent()
    words = argparse.Namespace(bind="127.0.0.1", port=port, workers=2, portal_port=0)
    for module, *rest in up.programs(words).values():
        if os.fork() == 0:
            run(module, rest)
            os._exit(1)
    os.write(1, f"{os.getpid()}\n".encode())
    os.wait()


def main() -> None:
    """Fork a stack for each port read."""
    die_with_parent()
    django.setup()
    import dugai.urls  # noqa: F401, PLC0415  what each program would import by itself

    for line in sys.stdin:
        if os.fork() == 0:
            os.close(0)
            stack(int(line))
            os._exit(1)
        os.wait()
        os.write(1, b"gone\n")


if __name__ == "__main__":
    main()
