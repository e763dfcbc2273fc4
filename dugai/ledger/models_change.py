"""Plans as versions, approved changes, and links between problems of different rounds."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.journal.models import Recorded
from dugai.ledger.models_entry import Inspection, Measure, Problem, known
from dugai.ledger.models_task import Task
from dugai.ledger.states import ChangeKind, ChangeState, LinkKind, PlanState
from dugai.people.models import Organisation


class Plan(Recorded):
    """整改方案: one organisation's plan for one inspection; its content lives in versions."""

    subject_type = "plan"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="plans")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plans")
    title = models.CharField("方案名称", max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "organisation"], name="plan_once_an_organisation"),
        ]


class PlanVersion(Recorded):
    """One version of a plan: what it binds (as a snapshot), who submitted it and who approved it."""

    subject_type = "plan_version"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=16, choices=PlanState.choices, default="draft")
    reason = models.CharField("修订原因", max_length=300, blank=True)
    snapshot = models.JSONField(default=dict)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField("审定日期", null=True, blank=True)
    opinion = models.CharField("审定意见", max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")), name="plan_two_people"
            ),
            known("state", PlanState, "plan_state_known"),
        ]


class ChangeRequest(Recorded):
    """申请调整: a requested change of deadline, target, owner or wording, and the decision on it."""

    subject_type = "change_request"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="change_requests")
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="change_requests"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="change_requests")
    field = models.CharField("调整项", max_length=20, choices=ChangeKind.choices)
    old = models.JSONField()
    new = models.JSONField()
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=16, choices=ChangeState.choices, default="requested")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opinion = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")), name="change_two_people"
            ),
            known("state", ChangeState, "change_state_known"),
        ]


class ProblemLink(Recorded):
    """沿袭、转入、合并、举一反三: how one problem follows another, across rounds and levels."""

    subject_type = "problem_link"

    earlier = models.ForeignKey(Problem, models.PROTECT, related_name="later_links")
    later = models.ForeignKey(Problem, models.PROTECT, related_name="earlier_links")
    relation = models.CharField("关系", max_length=12, choices=LinkKind.choices)
    reason = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["earlier", "later", "relation"], name="problem_link_once"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="problem_link_not_self"),
        ]
