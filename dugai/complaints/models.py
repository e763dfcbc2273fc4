"""Rows of the letters. No column says who complained: no name, telephone, address or document number."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.complaints.states import Grade, LetterState, Verdict
from dugai.journal.models import Recorded
from dugai.ledger.models import Inspection, Problem
from dugai.ledger.models_entry import known
from dugai.ledger.sight import OwnedRow, Scope, ScopedQuerySet
from dugai.people.models import Organisation, User


class LetterBatchQuerySet(ScopedQuerySet["LetterBatch"]):
    """Batches through somebody's eyes."""

    def visible_to(self, viewer: User) -> LetterBatchQuerySet:
        """Those of the viewer's subtree, and those that hold a letter the viewer sees."""
        marked: LetterBatchQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            nobody: LetterBatchQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        if top.depth == 0:
            return marked
        seen = Letter.objects.visible_to(viewer).order_by()
        return marked.filter(Scope.subtree(top) | Q(pk__in=seen.values("batch")))


class LetterBatch(Recorded, OwnedRow):
    """批次: the letters an inspection handed over on one day to one region.

    `rules` are the values of the rule set `letters` that held on that day; `due_on` follows from them.
    """

    subject_type = "letter_batch"
    derived = ("a1", "a2", "a3", "owner_path")

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="letter_batches")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="交办地区")
    number = models.PositiveIntegerField("批次")
    handed_on = models.DateField("交办日期")
    due_on = models.DateField("答复期限")
    rules = models.JSONField("适用规则", default=dict)

    objects = LetterBatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inspection", "region", "number"], name="letter_batch_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="letter_batch_number_from_one"),
            models.CheckConstraint(condition=Q(due_on__gte=F("handed_on")), name="letter_batch_due_after"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return how people call it: 第3批."""
        return f"第{self.number}批"

    @property
    def soon_days(self) -> int:
        """Return from how many days before its last day a letter is called 临近到期."""
        return int(self.rules.get("soon_days", 0))


class LetterQuerySet(ScopedQuerySet["Letter"]):
    """Letters through somebody's eyes."""

    def visible_to(self, viewer: User) -> LetterQuerySet:
        """Those about places in the viewer's subtree, and those a unit inside it handles."""
        marked: LetterQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            nobody: LetterQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        if top.depth == 0:
            return marked
        handled = Q(lead__path__gte=top.path, lead__path__lt=top.path_end)
        return marked.filter(Scope.subtree(top) | handled)


class Letter(Recorded, OwnedRow):
    """信访件: what was reported, what was found, what was done.

    `due` is the day the answer is owed and `follow_up` the day a 阶段性办结 promised next. `persons` counts
    people held to account once each (人), `person_times` every time one was (人次); None where nobody said,
    never guessed. `confirmed` keeps the sightings of possible personal data that a person looked at, as
    [field, kind].
    """

    subject_type = "letter"
    derived = ("a1", "a2", "a3", "owner_path")

    batch = models.ForeignKey(LetterBatch, models.PROTECT, related_name="letters")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="letters")
    number = models.CharField("受理编号", max_length=40)
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="行政区域")
    types = models.JSONField("污染类型", default=list)
    grade = models.CharField("类别", max_length=12, choices=Grade.choices, default=Grade.ORDINARY)
    summary = models.TextField("交办问题基本情况")
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理单位"
    )
    verdict = models.CharField("是否属实", max_length=12, choices=Verdict.choices, blank=True)
    findings = models.TextField("调查核实情况", blank=True)
    handling = models.TextField("处理和整改情况", blank=True)
    state = models.CharField(
        "办理状态", max_length=12, choices=LetterState.choices, default=LetterState.HANDED
    )
    due = models.DateField("答复期限")
    follow_up = models.DateField("下一步完成日期", null=True, blank=True)
    persons = models.PositiveIntegerField("问责人数", null=True, blank=True)
    person_times = models.PositiveIntegerField("问责人次", null=True, blank=True)
    accountability = models.TextField("责任人被处理情况", blank=True)
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name="关联问题"
    )
    confirmed = models.JSONField("已核实的疑似个人信息", default=list)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_on = models.DateField("报送日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opinion = models.CharField("审核意见", max_length=500, blank=True)
    source_span = models.JSONField(default=dict, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "number"], name="letter_number_once"),
            known("state", LetterState, "letter_state_known"),
            known("grade", Grade, "letter_grade_known"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="letter_verdict_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("done", "staged", "review")) | ~Q(verdict=""),
                name="letter_answered_has_verdict",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("answered_by")),
                name="letter_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(persons=None) | Q(person_times=None) | Q(person_times__gte=F("persons")),
                name="letter_times_cover_persons",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "id"], name="letter_of_batch"),
            models.Index(fields=["lead", "state", "due", "id"], name="letter_desk"),
            models.Index(fields=["a1", "state", "id"], name="letter_a1"),
            models.Index(fields=["a2", "state", "id"], name="letter_a2"),
            models.Index(fields=["state", "id"], name="letter_state"),
        ]

    def __str__(self) -> str:
        return self.number
