"""Reads the command line and hands over to one module for each command.

The data folder and the settings are chosen before Django is imported, so each command module is
imported only when it is called.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from dugai import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("dugai.cli.up", "启动：建库、网页、后台、定时，一条命令"),
    "init": ("dugai.cli.init", "建立一个空的正式站点"),
    "demo": ("dugai.cli.demo", "建立演示省份（虚构），规模可选"),
    "portal": ("dugai.cli.portal", "公众门户：单独启动、导出快照、授权"),
    "worker": ("dugai.cli.worker", "只启动后台与定时进程"),
    "doctor": ("dugai.cli.doctor", "检查安装，说明哪里不对"),
    "intake": ("dugai.cli.intake", "读取文件（整改方案、清单、公示、信访表等），写出记录"),
    "figures": ("dugai.cli.figures", "核对文中的数字"),
    "verify": ("dugai.cli.verify", "核对留痕、数据、汇总与文件"),
    "scrub": ("dugai.cli.scrub", "逐个重新核对文件，指出损坏、缺失和被换的"),
    "repair": ("dugai.cli.repair", "由备份修复损坏的文件"),
    "move-to-postgres": ("dugai.cli.move", "把 SQLite 站点迁到 PostgreSQL，并证明没有丢"),
    "readmit": ("dugai.cli.readmit", "三员都进不去时，在服务器上重置一位管理员的口令"),
    "search": ("dugai.cli.search", "重建检索"),
    "backup": ("dugai.cli.backup", "备份、核对备份、恢复、恢复演练"),
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="dugai", description="督改：生态环境保护督察整改全过程管理")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")
    for name, (module, help_) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.add_argument("--data", type=Path, default=None, help="数据目录（默认 DUGAI_DATA 或 ./var）")
        importlib.import_module(module).arguments(sub)
    return top


def choose_data(folder: Path | None) -> Path:
    """Fix the data folder and the settings for this process and its children; return the folder."""
    chosen = (folder or Path(os.environ.get("DUGAI_DATA", "var"))).resolve()
    os.environ["DUGAI_DATA"] = str(chosen)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dugai.settings.production")
    return chosen


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = parser().parse_args(words)
    choose_data(chosen.data)
    module = importlib.import_module(COMMANDS[chosen.command][0])
    try:
        return int(module.run(chosen))
    except KeyboardInterrupt:
        print("已停止。", file=sys.stderr)
        return 130
