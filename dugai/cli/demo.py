"""`dugai demo`: builds the fictional province, of any size, from a seed."""

from __future__ import annotations

import argparse
import dataclasses
import sys

from tqdm import tqdm

from dugai.cli import site
from dugai.cli.entry import choose_data

TASKS_A_PROBLEM = 5
STAGES = {"organisations": "单位", "problems": "问题", "rounds": "调度", "journal": "留痕"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--scale", choices=("office", "province", "nation"), default="office", help="规模")
    parser.add_argument("--seed", type=int, default=None, help="种子；同一个种子得到同样的数据")
    parser.add_argument("--tasks", type=int, default=None, help="大约多少项任务（默认按规模）")
    parser.add_argument("--months", type=int, default=None, help="已关账的月调度有几个月（默认按规模）")


def run(words: argparse.Namespace) -> int:
    """Build the demo in an empty data folder and print its accounts."""
    folder = choose_data(words.data)
    site.write_site(folder, {"DUGAI_DEMO": "1", "DUGAI_HOSTS": "localhost,127.0.0.1,[::1]"})
    try:
        lock = site.hold(folder)
    except site.CannotStart as trouble:
        print(str(trouble), file=sys.stderr)
        return 3
    with lock:
        return _build(words)


def _build(words: argparse.Namespace) -> int:
    import django  # noqa: PLC0415  settings depend on the data folder

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from dugai.management.demo import build, places  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    if build.occupied():
        print("这个目录里已经有数据。请用 --data 另选一个空目录。", file=sys.stderr)
        return 2
    scale = places.SCALES[words.scale]
    if words.tasks is not None:
        scale = dataclasses.replace(scale, problems=max(scale.provinces, words.tasks // TASKS_A_PROBLEM))
    if words.months is not None:
        scale = dataclasses.replace(scale, months=words.months)
    with tqdm(disable=not sys.stderr.isatty(), file=sys.stderr) as bar:

        def tell(stage: str, done: int, total: int) -> None:
            bar.set_description(STAGES.get(stage, stage))
            bar.total = total
            bar.n = done
            bar.refresh()

        build.build(scale, build.SEED if words.seed is None else words.seed, tell)
    print(f"演示数据已建好。账户（密码都是 {build.accounts()[0][2]}）：")
    for username, label, _ in build.accounts():
        print(f"  {username:<22}{label}")
    print("下一步：dugai up 启动。")
    return 0
