"""Rows of the reporting rounds."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.files.models import StoredFile
from dugai.journal.models import Recorded
from dugai.ledger.models import Task
from dugai.ledger.sight import OwnedRow, Scope, ScopedQuerySet
from dugai.ledger.states import Progress
from dugai.people.models import Organisation, User
from dugai.progress.states import ReportState, RoundKind, RoundState


class RoundQuerySet(ScopedQuerySet["Round"]):
    """Rounds through somebody's eyes."""

    def visible_to(self, viewer: User) -> RoundQuerySet:
        """Rounds called by an organisation above the viewer, or under what the viewer oversees."""
        marked: RoundQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            nobody: RoundQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        above = Q(caller__path__in=viewer.organisation.ancestor_paths)
        beside = Q(region__path__in=viewer.organisation.ancestor_paths)
        return marked.filter(above | beside | Q(region__path__gte=top.path, region__path__lt=top.path_end))


class Round(Recorded):
    """调度轮次: who must report on what by when. Closing it freezes its figures."""

    subject_type = "round"
    derived = ("total", "covered", "laid_until")

    kind = models.CharField("类别", max_length=12, choices=RoundKind.choices)
    period = models.CharField("期次", max_length=16)
    title = models.CharField("名称", max_length=120)
    caller = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发起单位")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="范围")
    filters = models.JSONField("条件", default=dict)
    starts_on = models.DateField("开始日期")
    due_on = models.DateField("报送截止")
    adopt_by = models.DateField("审核截止")
    state = models.CharField("状态", max_length=12, choices=RoundState.choices, default=RoundState.OPENING)
    instruction = models.TextField("填报要求", blank=True)
    rules = models.JSONField("适用规则", default=dict)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField("关账数据", default=dict)
    total = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)
    laid_until = models.BigIntegerField(default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "kind", "period"], condition=~Q(kind="special"), name="round_once_a_period"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="round_due_after_start"),
            models.CheckConstraint(condition=Q(adopt_by__gte=F("due_on")), name="round_adopt_after_due"),
        ]

    def __str__(self) -> str:
        return self.title


WHOLE_KINDS = frozenset({"office", "region", "supervision", "discipline"})
"""Kinds of organisations that see reports by their region alone."""


class ReportQuerySet(ScopedQuerySet["Report"]):
    """Reports through somebody's eyes: those of tasks the viewer sees."""

    def visible_to(self, viewer: User) -> ReportQuerySet:
        """Own subtree by the report's own scope columns; overseen tasks through the ledger."""
        marked: ReportQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            nobody: ReportQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        if top.depth == 0:
            return marked
        own = Scope.subtree(top)
        if sees_whole_subtree(viewer):
            return marked.filter(own)
        if viewer.organisation.kind in WHOLE_KINDS:
            return marked.filter(own | Q(problem__leader=viewer))
        return marked.filter(own | Q(task__in=Task.objects.visible_to(viewer).values("pk")))


def sees_whole_subtree(viewer: User) -> bool:
    """Say whether the reports a viewer sees are exactly those below their top, which roll-ups count."""
    top = Scope.top(viewer)
    if top is None:
        return False
    return top.depth == 0 or (viewer.organisation.kind in WHOLE_KINDS and viewer.role != "leader")


class Report(Recorded, OwnedRow):
    """进展填报: one task's report in one round, from owed to adopted."""

    subject_type = "report"
    derived = ("a1", "a2", "a3", "owner_path")

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    task = models.ForeignKey(Task, models.PROTECT, related_name="reports")
    problem = models.ForeignKey("dugai.Problem", models.PROTECT, related_name="reports")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="reports", verbose_name="填报单位")
    at_desk_of = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="当前审核单位"
    )
    state = models.CharField("状态", max_length=12, choices=ReportState.choices, default=ReportState.OWED)
    progress = models.CharField("进展", max_length=20, choices=Progress.choices, default=Progress.NOT_STARTED)
    percent = models.PositiveSmallIntegerField("完成比例", default=0)
    summary = models.TextField("进展情况", blank=True)
    quantities = models.JSONField("完成量", default=list)
    funds_planned = models.DecimalField(
        "计划资金（万元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    funds_paid = models.DecimalField("已支付（万元）", max_digits=16, decimal_places=2, null=True, blank=True)
    difficulty = models.TextField("困难问题", blank=True)
    help_wanted = models.TextField("需协调事项", blank=True)
    next_step = models.TextField("下一步安排", blank=True)
    met = models.JSONField("本期完成的节点", default=list)
    correction = models.CharField("更正说明", max_length=300, blank=True)
    no_change_reason = models.CharField("无变化的原因", max_length=300, blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField("迟报", default=False)
    exception = models.BooleanField("关账后补报", default=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_opinion = models.CharField("审核意见", max_length=500, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField("回执号", max_length=40, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "task"], name="report_once_a_round"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="report_percent_at_most_100"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.UniqueConstraint(fields=["receipt"], condition=~Q(receipt=""), name="report_receipt_once"),
            models.CheckConstraint(
                condition=~Q(state="adopted") | (Q(reviewer__isnull=False) & ~Q(reviewer=F("reporter"))),
                name="report_adopted_by_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["round", "state", "id"], name="report_board"),
            models.Index(fields=["round", "a1", "state", "id"], name="report_board_a1"),
            models.Index(fields=["round", "a2", "state", "id"], name="report_board_a2"),
            models.Index(fields=["round", "a3", "state", "id"], name="report_board_a3"),
            models.Index(fields=["round", "owner", "state", "id"], name="report_board_owner"),
            models.Index(fields=["at_desk_of", "state", "id"], name="report_desk"),
            models.Index(fields=["task", "state", "id"], name="report_of_task"),
        ]


class ReportDraft(models.Model):
    """What is being typed, as typed: no decision, so no events; `edition` keeps two writers apart."""

    report = models.OneToOneField(Report, models.PROTECT, primary_key=True, related_name="draft")
    edition = models.PositiveIntegerField(default=1)
    values = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()


class ReceiptCounter(models.Model):
    """The last receipt number of one region on one day; its row lock keeps the numbers gapless."""

    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "day"], name="receipt_counter_once_a_day"),
        ]


class ReportFile(Recorded):
    """An attachment of a report."""

    subject_type = "report_file"

    report = models.ForeignKey(Report, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    removed = models.BooleanField(default=False)


class RoundTally(models.Model):
    """A roll-up like the ledger's: how many reports of one round below one organisation have one state.

    The key `late` stands beside the states and counts reports handed in after the due day.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="tallies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    n = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["round", "organisation", "state", "n"], name="round_tally_key")
        ]
