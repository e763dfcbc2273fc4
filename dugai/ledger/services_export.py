"""导出清单: what a viewer sees becomes a workbook; a large one is written by a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from dugai.journal.services import record, shown
from dugai.kernel.errors import Forbidden, Refused, require
from dugai.ledger import list_export, policy
from dugai.ledger.models import ListExport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.people.models import User

HERE_UP_TO = 3000
"""Rows up to which the web process writes by itself; a few seconds at most."""
CHILD_SECONDS = 600


def export_list(*, actor: User, filters: Mapping[str, str], path: Path) -> int:
    """Write the list to `path`; return the number of rows. The export itself is recorded once it is written.

    The writing only reads and holds no transaction, so nobody waits for it.
    """
    require(policy.may_export(actor), "您的角色没有可以导出的台账", code="may_not_export", error=Forbidden)
    kept = list_export.kept(filters)
    count = list_export.count(actor, kept)
    written = (
        list_export.write_here(actor, kept, path)
        if count <= HERE_UP_TO
        else _write_in_child(actor, kept, path)
    )
    _note(actor, kept, written)
    return written


@transaction.atomic
def _note(actor: User, filters: dict[str, str], written: int) -> None:
    taken = ListExport(user=actor, filters=filters, rows=written)
    taken.save(force_insert=True)
    record(actor=actor, kind="ledger.exported", subject=taken, after=shown(taken, "user", "filters", "rows"))


def _write_in_child(actor: User, filters: Mapping[str, str], path: Path) -> int:
    """Write the list in a process of its own, so that the memory of the web server does not grow with it."""
    arguments = [
        "export_ledger",
        "--viewer",
        str(actor.pk),
        "--filters",
        json.dumps(filters),
        "--out",
        str(path),
    ]
    environment = dict(os.environ)
    environment.setdefault("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE or "dugai.settings")
    try:
        done = subprocess.run(  # noqa: S603  our own command with values we wrote
            [sys.executable, "-m", "django", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=CHILD_SECONDS,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired as late:
        raise Refused("导出超过 10 分钟，已停止。请加上筛选条件，分几次导出。", code="export_slow") from late
    if done.returncode:
        raise Refused("导出没有完成。请稍后再试；仍不行请联系系统管理员。", code="export_failed")
    return int(done.stdout.strip().splitlines()[-1])
