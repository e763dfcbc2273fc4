"""Read and check files from the command line: ``python -m dugai.intake.intake_cli read FILES --json DIR``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from dugai.intake.blocks import SourceText
from dugai.intake.reconcile.finding import Finding
from dugai.intake.reconcile.report import report
from dugai.intake.text.source import plain_source
from dugai.intake.understand import check_figures, understand


def source_of(path: Path) -> SourceText:
    """The text of a file: plain text is read here, every other format by the format readers."""
    if path.suffix.lower() in (".txt", ".md", ""):
        return plain_source(path.name, decode(path.read_bytes()))
    from dugai.intake.readers import read_file

    source: SourceText = read_file(path)
    return source


def decode(data: bytes) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark, else GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def read_files(paths: Iterable[Path], json_dir: Path | None) -> list[dict[str, object]]:
    """The record of each file; with ``json_dir`` each is written there under the stem of its file."""
    records = []
    for path in paths:
        record = understand(source_of(path))
        records.append(record)
        if json_dir is not None:
            json_dir.mkdir(parents=True, exist_ok=True)
            target = json_dir / f"{path.stem}.json"
            target.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return records


def check_files(paths: Iterable[Path]) -> list[tuple[Path, list[Finding], str]]:
    """For each file its findings and the report to print; the caller decides the exit status."""
    checked = []
    for path in paths:
        findings = check_figures(source_of(path).text)
        checked.append((path, findings, report(path.name, findings)))
    return checked


def main(argv: list[str] | None = None) -> int:
    """``read`` writes records; ``check`` prints reports and exits with 1 where something does not hold."""
    parser = argparse.ArgumentParser(description="读取文件、核对数据")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="读取文件，写出记录")
    reading.add_argument("files", nargs="+", type=Path)
    reading.add_argument("--json", type=Path, dest="json_dir")
    checking = commands.add_parser("check", help="核对文中数据")
    checking.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(argv)
    if options.command == "read":
        records = read_files(options.files, options.json_dir)
        if options.json_dir is None:
            json.dump(records, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        return 0
    checked = check_files(options.files)
    sys.stdout.write("\n".join(text for _, _, text in checked))
    return 1 if any(f.is_error for _, findings, _ in checked for f in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
