"""One attempt at closing a problem: application, checks, visits and signatures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from dugai.acceptance.states import LIVE_CASES, CaseState, Conclusion, Met, StepKind
from dugai.files.models import StoredFile
from dugai.journal.models import Recorded
from dugai.ledger.models import Measure, Problem
from dugai.ledger.models_entry import known
from dugai.ledger.sight import OwnedRow, Scope, ScopedQuerySet
from dugai.people.models import Organisation, User
from dugai.rulebook.models import RuleSet

FROZEN = (
    "problem",
    "attempt",
    "class_name",
    "rules",
    "rule_set",
    "rules_digest",
    "applicant_unit",
    "applied_by",
    "required_level",
    "required_proofs",
    "required_documents",
    "required_visits",
    "required_signs",
    "notice_days",
    "previous",
)
"""What is fixed when a case begins; the database refuses to change it (gates.py)."""


class CaseQuerySet(ScopedQuerySet["CloseoutCase"]):
    """Cases through somebody's eyes: those of the problems the viewer sees."""

    def visible_to(self, viewer: User) -> CaseQuerySet:
        """The whole subtree by the case's own columns for the root, else through the ledger."""
        marked: CaseQuerySet = self._mark()
        if Scope.top(viewer) is None:
            nobody: CaseQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        return marked.filter(problem__in=Problem.objects.visible_to(viewer).order_by().values("pk"))


class CloseoutCase(Recorded, OwnedRow):
    """验收销号: one attempt. The rules in force when it began stay with it, in words and as plain columns.

    `required_…` and `notice_days` are computed from the rules once, so that the database can compare them
    with the rows that are there. `waiting_for` is the key of the next step, for queues.
    """

    subject_type = "closeout_case"
    derived = ("a1", "a2", "a3", "owner_path", "waiting_rank")

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="cases")
    attempt = models.PositiveSmallIntegerField("第几次")
    state = models.CharField("状态", max_length=20, choices=CaseState.choices, default=CaseState.APPLIED)
    class_name = models.CharField("交办层级", max_length=16)
    rules = models.JSONField("适用程序")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="+")
    rules_digest = models.CharField(max_length=64)
    checklist = models.CharField("佐证清单", max_length=40)
    applicant_unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField("申请时间")
    statement = models.TextField("自查自验情况")
    days_before_due = models.IntegerField("距时限天数", null=True)
    required_level = models.PositiveSmallIntegerField()
    required_proofs = models.PositiveSmallIntegerField()
    required_documents = models.PositiveSmallIntegerField()
    required_visits = models.PositiveSmallIntegerField()
    required_signs = models.PositiveSmallIntegerField()
    notice_days = models.PositiveSmallIntegerField()
    closed_on = models.DateField("销号日期", null=True)
    consolidation_until = models.DateField("巩固期至", null=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="next_attempts")
    ended_reason = models.CharField("结束原因", max_length=500, blank=True)
    waiting_for = models.CharField(max_length=24, blank=True)
    waiting_rank = models.PositiveSmallIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            known("state", CaseState, "case_state_known"),
            models.UniqueConstraint(fields=["problem", "attempt"], name="case_attempt_once"),
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(state__in=sorted(LIVE_CASES)),
                name="case_one_live_a_problem",
            ),
            models.CheckConstraint(
                condition=Q(
                    required_proofs__gte=1, required_visits__gte=1, required_signs__gte=1, notice_days__gte=1
                ),
                name="case_asks_for_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="case_queue"),
            models.Index(fields=["a1", "state", "id"], name="case_queue_a1"),
            models.Index(fields=["a2", "state", "id"], name="case_queue_a2"),
            models.Index(fields=["a3", "state", "id"], name="case_queue_a3"),
        ]

    def __str__(self) -> str:
        return f"第{self.attempt}次验收"


class CaseMeasure(Recorded):
    """One line of the measure-by-measure table: what is claimed, where the proof is, what was found."""

    subject_type = "case_measure"

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="lines")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    claim = models.TextField("完成情况")
    proof = models.CharField("佐证材料", max_length=500, blank=True)
    conclusion = models.CharField("核查结论", max_length=12, blank=True, default="")
    note = models.CharField("核查说明", max_length=500, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            known("conclusion", Met, "case_measure_conclusion_known"),
            models.UniqueConstraint(fields=["case", "measure"], name="case_measure_once"),
        ]


class CaseProof(Recorded):
    """One piece of evidence that the case asks for, as its checklist said when it began. Never changed."""

    subject_type = "case_proof"

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="proofs")
    slot = models.CharField("佐证类别", max_length=40)
    name = models.CharField("名称", max_length=120)
    phase = models.CharField("阶段", max_length=12, blank=True)
    paired = models.BooleanField("前后对照", default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "slot", "phase"], name="case_proof_once"),
        ]


class SiteVisit(Recorded):
    """现场核查: who was where, when, and what they found. `draft_key` makes sending exactly once."""

    subject_type = "site_visit"

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="visits")
    draft_key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    members = models.JSONField("核查人员")
    place = models.CharField("地点", max_length=200)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True)
    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    findings = models.TextField("核查情况")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "draft_key"], name="visit_once"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=models.F("began_at")), name="visit_ends_after_it_began"
            ),
        ]


class VisitPhoto(Recorded):
    """A photo of a visit, sent once whatever the signal; it may arrive before the visit itself."""

    subject_type = "visit_photo"

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="photos")
    visit_key = models.CharField(max_length=64)
    photo_key = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("拍摄时间", null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True)
    caption = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "visit_key", "photo_key"], name="visit_photo_once"),
        ]


class Verification(Recorded):
    """One step taken by one organisation and person: papers, a visit, a signature. Never changed."""

    subject_type = "verification"

    case = models.ForeignKey(CloseoutCase, models.PROTECT, related_name="verifications")
    step = models.CharField("步骤", max_length=24)
    kind = models.CharField("类别", max_length=12, choices=StepKind.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion.choices)
    opinion = models.CharField("意见", max_length=1000, blank=True)
    at = models.DateTimeField("时间")
    visit = models.OneToOneField(SiteVisit, models.PROTECT, null=True, related_name="verification")

    class Meta:
        constraints: ClassVar = [
            known("kind", StepKind, "verification_kind_known"),
            known("conclusion", Conclusion, "verification_conclusion_known"),
            models.UniqueConstraint(
                fields=["case", "step"], condition=Q(conclusion="pass"), name="step_passed_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="visit") | Q(visit__isnull=False), name="verification_visit_is_there"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "kind", "conclusion"], name="verification_gate")]
