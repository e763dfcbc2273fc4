"""`dugai worker`: background jobs and the timetable, without the web."""

from __future__ import annotations

import argparse
import signal
import threading


def arguments(parser: argparse.ArgumentParser) -> None:
    """This command has no words of its own."""
    del parser


def run(words: argparse.Namespace) -> int:
    """Work until a signal says stop."""
    del words
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.management import working  # noqa: PLC0415

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    working.work(stop)
    return 0
