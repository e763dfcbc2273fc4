"""`dugai up`: one command from an empty folder to a running house."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from dugai import __version__
from dugai.cli import portal, site
from dugai.cli.entry import choose_data

RESTART_PAUSE = 2.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--demo", action="store_true", help="建立演示省份（虚构的江源省）")
    parser.add_argument(
        "--scale", choices=("office", "province", "nation"), default="office", help="演示规模"
    )
    parser.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    parser.add_argument("--bind", default="127.0.0.1", help="监听地址（默认只在本机）")
    parser.add_argument("--workers", type=int, default=2, help="网页进程数")
    parser.add_argument(
        "--portal-port", type=int, default=None, help="公众门户的端口（默认是端口加一；0 不启动门户）"
    )


def run(words: argparse.Namespace) -> int:
    """Prepare the folder and serve until stopped."""
    folder = choose_data(words.data)
    if not (folder / "site.json").exists():
        if not words.demo:
            print("这个目录还没有站点。请先运行 dugai init，或加 --demo 试用。", file=sys.stderr)
            return 2
        site.write_site(folder, {"DUGAI_DEMO": "1", "DUGAI_HOSTS": "localhost,127.0.0.1,[::1]"})
    try:
        lock = site.hold(folder)
    except site.CannotStart as trouble:
        print(str(trouble), file=sys.stderr)
        return 3
    with lock:
        try:
            accounts = prepare(folder, words)
        except site.CannotStart as trouble:
            print(str(trouble), file=sys.stderr)
            return 3
        return serve(words, accounts)


def prepare(folder: Path, words: argparse.Namespace) -> list[tuple[str, str, str]]:
    """Migrate, gather static files, build the demo if asked; return the demo accounts to print."""
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from dugai.kernel import clock  # noqa: PLC0415
    from dugai.ledger import standing  # noqa: PLC0415
    from dugai.upkeep import moving  # noqa: PLC0415

    if why := moving.refuse_moved(folder):
        raise site.CannotStart(why)
    call_command("migrate", interactive=False, verbosity=0)
    stamp = folder / "static" / f".gathered-{__version__}"
    if not stamp.exists():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.touch()
    accounts: list[tuple[str, str, str]] = []
    if words.demo:
        from dugai.management.demo import build  # noqa: PLC0415

        accounts = build.ensure(scale=words.scale)
    standing.roll_day(clock.today())
    if portal_port(words):
        from dugai.management import portal as office  # noqa: PLC0415  settings depend on the data folder

        office.prepare()
        office.work()
    connections.close_all()
    return accounts


def portal_port(words: argparse.Namespace) -> int:
    """Return where the portal listens: beside the staff's pages unless told otherwise, 0 for nowhere."""
    return words.port + 1 if words.portal_port is None and words.port else words.portal_port or 0


def programs(words: argparse.Namespace) -> dict[str, list[str]]:
    """Return what runs side by side: the module of each program and its words."""
    beside = {"portal": portal.command(words.bind, portal_port(words), 1)} if portal_port(words) else {}
    return {
        "web": [
            "gunicorn", "dugai.wsgi:application", "--no-control-socket",
            "--bind", f"{words.bind}:{words.port}", "--workers", str(words.workers),
            "--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "20",
            "--max-requests", "20000", "--max-requests-jitter", "2000", "--log-level", "warning",
        ],
        "worker": ["dugai.cli", "worker"],
        **beside,
    }  # fmt: skip


def serve(words: argparse.Namespace, accounts: list[tuple[str, str, str]]) -> int:
    """Run web, worker and portal as children; start either again when it dies; end both on a signal."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    announce(words, accounts)
    while not stopping:
        for name, module in programs(words).items():
            child = children.get(name)
            if child is None or child.poll() is not None:
                if child is not None:
                    print(f"{name} 进程退出（{child.returncode}），重新启动", file=sys.stderr)
                    time.sleep(RESTART_PAUSE)
                children[name] = subprocess.Popen(  # noqa: S603  our own programs
                    [sys.executable, "-m", *module], env=environment(name)
                )
        time.sleep(0.3)
    for child in children.values():
        child.terminate()
    for child in children.values():
        child.wait(timeout=30)
    return 0


def environment(name: str) -> dict[str, str]:
    """Return the environment of a program; the portal's has nothing of the staff's."""
    place = Path(os.environ["DUGAI_DATA"]) / "portal"
    return portal.environment(place) if name == "portal" else os.environ.copy()


def announce(words: argparse.Namespace, accounts: list[tuple[str, str, str]]) -> None:
    """Print the address, and in a demo the accounts, one a role."""
    print(f"督改 {__version__} 已启动：http://{words.bind}:{words.port}/")
    if portal_port(words):
        print(f"公众门户：http://{words.bind}:{portal_port(words)}/")
    if accounts:
        print(f"演示账户（密码都是 {accounts[0][2]}）：")
        for username, label, _ in accounts:
            print(f"  {username:<22}{label}")
    print("按 Ctrl+C 停止。", flush=True)
