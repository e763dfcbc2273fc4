"""`dugai figures check`: do the sums, rates, changes and conversions in a text add up?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dugai.intake.readers import Unreadable, read_file_caged
from dugai.intake.reconcile.report import report
from dugai.intake.reconcile.series import series_checks
from dugai.intake.understand import check_figures, understand


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    says = "核对文中的合计、比率、变化与换算；几批一起给时也核对批次之间的累计"
    checking = acts.add_parser("check", help=says)
    checking.add_argument("files", nargs="+", type=Path, metavar="文件")


def run(words: argparse.Namespace) -> int:
    """Print a report for each file, and one over the batches of a series when there are several.

    1 when something does not hold, 2 when a file could not be read.
    """
    status = 0
    records = []
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
        if len(words.files) > 1:
            records.append((path.name, understand(source)))
    across = series_checks(records)
    if across:
        print(report("各批之间", across))
    return max(status, 1) if any(finding.is_error for finding in across) else status
