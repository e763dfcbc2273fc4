"""`dugai verify`: does the record hold? Journal, rows, roll-ups, files."""

from __future__ import annotations

import argparse
import json
import sys

from tqdm import tqdm

PARTS = ("journal", "rows", "tallies", "files")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("parts", nargs="*", metavar="部分", help="要核对的部分（默认全部）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Verify and print what was read and what does not hold; 1 when something does not."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.management import verification  # noqa: PLC0415
    from dugai.upkeep import services  # noqa: PLC0415

    with tqdm(disable=words.json or not sys.stderr.isatty(), file=sys.stderr) as bar:

        def tell(stage: str, done: int, total: int) -> None:
            bar.set_description(stage)
            bar.total = total
            bar.n = done
            bar.refresh()

        report = verification.verify_and_note(words.parts or PARTS, services.operator(), tell)
    if words.json:
        print(
            json.dumps(
                {"counts": report.counts, "findings": report.findings, "more": report.more},
                ensure_ascii=False,
            )
        )
    else:
        for name, count in report.counts.items():
            print(f"{name}\t{count}")
        for sentence in report.findings:
            print(f"不成立：{sentence}")
        if report.more:
            print(f"另有 {report.more} 处，未逐条列出")
        print("全部成立" if report.holds else "有不成立之处")
    return 0 if report.holds else 1
