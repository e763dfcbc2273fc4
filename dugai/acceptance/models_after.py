"""Notice and objections, the register of numbers, what needs two people, and the look-back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.acceptance.models_case import CloseoutCase
from dugai.acceptance.states import LookBackState, MotionKind, MotionState, ObjectionState
from dugai.journal.models import Recorded
from dugai.ledger.models import Problem
from dugai.ledger.models_entry import known
from dugai.people.models import Organisation


class PublicNotice(Recorded):
    """公示: the text as it was published, from when to when, where. Never changed."""

    subject_type = "public_notice"

    case = models.OneToOneField(CloseoutCase, models.PROTECT, related_name="notice")
    text = models.JSONField("公示内容")
    channel = models.CharField("公示渠道", max_length=60)
    address = models.CharField("公示网址或版面", max_length=300)
    contact = models.CharField("联系方式", max_length=120)
    starts_on = models.DateField("公示开始")
    until = models.DateField("公示结束")
    objections_until = models.DateField("受理异议至")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("starts_on")), name="notice_ends_after"),
            models.CheckConstraint(
                condition=Q(objections_until__gte=F("until")), name="notice_objections_not_shorter"
            ),
        ]


class Objection(Recorded):
    """异议. Who objects is sealed in this row alone; the journal holds a commitment to it."""

    subject_type = "objection"
    derived = ("contact", "salt")

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="objections")
    received_on = models.DateField("收到日期")
    channel = models.CharField("来源", max_length=40)
    content = models.TextField("异议内容")
    contact = models.TextField(blank=True)
    salt = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField("核查答复", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            known("state", ObjectionState, "objection_state_known"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(answered_by__isnull=False) & ~Q(answer="")),
                name="objection_answered_in_words",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "state"], name="objection_gate")]


class NumberCounter(models.Model):
    """The last close-out number of one region in one year; its row lock keeps the numbers gapless."""

    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "year"], name="closure_counter_once"),
        ]


class ClosureEntry(Recorded):
    """销号台账: the number a closed problem has, and its filing."""

    subject_type = "closure_entry"

    case = models.OneToOneField(CloseoutCase, models.PROTECT, related_name="entry")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("序号")
    text = models.CharField("销号文号", max_length=80, unique=True)
    closed_on = models.DateField("销号日期")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_on = models.DateField("备案日期", null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filed_with = models.CharField("备案机关", max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "year", "number"], name="closure_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="closure_number_from_one"),
        ]


class CloseoutProposal(Recorded):
    """What one person proposes and another decides: 销号, 重新整改, 转入下一轮, 强化整改."""

    subject_type = "closeout_proposal"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="closeout_proposals")
    case = models.ForeignKey(CloseoutCase, models.PROTECT, null=True, related_name="proposals")
    kind = models.CharField("事项", max_length=12, choices=MotionKind.choices)
    state = models.CharField("状态", max_length=12, choices=MotionState.choices, default=MotionState.PROPOSED)
    reason = models.CharField("理由", max_length=1000)
    requirement = models.TextField("整改要求", blank=True)
    due = models.DateField("要求完成日期", null=True)
    successor = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            known("kind", MotionKind, "closeout_proposal_kind_known"),
            known("state", MotionState, "closeout_proposal_state_known"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="closeout_proposal_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["problem", "kind"],
                condition=Q(state="proposed"),
                name="closeout_proposal_waits_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "kind", "state"], name="closeout_proposal_gate")]


class LookBackPlan(Recorded):
    """回头看: one draw among what is closed. Seed and population are kept, so that anyone can repeat it."""

    subject_type = "look_back_plan"

    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=120)
    seed = models.CharField("种子", max_length=80)
    share_percent = models.PositiveSmallIntegerField("比例")
    closed_until = models.DateField("销号不晚于")
    population = models.PositiveIntegerField("总数")
    population_digest = models.CharField(max_length=64)
    due = models.DateField("完成期限")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "title"], name="look_back_titled_once"),
            models.CheckConstraint(
                condition=Q(share_percent__gte=1, share_percent__lte=100), name="look_back_share"
            ),
        ]


class LookBack(Recorded):
    """One drawn item: the three questions 反弹, 到位, 稳固, and what was found."""

    subject_type = "look_back"

    plan = models.ForeignKey(LookBackPlan, models.PROTECT, related_name="items")
    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="look_backs")
    visitor_unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(
        "状态", max_length=12, choices=LookBackState.choices, default=LookBackState.PLANNED
    )
    rebound = models.BooleanField("问题反弹", null=True)
    in_place = models.BooleanField("整改到位", null=True)
    stable = models.BooleanField("成效稳固", null=True)
    findings = models.TextField("回访情况", blank=True)
    visited_on = models.DateField("回访日期", null=True)
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            known("state", LookBackState, "look_back_state_known"),
            models.UniqueConstraint(fields=["plan", "case"], name="look_back_drawn_once"),
            models.CheckConstraint(
                condition=Q(state="planned")
                | Q(
                    rebound__isnull=False,
                    in_place__isnull=False,
                    stable__isnull=False,
                    visited_by__isnull=False,
                ),
                name="look_back_answers_all_three",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["visitor_unit", "state", "id"], name="look_back_mine"),
        ]
