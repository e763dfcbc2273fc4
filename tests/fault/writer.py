"""A process that writes without pause until somebody kills it, and says what was acknowledged.

Started by test_killed.py as `python tests/fault/writer.py FOLDER`. It loads Django once, then for
each line on its standard input forks a child that writes with two threads and a worker; the child's
process group is what the test kills. Each acknowledged act is one line on standard output.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time

import django


def say(*words: object) -> None:
    """Write one whole line at once, so that a kill never leaves half a line that looks whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def write_problems(trial: int) -> None:
    """Register, split and progress problems, one after another."""
    from tests.fault import acts  # noqa: PLC0415  after Django is set up

    for number in range(1, 1000):
        for act, pk in acts.one_problem(trial * 1000 + number):
            say(act, pk)


def write_files(trial: int) -> None:
    """Store files, one after another."""
    from tests.fault import acts  # noqa: PLC0415

    for number in range(1, 10_000):
        say("file", acts.one_file(io.BytesIO(f"佐证 {trial} {number} ".encode() * 2000)))


def work() -> None:
    """Give events their leaves, as the worker does."""
    from dugai.journal import sequencing  # noqa: PLC0415

    while True:
        sequencing.append_pending(50)
        sequencing.sign_head()
        time.sleep(0.01)


def child(trial: int) -> None:
    """Write until killed."""
    os.setpgid(0, 0)
    for target, args in ((write_problems, (trial,)), (write_files, (trial,)), (work, ())):
        threading.Thread(target=target, args=args, daemon=True).start()
    say("ready", os.getpid())
    threading.Event().wait()


def main() -> None:
    """Fork a writer for each line read."""
    django.setup()
    for line in sys.stdin:
        if os.fork() == 0:
            child(int(line))
        os.wait()
        say("gone")


if __name__ == "__main__":
    main()
