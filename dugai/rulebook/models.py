"""Rules are data (design 5): a set has versions, dates and the law it rests on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dugai.journal.models import Recorded


class RuleSet(Recorded):
    """One version of the rules of one region; what started under it keeps it."""

    subject_type = "rule_set"

    name = models.CharField("规则名称", max_length=60)
    region = models.ForeignKey(
        "dugai.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用地区"
    )
    number = models.PositiveIntegerField("版本")
    valid_from = models.DateField("生效日期")
    valid_until = models.DateField("失效日期", null=True, blank=True)
    legal_reference = models.CharField("依据", max_length=300, blank=True)
    values = models.JSONField("规则")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "region", "number"], name="rule_set_version_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="rule_set_ends_after",
            ),
        ]


class CalendarDay(Recorded):
    """A day that is not what its weekday says: a holiday, or a weekend worked instead (调休)."""

    subject_type = "calendar_day"

    day = models.DateField("日期", unique=True)
    works = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    source = models.CharField("来源", max_length=200)
