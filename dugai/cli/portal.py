"""`dugai portal`: the public portal alone, and what the office prepares for it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dugai import __version__
from dugai.cli.entry import choose_data

SETTINGS = "dugai.settings.portal"
PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR")
"""What of the environment the portal's process gets; nothing of the staff's site is among it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument(
        "act",
        nargs="?",
        default="run",
        choices=("run", "prepare", "refresh", "export", "grant"),
        help="做什么",
    )
    parser.add_argument("--place", type=Path, default=None, help="门户的目录（默认 数据目录/portal）")
    parser.add_argument("--port", type=int, default=8001, help="端口（默认 8001）")
    parser.add_argument("--bind", default="127.0.0.1", help="监听地址（默认只在本机）")
    parser.add_argument("--workers", type=int, default=2, help="进程数")
    parser.add_argument("--to", type=Path, default=None, help="export：写到哪个文件")
    parser.add_argument("--role", default="dugai_portal", help="grant：PostgreSQL 的角色名")
    parser.add_argument("--apply", action="store_true", help="grant：直接执行，不只打印")


def run(words: argparse.Namespace) -> int:
    """Serve, or prepare the folder, the file, the role."""
    folder = choose_data(words.data)
    place = (words.place or folder / "portal").resolve()
    if words.act == "run":
        return serve(place, words.bind, words.port, words.workers)
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from dugai.management import portal  # noqa: PLC0415  the same

    if words.act == "prepare":
        print(f"门户目录：{portal.prepare()}")
        return 0
    if words.act == "grant":
        return grant(words)
    if words.act == "refresh":
        portal.prepare()
        print(f"已更新：{portal.work()}")
        return 0
    if words.to is None:
        print("export 要写明 --to 文件。", file=sys.stderr)
        return 2
    portal.work()
    print(f"写好 {words.to}，变动 {portal.write_file(words.to)} 行。")
    return 0


def command(bind: str, port: int, workers: int) -> list[str]:
    """Return the words that start the portal as a module."""
    return [
        "gunicorn", "dugai.portal.wsgi:application", "--bind", f"{bind}:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", "4", "--timeout", "30", "--graceful-timeout", "10",
        "--max-requests", "200000", "--max-requests-jitter", "20000", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip


def environment(place: Path) -> dict[str, str]:
    """Return the environment of the portal's process: its own settings and folder, no word of the staff's."""
    told = {
        name: value for name, value in os.environ.items() if name in PASSED or name.startswith("DUGAI_PORTAL")
    }
    return {**told, "DJANGO_SETTINGS_MODULE": SETTINGS, "DUGAI_PORTAL": str(place)}


def serve(place: Path, bind: str, port: int, workers: int) -> int:
    """Become the portal."""
    if not (place / "portal.json").exists():
        print(
            f"{place} 还不是门户目录。先在办公站点上运行 dugai portal prepare，再把目录带过来。",
            file=sys.stderr,
        )
        return 2
    print(f"督改门户 {__version__}：http://{bind}:{port}/", flush=True)
    words = [sys.executable, "-m", *command(bind, port, workers)]
    return os.execve(sys.executable, words, environment(place))  # noqa: S606  our own program, without a shell


def grant(words: argparse.Namespace) -> int:
    """Print, or carry out, what lets the portal's role read the snapshots and nothing else."""
    from django.db import connection  # noqa: PLC0415  settings depend on the data folder

    from dugai.management import portal  # noqa: PLC0415  the same

    if connection.vendor != "postgresql":
        print("这个站点用 SQLite：门户读自己的文件，不需要授权。", file=sys.stderr)
        return 2
    statements = portal.grants(words.role, database=str(connection.settings_dict["NAME"]))
    if not words.apply:
        print("-- 先建角色：createuser --pwprompt " + words.role)
        print("\n".join(f"{statement};" for statement in statements))
        return 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    print(f"已授权：{words.role} 只能读 {'、'.join(portal.READABLE)}。")
    return 0
