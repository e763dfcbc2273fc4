"""What `dugai doctor` looks at: each check says good, mind or wrong, and what to do."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dugai.cli import site
from dugai.files.models import Blob
from dugai.journal import keys
from dugai.journal.models import Pending
from dugai.kernel import clock, mailing, sqlite
from dugai.upkeep import queries as upkeep
from dugai.upkeep.states import RunKind

GOOD, MIND, WRONG = "好", "注意", "错"
FREE_GIB = 2
GIB = 1 << 30
SHRUNK = 0.8
POSTGRES_WANTS = {
    "fsync": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "synchronous_commit": "on",
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor."""

    verdict: str
    subject: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding for `--json`."""
        return asdict(self)


def examine() -> list[Finding]:
    """Run every check; a check that itself fails is a finding, never silence."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check()
        except Exception as trouble:  # noqa: BLE001  the doctor reports whatever goes wrong
            found.append(Finding(WRONG, check.__name__, f"检查没能完成：{type(trouble).__name__}: {trouble}"))
    return found


def machine() -> Iterator[Finding]:
    """Python, platform, free space, file system."""
    yield Finding(
        GOOD, "运行环境", f"Python {platform.python_version()}，{platform.system()} {platform.machine()}"
    )
    folder = Path(settings.DATA)
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize / GIB
    verdict = GOOD if free >= FREE_GIB else WRONG
    yield Finding(
        verdict,
        "磁盘",
        f"{folder} 剩余 {free:.1f} GB" + ("" if verdict == GOOD else "，不足 2 GB，请清理或扩容"),
    )
    kind = site.NETWORK_FILE_SYSTEMS.get(site.file_system(folder))
    if kind and connection.vendor == "sqlite":
        yield Finding(WRONG, "文件系统", f"SQLite 数据在 {kind} 上，会损坏。请移到本机磁盘。")


def secrets() -> Iterator[Finding]:
    """Who may read the site file and the journal key."""
    for place, name in ((Path(settings.DATA) / "site.json", "站点文件"), (keys.key_path(), "日志签名密钥")):
        if not place.exists():
            yield Finding(MIND, name, f"{place.name} 还没有生成")
        elif place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(WRONG, name, f"{place} 别的用户能读。请执行 chmod 600 {place}")
        else:
            yield Finding(GOOD, name, "只有本用户能读")


def database() -> Iterator[Finding]:
    """The engine, its version and its settings."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            number = sqlite.version()
            shown = ".".join(map(str, number))
            if sqlite.wal_is_safe(number):
                yield Finding(GOOD, "SQLite", f"版本 {shown}，没有 WAL 缺陷")
            else:
                yield Finding(
                    MIND,
                    "SQLite",
                    f"版本 {shown} 有 WAL 缺陷，已改用 TRUNCATE 模式，会慢。请安装 pysqlite3 0.6.1。",
                )
            for pragma, number_wanted in (("foreign_keys", 1), ("trusted_schema", 0)):
                cursor.execute(f"PRAGMA {pragma}")
                value = cursor.fetchone()[0]
                good = value == number_wanted
                yield Finding(GOOD if good else WRONG, pragma, f"{value}（应为 {number_wanted}）")
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            yield Finding(
                GOOD if answer == "ok" else WRONG, "数据库文件", "完好" if answer == "ok" else str(answer)
            )
            return
        cursor.execute("SHOW server_version")
        yield Finding(GOOD, "PostgreSQL", f"版本 {cursor.fetchone()[0]}")
        for name, wanted in POSTGRES_WANTS.items():
            cursor.execute(f"SHOW {name}")
            setting = str(cursor.fetchone()[0])
            yield Finding(GOOD if setting == wanted else WRONG, name, f"{setting}（应为 {wanted}）")


def tables() -> Iterator[Finding]:
    """Migrations that wait, and events that wait for their place in the tree."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(WRONG, "数据表", f"有 {len(plan)} 个迁移没有执行。请运行 dugai up，它会先迁移。")
        return
    yield Finding(GOOD, "数据表", "是最新的")
    waiting = Pending.objects.count()
    yield Finding(GOOD if waiting < 10_000 else MIND, "留痕", f"{waiting} 条记录等候上树")


def operations() -> Iterator[Finding]:
    """Backups, drills, the scrub and the last verification: done, in time, and good."""
    now = clock.now()
    for kind, days, todo in (
        (RunKind.BACKUP, 1, "dugai backup create，或设 DUGAI_BACKUP_TO 自动备份"),
        (RunKind.DRILL, 8, "dugai backup drill"),
        (RunKind.SCRUB, 8, "dugai scrub"),
    ):
        run = upkeep.public_latest(kind)
        if run is None:
            yield Finding(MIND, kind.label, f"还没有做过。请运行 {todo}。")
        elif not run.holds:
            yield Finding(WRONG, kind.label, f"最近一次有不成立之处：{run.summary}")
        elif (now - run.finished_at).days >= days:
            yield Finding(MIND, kind.label, f"最近一次在 {run.finished_at:%Y-%m-%d}，太久了。请运行 {todo}。")
        else:
            yield Finding(GOOD, kind.label, f"{run.finished_at:%Y-%m-%d %H:%M} UTC：{run.summary}")
    last, before = (*upkeep.public_newest(RunKind.BACKUP, 2), None, None)[:2]
    if last and before and int(last.result.get("rows", 0)) < SHRUNK * int(before.result.get("rows", 0)):
        yield Finding(WRONG, "备份", "最近一次备份比上一次少了两成以上的行。请先查清原因，保留上一次。")
    damaged = Blob.objects.exclude(damaged_at=None).count()
    if damaged:
        yield Finding(WRONG, "文件", f"{damaged} 个文件损坏或缺失。请运行 dugai repair files --from 备份。")


def switches() -> Iterator[Finding]:
    """What Django itself warns about, and whether the site speaks HTTPS."""
    for message in run_checks(include_deployment_checks=True):
        verdict = WRONG if message.level > WARNING else MIND
        yield Finding(verdict, str(message.id), str(message.msg))
    if not settings.SECURE_HTTPS:
        yield Finding(
            MIND,
            "HTTPS",
            "没有启用。手机拍照、定位和离线填报需要 HTTPS；请在代理上配置证书并设 DUGAI_HTTPS=1。",
        )


def mail() -> Iterator[Finding]:
    """Whether notices can leave by mail and to robots; no password is printed."""
    wrong = mailing.wrong_settings()
    if wrong:
        yield Finding(WRONG if settings.MAIL_HOST else MIND, "邮件", wrong)
    else:
        words = f"经 {settings.MAIL_HOST}:{settings.MAIL_PORT} 发，{settings.MAIL_FROM}，{settings.MAIL_TLS}"
        plain = settings.MAIL_TLS == "none"
        yield Finding(
            MIND if plain else GOOD, "邮件", words + ("，不加密，只能用于内网中继" if plain else "")
        )
    hosts = "、".join(sorted(settings.OUTBOUND_HOSTS))
    yield Finding(GOOD, "机器人与推送", f"可以发到 {hosts}" if hosts else "没有允许的主机，不外发")


Check = Callable[[], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (machine, secrets, database, tables, operations, switches, mail)
