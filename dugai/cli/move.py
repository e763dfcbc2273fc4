"""`dugai move-to-postgres --to URL`: an office becomes a site on PostgreSQL, with nothing lost."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dugai.cli import progress, site


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--to", required=True, metavar="地址", help="空的 PostgreSQL 库：postgresql://…")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Move while no server runs on the folder; 1 when something does not hold, 3 when refused."""
    try:
        lock = site.hold(Path(os.environ["DUGAI_DATA"]))
    except site.CannotStart as trouble:
        print(str(trouble), file=sys.stderr)
        return progress.REFUSED
    with lock:
        import django  # noqa: PLC0415  settings depend on the data folder

        django.setup()
        from dugai.kernel.errors import DomainError  # noqa: PLC0415  the same
        from dugai.upkeep import moving, services  # noqa: PLC0415  the same

        try:
            with progress.bar(quiet=words.json) as tell:
                done = moving.move(words.to, by=services.operator(), tell=tell)
        except (DomainError, ValueError) as refusal:
            known = refusal if isinstance(refusal, DomainError) else DomainError(str(refusal), code="address")
            return progress.refused(known, as_json=words.json)
    rows = sum(held.count for held in done.held.values())
    said = {
        "tables": len(done.held),
        "rows": rows,
        "indexed": done.report["indexed"],
        **done.report["counts"],
    }
    return progress.tell_end(said, done.findings, as_json=words.json)
