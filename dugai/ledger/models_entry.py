"""The upper levels of the ledger: inspection, problem, measure and site, and who takes part."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from dugai.journal.models import Recorded
from dugai.kernel.choices import Choices
from dugai.ledger.sight import OwnedRow, Scope, ScopedQuerySet
from dugai.ledger.states import (
    Closure,
    InspectionLevel,
    InspectionType,
    ProblemKind,
    Progress,
    SourceClass,
    SourceType,
)
from dugai.people.models import Organisation, User
from dugai.people.states import Role


def known(field: str, enum: type[Choices], name: str) -> models.CheckConstraint:
    """Return the constraint that `field` holds a value of `enum`."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": enum.values}), name=name)


class Part(models.TextChoices):
    """What an organisation does for a problem or measure."""

    LEAD = "lead", "牵头单位"
    RESPONSIBLE = "responsible", "责任单位"
    COOPERATING = "cooperating", "配合单位"
    SUPERVISING = "supervising", "督导单位"
    ACCEPTING = "accepting", "验收单位"


OVERSEEING_PARTS = (Part.LEAD, Part.SUPERVISING, Part.ACCEPTING)


class Inspection(Recorded):
    """督察: one inspection of one object, by level, type, round and batch."""

    subject_type = "inspection"

    code = models.CharField("督察编号", max_length=40, unique=True)
    name = models.CharField("督察名称", max_length=200)
    level = models.CharField("督察级别", max_length=16, choices=InspectionLevel.choices)
    type = models.CharField("督察类型", max_length=16, choices=InspectionType.choices)
    round = models.PositiveSmallIntegerField("轮次", null=True, blank=True)
    batch = models.PositiveSmallIntegerField("批次", null=True, blank=True)
    team = models.CharField("督察组", max_length=60, blank=True)
    object = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="督察对象")
    present_from = models.DateField("进驻日期", null=True, blank=True)
    present_until = models.DateField("进驻结束", null=True, blank=True)
    fed_back_on = models.DateField("反馈日期", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-fed_back_on", "code"]
        constraints: ClassVar = [
            known("level", InspectionLevel, "inspection_level_known"),
            known("type", InspectionType, "inspection_type_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ProblemQuerySet(ScopedQuerySet["Problem"]):
    """Problems through somebody's eyes."""

    def visible_to(self, viewer: User) -> ProblemQuerySet:
        """Those of the viewer's subtree, those the viewer's unit takes part in, those led by name."""
        marked: ProblemQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            return cast("ProblemQuerySet", marked.none().unscoped("nobody sees nothing"))
        if top.depth == 0 and not _is_unit(viewer):
            return marked
        parts = Participation.objects.filter(
            organisation__path__gte=top.path, organisation__path__lt=top.path_end
        )
        owned = _tasks_below(top)
        mine = Q(pk__in=parts.values("problem")) | Q(pk__in=owned.values("problem")) | Q(leader=viewer)
        if _is_unit(viewer):
            return marked.filter(mine)
        return marked.filter(Scope.subtree(top) | mine)


class Problem(Recorded, OwnedRow):
    """反馈问题: what the inspection found, in its own words, with exactly one lead unit."""

    subject_type = "problem"
    derived = ("a1", "a2", "a3", "owner_path", "progress", "lamp", "due", "source_span")

    code = models.CharField("问题编号", max_length=60, unique=True)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="problems")
    number = models.PositiveIntegerField("序号")
    category = models.CharField("大类", max_length=200, blank=True)
    title = models.CharField("问题摘要", max_length=200)
    text = models.TextField("问题原文")
    kind = models.CharField("问题类型", max_length=20, choices=ProblemKind.choices)
    source = models.CharField("来源", max_length=24, choices=SourceType.choices)
    source_class = models.CharField("交办层级", max_length=16, choices=SourceClass.choices)
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所属地区")
    sector = models.CharField("领域", max_length=40, blank=True)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, related_name="led_problems", verbose_name="牵头单位"
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="督办领导",
    )
    leader_name = models.CharField("督办领导（原文）", max_length=60, blank=True)
    goal = models.TextField("整改目标", blank=True)
    requirement = models.TextField("整改要求", blank=True)
    standard = models.TextField("整改标准", blank=True)
    deadline = models.JSONField("整改时限", default=dict)
    engineering = models.BooleanField("工程类", default=False)
    prone_to_rebound = models.BooleanField("易反弹", default=False)
    status_raw = models.CharField("原公布状态", max_length=200, blank=True)
    note = models.TextField("备注", blank=True)
    closure = models.CharField("闭环状态", max_length=20, choices=Closure.choices, default=Closure.OPEN)
    progress = models.CharField("进展", max_length=20, choices=Progress.choices, default=Progress.NOT_STARTED)
    lamp = models.CharField(max_length=12, default="ontrack")
    due = models.DateField(null=True, blank=True)
    source_span = models.JSONField(default=dict, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inspection", "number"], name="problem_number_once_an_inspection"
            ),
            known("closure", Closure, "problem_closure_known"),
            known("progress", Progress, "problem_progress_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lamp", "due", "id"], name="problem_board"),
            models.Index(fields=["a1", "lamp", "due", "id"], name="problem_board_a1"),
            models.Index(fields=["a2", "lamp", "due", "id"], name="problem_board_a2"),
            models.Index(fields=["a3", "lamp", "due", "id"], name="problem_board_a3"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class MeasureQuerySet(ScopedQuerySet["Measure"]):
    """Measures through somebody's eyes."""

    def visible_to(self, viewer: User) -> MeasureQuerySet:
        """All measures of an overseen or led problem; else only those the viewer's unit takes part in."""
        marked: MeasureQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            return cast("MeasureQuerySet", marked.none().unscoped("nobody sees nothing"))
        if top.depth == 0 and not _is_unit(viewer):
            return marked
        parts = Participation.objects.filter(
            organisation__path__gte=top.path, organisation__path__lt=top.path_end
        )
        whole = Q(problem__in=parts.filter(measure=None).values("problem")) | Q(problem__leader=viewer)
        mine = whole | Q(pk__in=parts.values("measure")) | Q(pk__in=_tasks_below(top).values("measure"))
        if _is_unit(viewer):
            return marked.filter(mine)
        return marked.filter(Scope.subtree(top, "problem__") | mine)


class Measure(Recorded):
    """整改措施: one numbered measure of a plan; numbers run through the whole plan."""

    subject_type = "measure"
    derived = ("closure", "progress", "lamp", "due", "source_span")

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="measures")
    number = models.PositiveIntegerField("措施序号")
    text = models.TextField("整改措施")
    deadline = models.JSONField("整改时限", default=dict)
    quantities = models.JSONField("量化目标", default=list)
    status_raw = models.CharField("原公布状态", max_length=200, blank=True)
    narrative = models.TextField("进展情况", blank=True)
    note = models.TextField("备注", blank=True)
    closure = models.CharField("闭环状态", max_length=20, choices=Closure.choices, default=Closure.OPEN)
    progress = models.CharField("进展", max_length=20, choices=Progress.choices, default=Progress.NOT_STARTED)
    lamp = models.CharField(max_length=12, default="ontrack")
    due = models.DateField(null=True, blank=True)
    source_span = models.JSONField(default=dict, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["problem", "number"], name="measure_number_once_a_problem"),
            known("closure", Closure, "measure_closure_known"),
            known("progress", Progress, "measure_progress_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["lamp", "due", "id"], name="measure_board")]

    def __str__(self) -> str:
        return f"措施{self.number}"


class ActiveParts(models.Manager["Participation"]):
    """The parts that hold today; one that ended stays in the table for its history."""

    def get_queryset(self) -> models.QuerySet[Participation]:
        """Leave out what has ended."""
        return super().get_queryset().filter(ended_on=None)


class Participation(Recorded):
    """An organisation's part in a problem, or in one measure of it. Ended parts are kept and not shown."""

    subject_type = "participation"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="participations")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="participations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="participations")
    part = models.CharField("分工", max_length=16, choices=Part.choices)
    person = models.CharField("责任人", max_length=60, blank=True)
    ended_on = models.DateField("退出日期", null=True, blank=True)

    objects = ActiveParts()
    every = models.Manager["Participation"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "measure", "organisation", "part"],
                condition=Q(ended_on=None),
                name="participation_once",
            ),
            models.UniqueConstraint(
                fields=["problem", "organisation", "part"],
                condition=Q(measure=None, ended_on=None),
                name="participation_once_a_problem",
            ),
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(measure=None, part="lead", ended_on=None),
                name="problem_has_one_lead",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "part", "problem"], name="participation_mine")
        ]


class Site(Recorded):
    """点位: one place — a mine, an outlet, an enterprise — with its own state and disposition."""

    subject_type = "site"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="sites")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="sites")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在地区")
    name = models.CharField("点位名称", max_length=120)
    kind = models.CharField("点位类型", max_length=40, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    datum = models.CharField("坐标系", max_length=12, blank=True)
    plan = models.TextField("一点一策", blank=True)
    disposition = models.CharField("处置方式", max_length=60, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    def __str__(self) -> str:
        return self.name


def _tasks_below(top: Organisation) -> Any:
    tasks = apps.get_model("dugai", "Task").objects
    return tasks.unscoped("the viewer's own tasks, as a subquery").filter(Scope.subtree(top)).order_by()


def _is_unit(viewer: User) -> bool:
    return viewer.role in {Role.UNIT_CLERK, Role.UNIT_REVIEWER, Role.VERIFIER} or (
        viewer.role == Role.LEADER and viewer.organisation.kind != "region"
    )
