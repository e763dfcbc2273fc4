"""`dugai backup`: create, verify, restore, drill. A doubt is exit code 1, a refusal 3."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dugai.cli import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the four acts and their words."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    create = acts.add_parser("create", help="做一次备份")
    create.add_argument("--to", type=Path, required=True, help="存放备份的目录（各次备份共用文件池）")
    create.add_argument("--prune", action="store_true", help="按策略清理旧备份（24 小时、30 天、12 个月）")
    verify = acts.add_parser("verify", help="核对一个备份")
    verify.add_argument("folder", type=Path, metavar="备份", help="一个备份，或存放备份的目录（取最新）")
    restore = acts.add_parser("restore", help="恢复到空目录")
    restore.add_argument("folder", type=Path, metavar="备份", help="一个备份，或存放备份的目录（取最新）")
    restore.add_argument("--into", type=Path, required=True, help="空目录")
    restore.add_argument("--database", default="", help="空的 PostgreSQL 库：postgresql://…")
    restore.add_argument(
        "--secrets", type=Path, default=None, help="另行保管的 site.json 和 journal.key 所在目录"
    )

    restore.add_argument("--yes-host", default="", metavar="主机名", help="不提问，直接确认本机名")
    drill = acts.add_parser("drill", help="恢复演练：恢复到临时位置、比对、删除")
    drill.add_argument("folder", type=Path, metavar="备份", help="一个备份，或存放备份的目录（取最新）")
    drill.add_argument("--database", default="", help="演练用的空 PostgreSQL 库；不填则临时建一个")
    for act in (create, verify, restore, drill):
        act.add_argument("--json", action="store_true", help="以 JSON 输出")
        act.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="数据目录")


def run(words: argparse.Namespace) -> int:
    """Carry out one act."""
    if words.act == "restore":
        prepare_empty(words)
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.kernel.errors import DomainError  # noqa: PLC0415  after Django is set up

    acts: Mapping[str, Callable[[argparse.Namespace], tuple[dict[str, Any], list[str]]]] = {
        "create": create,
        "verify": verify,
        "restore": restore,
        "drill": drill,
    }
    try:
        said, findings = acts[words.act](words)
    except DomainError as refusal:
        return progress.refused(refusal, as_json=words.json)
    return progress.tell_end(said, findings, as_json=words.json)


def prepare_empty(words: argparse.Namespace) -> None:
    """Let the program start on a machine that has no site yet: restoring needs no settings but its own."""
    folder = Path(os.environ["DUGAI_DATA"])
    if not (folder / "site.json").exists() and "DUGAI_SECRET_KEY" not in os.environ:
        import secrets  # noqa: PLC0415  only for a machine without a site

        os.environ["DUGAI_SECRET_KEY"] = secrets.token_urlsafe(64)
    del words


def create(words: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Make a backup."""
    from dugai.upkeep import backup, services  # noqa: PLC0415  after Django is set up

    with progress.bar(quiet=words.json) as tell:
        folder, made = backup.create(words.to.resolve(), by=services.operator(), tell=tell, prune=words.prune)
    said = {
        "backup": str(folder),
        "rows": sum(held.count for held in made.tables.values()),
        "files": made.files["count"],
        "new_files": made.files["new"],
        "database_bytes": made.parts[0].size,
        "root": made.journal["sha256"],
    }
    return said, [f"文件 {sha256} 读不出来，没有备份" for sha256 in made.lost]


def verify(words: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Check a backup."""
    from dugai.upkeep import backup, checking  # noqa: PLC0415  after Django is set up

    with progress.bar(quiet=words.json) as tell:
        verdict = checking.verify(backup.newest(words.folder.resolve()), tell)
    return {"backup": str(verdict.folder), **verdict.counts}, verdict.findings


def restore(words: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Make an installation from a backup, once the operator has named this machine."""
    from dugai.kernel.errors import Refused  # noqa: PLC0415  after Django is set up
    from dugai.upkeep import backup, restoring, services  # noqa: PLC0415  after Django is set up

    host = socket.gethostname()
    named = words.yes_host
    if not named and sys.stdin.isatty():
        named = input(f"恢复会在本机建立一个站点。请输入本机名（{host}）确认：").strip()
    if named != host:
        raise Refused(f"没有确认本机名（应为 {host}）。用 --yes-host 或在提示后输入。", code="host_not_named")
    with progress.bar(quiet=words.json) as tell:
        done = restoring.restore(
            backup.newest(words.folder.resolve()),
            words.into.resolve(),
            by=services.operator(),
            url=words.database,
            safe=words.secrets,
            tell=tell,
        )
    return {"backup": str(done.folder), "into": str(done.into), **done.report["counts"]}, done.findings


def drill(words: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Prove that a backup can be restored."""
    from django.conf import settings  # noqa: PLC0415  after Django is set up

    from dugai.upkeep import backup, restoring, services  # noqa: PLC0415  after Django is set up

    with progress.bar(quiet=words.json) as tell:
        done = restoring.drill(
            backup.newest(words.folder.resolve()),
            by=services.operator(),
            url=words.database or settings.DRILL_DATABASE,
            tell=tell,
        )
    return {"backup": str(done.folder), **done.report["counts"]}, done.findings
