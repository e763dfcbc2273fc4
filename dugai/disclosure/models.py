"""Rows of texts and releases. A snapshot stands alone: it names no table of the staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dugai.complaints.models import LetterBatch
from dugai.disclosure.models_portal import *  # noqa: F403
from dugai.disclosure.rules_words import UNSEARCHED, words_of
from dugai.disclosure.states import OUT, Genre, ReleaseState, Severity, SnapshotKind, TextState
from dugai.files.models import StoredFile
from dugai.journal.models import Recorded
from dugai.kernel.choices import Choices
from dugai.ledger.models import Inspection, Problem
from dugai.ledger.sight import Scope, ScopedQuerySet
from dugai.people.models import Organisation, User
from dugai.people.states import Role


def known(field: str, enum: type[Choices], name: str) -> models.CheckConstraint:
    """Return the constraint that `field` holds a value of `enum`."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": enum.values}), name=name)


class TextTemplate(Recorded):
    """An office's own wording of a template; without one the shipped wording answers."""

    subject_type = "text_template"

    genre = models.CharField("文种", max_length=20, choices=Genre.choices)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    lines = models.TextField("模板")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["genre", "office"], name="text_template_once_an_office"),
            known("genre", Genre, "text_template_genre_known"),
        ]


class TextQuerySet(ScopedQuerySet["Text"]):
    """Texts through somebody's eyes."""

    def visible_to(self, viewer: User) -> TextQuerySet:
        """Those of the viewer's own office; what was released, by those inside and above its region."""
        marked: TextQuerySet = self._mark()
        top = Scope.top(viewer)
        if top is None:
            nobody: TextQuerySet = marked.none().unscoped("nobody sees nothing")
            return nobody
        out = Q(state__in=OUT)
        inside = out & Q(region__path__in=viewer.organisation.ancestor_paths)
        above = out & Q(region__path__gte=top.path, region__path__lt=top.path_end)
        seen = Q(office=viewer.organisation_id) | inside | above
        if viewer.role == Role.LEADER:
            seen |= Q(region=viewer.organisation_id) & ~Q(state__in=(TextState.DRAFT, TextState.DISCARDED))
        return marked.filter(seen)


class Text(Recorded):
    """A document being written: blocks of prose and figures, from draft to release.

    `body` is `{"blocks": [...], "figures": {...}}` in the shape of `rules_body`. `edition` counts what was
    saved; each saved body is a `TextVersion`.
    """

    subject_type = "text"

    genre = models.CharField("文种", max_length=20, choices=Genre.choices)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="起草单位")
    region = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="地区")
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="督察"
    )
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="问题"
    )
    batch = models.ForeignKey(
        LetterBatch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="信访件批次"
    )
    period = models.CharField("期次", max_length=16, blank=True)
    as_of = models.DateField("数据截至")
    body = models.JSONField("正文", default=dict)
    edition = models.PositiveIntegerField("稿次", default=1)
    state = models.CharField("状态", max_length=12, choices=TextState.choices, default=TextState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField("审核意见", max_length=500, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    saved_at = models.DateTimeField()

    objects = TextQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            known("genre", Genre, "text_genre_known"),
            known("state", TextState, "text_state_known"),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("editor"))),
                name="text_approved_by_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "state", "-id"], name="text_desk"),
            models.Index(fields=["region", "genre", "-id"], name="text_of_region"),
        ]

    def __str__(self) -> str:
        return self.title


class TextVersion(models.Model):
    """One saved body. Its digest stands in the event of the saving; a version is never changed."""

    text = models.ForeignKey(Text, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["text", "number"], name="text_version_once")]


class TextFile(Recorded):
    """An attachment of a text; `hidden` lists what the scan found inside it."""

    subject_type = "text_file"

    text = models.ForeignKey(Text, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    hidden = models.JSONField(default=list)
    removed = models.BooleanField(default=False)


class Finding(models.Model):
    """What a check found in one edition of a text. `key` survives a new check, and with it the overruling."""

    text = models.ForeignKey(Text, models.CASCADE, related_name="findings")
    edition = models.PositiveIntegerField()
    rule = models.CharField(max_length=32)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    block = models.IntegerField(null=True)
    quote = models.TextField(blank=True)
    message = models.TextField()
    key = models.CharField(max_length=64)
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    overruled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text", "key"], name="finding_once_a_text"),
            models.CheckConstraint(
                condition=Q(overruled_by=None) | ~Q(reason=""), name="finding_overruled_with_reason"
            ),
        ]

    @property
    def stops(self) -> bool:
        """Whether the release waits for it."""
        return self.severity == Severity.BLOCK and self.overruled_by_id is None


class Release(Recorded):
    """What left the house, where and when: the snapshot as released, with its digests."""

    subject_type = "release"

    text = models.ForeignKey(Text, models.PROTECT, related_name="releases")
    number = models.CharField("发布编号", max_length=40, unique=True)
    title = models.CharField("标题", max_length=200)
    channels = models.JSONField("渠道", default=list)
    released_on = models.DateField("发布日期")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    state = models.CharField(
        "状态", max_length=12, choices=ReleaseState.choices, default=ReleaseState.STANDING
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField("更正或撤回的原因", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-released_at"]
        constraints: ClassVar = [
            known("state", ReleaseState, "release_state_known"),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.STANDING) | ~Q(reason=""), name="release_ended_with_reason"
            ),
        ]


class ReleaseCounter(models.Model):
    """The last release number of one office in one year; its row lock keeps the numbers gapless."""

    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "year"], name="release_counter_once_a_year")
        ]


class Snapshot(models.Model):
    """One thing the public may read, built from a written list of fields; the portal reads this table.

    It has no foreign key, so that the portal's own role, or a copy on another host, needs nothing else.
    Of one thing (`kind`, `key`) at most one row stands; withdrawn ones stay, emptied by the portal's pages.
    """

    kind = models.CharField(max_length=16, choices=SnapshotKind.choices)
    key = models.CharField(max_length=80)
    region_code = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    release = models.CharField(max_length=40)
    payload = models.JSONField()
    words = models.TextField("可检索的文字", default="", blank=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(withdrawn_at=None), name="snapshot_stands_once"
            ),
            known("kind", SnapshotKind, "snapshot_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "withdrawn_at", "-released_at"], name="snapshot_list"),
            models.Index(fields=["release"], name="snapshot_of_release"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep beside the payload the text by which the portal finds it."""
        if not self.words and self.kind not in UNSEARCHED:
            self.words = words_of(self.title, self.payload)
        super().save(*args, **kwargs)


class SnapshotFile(models.Model):
    """A released file with its bytes, for the portal alone: built from the released text, never uploaded."""

    release = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "name"], name="snapshot_file_once_a_release")
        ]
