"""`dugai intake read`: documents in, records out; nothing is written to the ledger."""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from dugai.intake.readers import Unreadable, read_file_caged
from dugai.intake.understand import understand


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    reading = acts.add_parser("read", help="读取文件，写出记录（JSON）")
    reading.add_argument("files", nargs="+", type=Path, metavar="文件")
    reading.add_argument(
        "--json", type=Path, dest="folder", metavar="目录", help="每个文件写一份，保留文件名"
    )
    reading.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="同时读几个（默认按处理器数）")


def run(words: argparse.Namespace) -> int:
    """Read each file in its own cage; 1 when one could not be read or was not read whole."""
    if words.folder:
        words.folder.mkdir(parents=True, exist_ok=True)
    records, troubles = [], []
    with ThreadPoolExecutor(max(1, words.jobs)) as pool:
        answers = pool.map(read_one, words.files)
        quiet = not sys.stderr.isatty()
        for path, (record, trouble) in zip(
            words.files, tqdm(answers, total=len(words.files), disable=quiet), strict=True
        ):
            troubles += [f"{path}：{sentence}" for sentence in trouble]
            if record is None:
                continue
            records.append(record)
            if words.folder:
                place = words.folder / f"{path.stem}.json"
                place.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if not words.folder:
        print(json.dumps(records, ensure_ascii=False, indent=1))
    for sentence in troubles:
        print(sentence, file=sys.stderr)
    return 1 if troubles else 0


def read_one(path: Path) -> tuple[dict[str, object] | None, list[str]]:
    """Return the record of one file, and what could not be read of it in plain Chinese."""
    try:
        source = read_file_caged(path)
    except Unreadable as trouble:
        return None, [trouble.message]
    return understand(source), [f"没有读全：{part}" for part in source.skipped]
