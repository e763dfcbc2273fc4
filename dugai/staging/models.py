"""Imports are proposals: every row is staged, shown, and only then accepted (reliability rule D9)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from dugai.journal.models import Recorded


class ImportBatch(Recorded):
    """One workbook that came in: read = accepted + rejected + duplicate, always."""

    subject_type = "import_batch"

    class Kind(models.TextChoices):
        LEDGER = "ledger", "整改措施清单"
        ORGANISATIONS = "organisations", "单位"
        PEOPLE = "people", "人员"
        REPORTS = "reports", "进展填报表"
        READINGS = "readings", "指标数据"
        LETTERS = "letters", "信访件一览表"

    class State(models.TextChoices):
        READING = "reading", "读取中"
        STAGED = "staged", "待确认"
        ACCEPTED = "accepted", "已入账"
        DISCARDED = "discarded", "已放弃"
        FAILED = "failed", "未能读取"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READING)
    organisation = models.ForeignKey("dugai.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    context = models.JSONField(default=dict)
    rows_read = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    rows_duplicate = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    rows_read=models.F("rows_good") + models.F("rows_rejected") + models.F("rows_duplicate")
                ),
                name="import_counts_add_up",
            ),
        ]


class ImportRow(models.Model):
    """One row of the workbook, as read, with what it would become or why it cannot."""

    class Verdict(models.TextChoices):
        GOOD = "good", "可入账"
        REJECTED = "rejected", "有误"
        DUPLICATE = "duplicate", "重复"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=60)
    row = models.PositiveIntegerField()
    cells = models.JSONField()
    key = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    errors = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "verdict", "id"], name="import_row_verdict")]
