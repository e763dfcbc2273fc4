"""`dugai repair files --from BACKUP`: damaged files put back."""

from __future__ import annotations

import argparse
from pathlib import Path

from dugai.cli import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("what", choices=("files",), help="修复什么")
    parser.add_argument(
        "--from", dest="folder", type=Path, required=True, metavar="备份", help="备份，或存放备份的目录"
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Put back what the scrub found; 1 when the backup does not have all of it."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.kernel.errors import DomainError  # noqa: PLC0415  the same
    from dugai.upkeep import backup, repairing, services  # noqa: PLC0415  the same

    try:
        with progress.bar(quiet=words.json) as tell:
            folder = backup.newest(words.folder.resolve())
            repaired, lacking = repairing.repair(folder, by=services.operator(), tell=tell)
    except DomainError as refusal:
        return progress.refused(refusal, as_json=words.json)
    return progress.tell_end(
        {"backup": str(folder), "repaired": len(repaired)},
        [f"文件 {sha256} 这个备份里没有" for sha256 in lacking],
        as_json=words.json,
    )
