"""`dugai repair files`: damaged and missing files put back from a backup, each with its event."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dugai.files import services_care
from dugai.files.models import Blob
from dugai.kernel import clock
from dugai.upkeep import checking, refilling, services
from dugai.upkeep.states import RunKind
from dugai.upkeep.tables import silent

Tell = Callable[[str, int, int], None]


def repair(folder: Path, *, by: str, tell: Tell = silent) -> tuple[list[str], list[str]]:
    """Put every file marked as damaged back from the backup at `folder`; return the repaired and the lacking.

    What lay in their place is set aside. Raises `Refused` for an unfinished or forged backup.
    """
    began = clock.now()
    checking.verify_parts(folder, tell)
    wanted = list(Blob.objects.exclude(damaged_at=None).order_by("sha256").values_list("sha256", flat=True))
    _, lacking = refilling.bring_back(folder, wanted, tell)
    repaired = sorted(set(wanted) - set(lacking))
    actor = services.system_account()
    for sha256 in repaired:
        services_care.mark_whole(actor=actor, sha256=sha256, reason=f"由备份 {folder.name} 放回")
    services.note_run(
        actor=actor,
        kind=RunKind.REPAIR,
        by=by,
        started_at=began,
        holds=not lacking,
        summary=f"由备份 {folder.name} 修复 {len(repaired)} 个文件，备份里没有的 {len(lacking)} 个",
        result={"backup": folder.name, "repaired": len(repaired), "lacking": lacking[:20]},
    )
    return repaired, lacking
