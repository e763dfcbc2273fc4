"""`dugai intake`: read documents into records; accept what they propose into the ledger."""

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
    accepting = acts.add_parser("accept", help="把没有疑点的条目采纳并入账")
    accepting.add_argument(
        "targets", nargs="+", metavar="文件或编号", help="接件编号、文件，或 read 写出的 .json 记录"
    )
    accepting.add_argument("--as", dest="username", required=True, metavar="账号", help="由哪个账号负责")
    accepting.add_argument("--inspection", default="", metavar="督察编号", help="文件记在哪次督察之下")
    accepting.add_argument("--home", default="", metavar="地区", help="文件的所属地区")
    accepting.add_argument("--lead", default="", metavar="单位", help="没写牵头单位时由谁牵头")
    accepting.add_argument("--originals", type=Path, metavar="目录", help="记录的原件在哪（默认在记录旁边）")
    accepting.add_argument("--json", action="store_true", dest="as_json", help="以 JSON 输出")


def run(words: argparse.Namespace) -> int:
    """Do the act and return its exit code."""
    return _read(words) if words.act == "read" else _accept(words)


def _read(words: argparse.Namespace) -> int:
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
            if words.folder:
                place = words.folder / f"{path.stem}.json"
                place.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            else:
                records.append(record)
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


def _accept(words: argparse.Namespace) -> int:
    """Accept each document; 0 when all is in, 1 when something waits for a person, 2 for wrong words."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.kernel.errors import DomainError  # noqa: PLC0415  the same
    from dugai.management import accepting  # noqa: PLC0415  the same

    paths = [target for target in words.targets if not target.isdecimal()]
    try:
        actor = accepting.who(words.username)
        if paths and not (words.inspection and words.home):
            print("文件要写明 --inspection 和 --home。", file=sys.stderr)
            return 2
        place = accepting.place_of(actor, words.inspection, words.home, words.lead) if paths else None
    except DomainError as refusal:
        print(refusal.message, file=sys.stderr)
        return 2
    outcomes = []
    for target in tqdm(words.targets, disable=words.as_json or not sys.stderr.isatty()):
        if place is None or target.isdecimal():
            outcomes.append(accepting.accept_document(actor, int(target)))
        else:
            outcomes.append(accepting.accept_file(actor, Path(target), place, words.originals))
    if words.as_json:
        print(json.dumps([outcome.shown() for outcome in outcomes], ensure_ascii=False, indent=1))
    for outcome in outcomes:
        counts = outcome.counts
        if not words.as_json:
            print(f"{outcome.name}：入账 {counts.get('entered', 0)} 条，共 {counts.get('total', 0)} 条")
        if outcome.trouble:
            print(f"{outcome.name}：{outcome.trouble}", file=sys.stderr)
    return 1 if any(outcome.trouble for outcome in outcomes) else 0
