"""`dugai init`: an empty production site. No default account, no default secret."""

from __future__ import annotations

import argparse
import getpass
import sys

from dugai.cli import site
from dugai.cli.entry import choose_data


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("--name", required=True, help="省（市、县）名称，如 江源省")
    parser.add_argument("--region-code", required=True, help="行政区划代码，6 位")
    parser.add_argument(
        "--level", choices=("nation", "province", "city", "county"), default="province", help="层级"
    )
    parser.add_argument("--hosts", required=True, help="对外域名，多个用逗号隔开")
    parser.add_argument("--admin", required=True, help="第一位系统管理员的登录名")
    parser.add_argument("--admin-name", required=True, help="第一位系统管理员的姓名")
    parser.add_argument("--database", default="", help="postgresql://…；不填用内置 SQLite")
    parser.add_argument("--http", action="store_true", help="只在内网以明文 HTTP 提供（不推荐）")


def run(words: argparse.Namespace) -> int:
    """Create site file, tables, the root organisation and one administrator with a single-use password."""
    folder = choose_data(words.data)
    if (folder / "site.json").exists():
        print(f"{folder} 已经建立过站点。要重新建立，请另选一个空目录。", file=sys.stderr)
        return 2
    values = {"DUGAI_HOSTS": words.hosts, "DUGAI_HTTPS": "0" if words.http else "1", "DUGAI_NAME": "督改"}
    if words.database:
        values["DUGAI_DATABASE_URL"] = words.database
    site.write_site(folder, values)
    import django  # noqa: PLC0415  settings read the site file that was just written

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from dugai.management import bootstrap  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    password = bootstrap.first_administrator(
        name=words.name,
        region_code=words.region_code,
        level=words.level,
        username=words.admin,
        person=words.admin_name,
    )
    print(f"站点已建立：{folder}")
    print(f"第一位系统管理员：{words.admin}（{words.admin_name}），操作系统用户 {getpass.getuser()} 建立")
    print(f"一次性密码（首次登录必须更换，只显示这一次）：{password}")
    print("下一步：dugai doctor 检查安装，dugai up 启动。")
    return 0
