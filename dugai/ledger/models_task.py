"""Tasks: a measure times a responsible unit, as a tree; their targets and milestones; roll-ups."""

from __future__ import annotations

from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.journal.models import Recorded
from dugai.ledger.models_entry import OVERSEEING_PARTS, Measure, Participation, Problem, known
from dugai.ledger.sight import OwnedRow, Scope, ScopedQuerySet
from dugai.ledger.states import Closure, Progress
from dugai.people.models import Organisation, User
from dugai.people.states import Role


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Tasks through somebody's eyes."""

    def visible_to(self, viewer: User) -> TaskQuerySet:
        """Those owned in the viewer's subtree, and those of problems the viewer's unit oversees.

        An office or government sees its region by one indexed equality. A unit adds the tasks of
        problems or measures it leads, supervises or accepts; a leader those led by name. The two
        sets are joined as a UNION of ids so that each half keeps its own index.
        """
        marked: TaskQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            return cast("TaskQuerySet", marked.none().unscoped("nobody sees nothing"))
        if top.depth == 0:
            return marked
        own = Task.objects.unscoped("half of a visible set").filter(Scope.subtree(top)).order_by()
        halves = [own.values("pk")]
        parts = Participation.objects.filter(organisation=viewer.organisation_id, part__in=OVERSEEING_PARTS)
        if viewer.role in OVERSEEING_ROLES:
            overseen = Task.objects.unscoped("half of a visible set").order_by()
            halves.append(
                overseen.filter(problem__in=parts.filter(measure=None).values("problem")).values("pk")
            )
            halves.append(
                overseen.filter(measure__in=parts.exclude(measure=None).values("measure")).values("pk")
            )
        if viewer.role == Role.LEADER:
            led = Task.objects.unscoped("half of a visible set").order_by()
            halves.append(led.filter(problem__leader=viewer).values("pk"))
        if len(halves) == 1:
            return marked.filter(Scope.subtree(top))
        return marked.filter(pk__in=halves[0].union(*halves[1:]))


OVERSEEING_ROLES = frozenset({Role.UNIT_CLERK, Role.UNIT_REVIEWER, Role.VERIFIER, Role.LEADER})


class Task(Recorded, OwnedRow):
    """任务: what one unit has to do for one measure; it may be split among units below."""

    subject_type = "task"
    derived = (
        "a1",
        "a2",
        "a3",
        "owner_path",
        "closure",
        "lamp",
        "due",
        "behind_from",
        "is_leaf",
        "last_report_on",
    )

    code = models.CharField("任务编号", max_length=80, unique=True)
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="tasks")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="tasks")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="tasks", verbose_name="责任单位")
    person = models.CharField("责任人", max_length=60, blank=True)
    title = models.CharField("任务", max_length=200)
    text = models.TextField("任务内容", blank=True)
    deadline = models.JSONField("整改时限", default=dict)
    internal_due = models.DateField("内部时限", null=True, blank=True)
    split_note = models.CharField("分解说明", max_length=300, blank=True)
    progress = models.CharField("进展", max_length=20, choices=Progress.choices, default=Progress.NOT_STARTED)
    closure = models.CharField("闭环状态", max_length=20, choices=Closure.choices, default=Closure.OPEN)
    is_leaf = models.BooleanField(default=True)
    due = models.DateField(null=True, blank=True)
    behind_from = models.DateField(null=True, blank=True)
    lamp = models.CharField(max_length=12, default="ontrack")
    last_report_on = models.DateField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            known("closure", Closure, "task_closure_known"),
            known("progress", Progress, "task_progress_known"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="task_not_its_own_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lamp", "due", "id", "is_leaf", "progress"], name="task_board"),
            models.Index(fields=["a1", "lamp", "due", "id", "is_leaf", "progress"], name="task_board_a1"),
            models.Index(fields=["a2", "lamp", "due", "id", "is_leaf", "progress"], name="task_board_a2"),
            models.Index(fields=["a3", "lamp", "due", "id", "is_leaf", "progress"], name="task_board_a3"),
            models.Index(
                fields=["owner", "lamp", "due", "id", "is_leaf", "progress"], name="task_board_owner"
            ),
            models.Index(fields=["progress", "lamp", "due", "id", "is_leaf"], name="task_progress"),
            models.Index(
                fields=["behind_from", "id"], condition=Q(lamp__in=("soon", "ontrack")), name="task_to_fall"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TaskTarget(Recorded):
    """A quantity a task has to reach: 管网 6.4 公里, 点位 19 处. Children share out the parent's amount."""

    subject_type = "task_target"

    task = models.ForeignKey(Task, models.CASCADE, related_name="targets")
    name = models.CharField("指标", max_length=60)
    unit = models.CharField("单位", max_length=16)
    amount = models.DecimalField("目标量", max_digits=18, decimal_places=4)
    done = models.DecimalField("已完成", max_digits=18, decimal_places=4, default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "name", "unit"], name="target_once_a_task"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="target_amount_not_negative"),
            models.CheckConstraint(condition=Q(done__gte=0), name="target_done_not_negative"),
        ]


class Milestone(Recorded):
    """节点: a dated step of a task, with the quantity planned by then, if it has one."""

    subject_type = "milestone"

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones")
    name = models.CharField("节点", max_length=200)
    due = models.DateField("节点日期")
    weight = models.DecimalField("权重", max_digits=6, decimal_places=2, default=1)
    planned = models.DecimalField("计划完成量", max_digits=18, decimal_places=4, null=True, blank=True)
    met_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="milestone_weight_positive"),
        ]


class Tally(models.Model):
    """A roll-up kept inside the writing transaction: how many rows of one level have one lamp.

    Rows are signed and may be many for one key; their sum is the count. Writers only insert, so
    they never wait for each other on a shared counter; housekeeping folds the rows of a key into one.
    A row counts for its owner's organisation and for each of its ancestors.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    level = models.CharField(max_length=8)
    lamp = models.CharField(max_length=12)
    n = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "level", "lamp", "n"], name="tally_key")]


class LampSample(models.Model):
    """How many rows of one level had one lamp on one day, kept once a day so that a trend can be drawn.

    Written from the roll-ups; a day that was sampled again carries the later counts.
    """

    day = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    level = models.CharField(max_length=8)
    lamp = models.CharField(max_length=12)
    n = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "level", "day", "lamp"], name="lamp_sampled_once_a_day"
            )
        ]


class SavedView(models.Model):
    """已存视图: a named set of filters of one person; it carries no right of its own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField("名称", max_length=40)
    page = models.CharField(max_length=32)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="view_name_once")
        ]


class ListExport(Recorded):
    """A list that somebody took out of the house: which filters, how many rows."""

    subject_type = "list_export"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filters = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
