"""Rows of the evidence room."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import models
from django.db.models import F, Q

from dugai.evidence.states import EvidenceState, Phase, ReadingState
from dugai.files.models import Blob, StoredFile
from dugai.journal.models import Recorded
from dugai.ledger.models import Measure, Problem, Site, Task
from dugai.ledger.models_entry import known
from dugai.ledger.sight import ScopedQuerySet
from dugai.people.models import Organisation, User


class EvidenceQuerySet(ScopedQuerySet["Evidence"]):
    """Evidence through somebody's eyes: that of the problems they see."""

    def visible_to(self, viewer: User) -> EvidenceQuerySet:
        """The evidence of problems in sight."""
        seen = Problem.objects.visible_to(viewer).order_by()
        return cast("EvidenceQuerySet", self._mark().filter(problem__in=seen.values("pk")))


class Evidence(Recorded):
    """佐证: one file for one criterion of one problem, with what is claimed of it and what was decided."""

    subject_type = "evidence"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="evidence")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="evidence")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="evidence")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="evidence")
    slot = models.CharField("佐证类别", max_length=40)
    phase = models.CharField("阶段", max_length=12, choices=Phase.choices)
    pair = models.CharField("对照组", max_length=32, blank=True)
    title = models.CharField("名称", max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="evidence")
    claimed_at = models.DateTimeField("拍摄或形成时间（填报）", null=True, blank=True)
    claimed_place = models.CharField("地点（填报）", max_length=120, blank=True)
    claimed_latitude = models.DecimalField(
        "纬度（填报）", max_digits=9, decimal_places=6, null=True, blank=True
    )
    claimed_longitude = models.DecimalField(
        "经度（填报）", max_digits=9, decimal_places=6, null=True, blank=True
    )
    state = models.CharField(
        "状态", max_length=12, choices=EvidenceState.choices, default=EvidenceState.PENDING
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="提交单位")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewing_unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核单位"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField("审核意见", max_length=500, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            known("state", EvidenceState, "evidence_state_known"),
            known("phase", Phase, "evidence_phase_known"),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted",))
                | (
                    Q(reviewer__isnull=False)
                    & Q(reviewing_unit__isnull=False)
                    & ~Q(reviewer=F("added_by"))
                    & ~Q(reviewing_unit=F("organisation"))
                ),
                name="evidence_accepted_by_another_unit",
            ),
            models.CheckConstraint(
                condition=Q(claimed_latitude__isnull=True, claimed_longitude__isnull=True)
                | Q(
                    claimed_latitude__gte=-90,
                    claimed_latitude__lte=90,
                    claimed_longitude__gte=-180,
                    claimed_longitude__lte=180,
                ),
                name="evidence_place_on_earth",
            ),
            models.UniqueConstraint(
                fields=["problem", "pair", "phase"],
                condition=~Q(pair="") & Q(state__in=("pending", "accepted", "returned")),
                name="evidence_one_view_a_phase",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["problem", "slot", "state", "id"], name="evidence_of_problem"),
            models.Index(fields=["state", "id"], name="evidence_queue"),
        ]

    def __str__(self) -> str:
        return self.title


class Reading(Recorded):
    """What the content of a blob says of itself: capture time and place, size of the picture, pages.

    Read once in the cage, for every file that has this content; nobody edits it.
    """

    subject_type = "reading"

    blob = models.OneToOneField(Blob, models.PROTECT, related_name="reading")
    state = models.CharField(max_length=12, choices=ReadingState.choices)
    reason = models.CharField(max_length=300, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    zone_given = models.BooleanField(default=False)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    camera = models.CharField(max_length=120, blank=True)
    software = models.CharField(max_length=120, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [known("state", ReadingState, "reading_state_known")]


class Derivative(models.Model):
    """A small or middle-sized picture drawn from a blob, without its EXIF; it can be drawn again."""

    blob = models.ForeignKey(Blob, models.PROTECT, related_name="derivatives")
    kind = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blob", "kind"], name="derivative_once"),
        ]
