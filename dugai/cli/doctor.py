"""`dugai doctor`: what is wrong with this installation, in words, and what to do."""

from __future__ import annotations

import argparse
import json
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Examine and print; 1 when something is wrong."""
    import django  # noqa: PLC0415  settings depend on the data folder
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        django.setup()
    except ImproperlyConfigured as trouble:
        print(f"错  设置：{trouble}", file=sys.stderr)
        return 3
    from dugai.management import examine  # noqa: PLC0415

    found = examine.examine()
    if words.json:
        print(json.dumps([finding.as_dict() for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            print(f"{finding.verdict:<3}{finding.subject}：{finding.text}")
    return 1 if any(finding.verdict == examine.WRONG for finding in found) else 0
