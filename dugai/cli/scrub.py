"""`dugai scrub`: every file hashed again; stopped and started again, it goes on where it was."""

from __future__ import annotations

import argparse

from dugai.cli import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--rate", type=int, default=None, metavar="MB", help="每秒最多读多少 MB，0 为不限")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Finish the present pass; 1 when a file of the store is not what it should be."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from django.conf import settings  # noqa: PLC0415  the same

    from dugai.upkeep import scrubbing, services  # noqa: PLC0415  the same

    rate = settings.SCRUB_RATE if words.rate is None else words.rate
    with progress.bar(quiet=words.json) as tell:
        done = scrubbing.scrub(by=services.operator(), rate=rate << 20, tell=tell)
    return progress.tell_end({"files": done.read, "bytes": done.size}, done.findings, as_json=words.json)
