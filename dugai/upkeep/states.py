"""Names of the operations an installation keeps a record of."""

from __future__ import annotations

from django.db.models import TextChoices


class RunKind(TextChoices):
    """What was done to the installation as a whole."""

    BACKUP = "backup", "备份"
    RESTORE = "restore", "恢复"
    DRILL = "drill", "恢复演练"
    SCRUB = "scrub", "文件巡检"
    REPAIR = "repair", "文件修复"
    MOVE = "move", "迁到 PostgreSQL"
    VERIFY = "verify", "核对留痕"
    READMIT = "readmit", "重置管理员口令"
    REINDEX = "reindex", "重建检索"
