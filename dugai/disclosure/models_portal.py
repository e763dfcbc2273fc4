"""What the public sent in through the portal: the digest of its receipt, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dugai.acceptance.models import Objection, PublicNotice
from dugai.journal.models import Recorded

__all__ = ["PublicEntry"]


class PublicEntry(Recorded):
    """One entry of the drop-box. The receipt itself is known to its owner alone; here is its SHA-256."""

    subject_type = "public_entry"

    receipt = models.CharField("回执摘要", max_length=64, unique=True)
    notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, related_name="+")
    objection = models.OneToOneField(Objection, models.PROTECT, null=True, related_name="public_entry")
    sent_at = models.DateTimeField("提交时间")
    refusal = models.CharField("未受理的原因", max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(objection__isnull=False) | ~Q(refusal=""), name="public_entry_has_an_end"
            ),
        ]
