"""`dugai figures check`: do the sums, rates, changes and conversions in a text add up?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dugai.intake.readers import Unreadable, read_file_caged
from dugai.intake.reconcile.report import report
from dugai.intake.understand import check_figures


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    checking = acts.add_parser("check", help="核对文中的合计、比率、变化与换算")
    checking.add_argument("files", nargs="+", type=Path, metavar="文件")


def run(words: argparse.Namespace) -> int:
    """Print a report for each file; 1 when something does not hold, 2 when a file could not be read."""
    status = 0
    for path in words.files:
        try:
            source = read_file_caged(path)
        except Unreadable as trouble:
            print(f"{path}：{trouble.message}", file=sys.stderr)
            status = 2
            continue
        findings = check_figures(source.text)
        print(report(path.name, findings))
        if any(finding.is_error for finding in findings):
            status = max(status, 1)
    return status
