"""Rows of indicators: what is measured, each reading and each target, version by version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from dugai.indicators.rules import Goal, Terms, plain
from dugai.indicators.rules_span import Span
from dugai.indicators.sight import ByRegion
from dugai.indicators.states import Against, Better, IndicatorKind, Nature, RowState
from dugai.journal.models import Recorded
from dugai.kernel.choices import Choices
from dugai.people.models import Organisation


def known(field: str, enum: type[Choices], name: str) -> models.CheckConstraint:
    """Return the constraint that `field` holds a value of `enum`."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": enum.values}), name=name)


class Indicator(Recorded):
    """One indicator, the same for every region: name, unit, direction, definition."""

    subject_type = "indicator"

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    unit = models.CharField("单位", max_length=20)
    kind = models.CharField("类别", max_length=16, choices=IndicatorKind.choices)
    nature = models.CharField("数的性质", max_length=8, choices=Nature.choices)
    better = models.CharField("方向", max_length=8, choices=Better.choices)
    definition = models.CharField("定义", max_length=500)
    no_worse = models.BooleanField("只能更好、不能变坏", default=False)
    cumulative = models.BooleanField("累计量", default=False)
    base_year = models.PositiveSmallIntegerField("基年", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "pk"]
        constraints: ClassVar = [
            known("kind", IndicatorKind, "indicator_kind_known"),
            known("nature", Nature, "indicator_nature_known"),
            known("better", Better, "indicator_better_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> Terms:
        """Return what the rules ask of it."""
        return Terms(Nature(self.nature), Better(self.better), self.no_worse, self.cumulative, self.base_year)

    def with_unit(self, number: str) -> str:
        """Return a number with the unit: 26.2微克/立方米."""
        return f"{number}{'' if self.unit == '无量纲' else self.unit}"


class Versioned(Recorded):
    """What is said of one indicator, region and span; a correction is a new row with a reason."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="地区")
    starts_on = models.DateField("时段起")
    ends_on = models.DateField("时段止")
    source = models.CharField("来源", max_length=200)
    quote = models.CharField("原文", max_length=500, blank=True)
    edition = models.PositiveIntegerField("第几版", default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reason = models.CharField("更正或撤销的原因", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=RowState.choices, default=RowState.STANDING)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    ended_at = models.DateTimeField("失效时间", null=True, blank=True)

    objects = ByRegion.as_manager()

    class Meta:
        abstract = True

    @property
    def span(self) -> Span:
        """Return the months it speaks of."""
        return Span(self.starts_on, self.ends_on)

    @property
    def is_standing(self) -> bool:
        """Whether it is the version that counts."""
        return bool(self.state == RowState.STANDING)


def versioned(prefix: str) -> list[Any]:
    """Return the constraints of both tables."""
    return [
        known("state", RowState, f"{prefix}_state_known"),
        models.UniqueConstraint(
            fields=["indicator", "region", "starts_on", "ends_on"],
            condition=Q(state=RowState.STANDING),
            name=f"{prefix}_stands_once",
        ),
        models.CheckConstraint(
            condition=Q(starts_on__lt=models.F("ends_on")), name=f"{prefix}_span_in_order"
        ),
        models.CheckConstraint(
            condition=Q(edition=1) | ~Q(reason=""), name=f"{prefix}_corrected_with_reason"
        ),
    ]


class IndicatorReading(Versioned):
    """One measured value. `latest`, `against` and `worsened` follow from the other rows by the rules."""

    subject_type = "indicator_reading"
    derived = ("latest", "against", "worsened")

    value = models.DecimalField("数值", max_digits=15, decimal_places=4)
    unit = models.CharField("单位", max_length=20)
    sample_size = models.CharField("样本量", max_length=60, blank=True)
    exclusions = models.CharField("剔除说明", max_length=200, blank=True)
    as_of = models.DateField("数据截至")
    latest = models.BooleanField(default=False)
    against = models.CharField(max_length=12, choices=Against.choices, blank=True)
    worsened = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = versioned("indicator_reading")
        indexes: ClassVar = [
            models.Index(fields=["region", "indicator", "ends_on"], name="indicator_reading_series"),
            models.Index(fields=["latest", "against", "id"], name="indicator_reading_alerts"),
        ]

    @property
    def shown(self) -> str:
        """Return the value with its unit."""
        return self.indicator.with_unit(plain(self.value))


class IndicatorTarget(Versioned):
    """One target: at least `low`, at most `high`; one of them may be open."""

    subject_type = "indicator_target"

    low = models.DecimalField("不低于", null=True, blank=True, max_digits=15, decimal_places=4)
    high = models.DecimalField("不高于", null=True, blank=True, max_digits=15, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            *versioned("indicator_target"),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="indicator_target_says_something"
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="indicator_target_range_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "indicator", "ends_on"], name="indicator_target_series")
        ]

    @property
    def goal(self) -> Goal:
        """Return it as the rules take it."""
        return Goal(self.span, self.low, self.high)

    @property
    def shown(self) -> str:
        """Return ≥97.5%, ≤27微克/立方米, 10—12万吨."""
        unit = self.indicator.with_unit
        if self.low is not None and self.high is not None:
            same = self.low == self.high
            return unit(plain(self.low) if same else f"{plain(self.low)}—{plain(self.high)}")
        if self.low is not None:
            return f"≥{unit(plain(self.low))}"
        return f"≤{unit(plain(self.high))}" if self.high is not None else ""
