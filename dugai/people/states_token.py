"""What a program's token may be used for."""

from __future__ import annotations

from dugai.kernel.choices import Choices


class TokenScope(Choices):
    """A token does what its person may do, and of that only what its scopes name."""

    READ = "read", "查看"
    LEDGER = "ledger", "台账：登记、分解、方案、调整"
    REPORT = "report", "填报：草稿、报送、撤回"
    REVIEW = "review", "调度：发起、审核、退回、采纳"
    INTAKE = "intake", "导入：上传、确认"
