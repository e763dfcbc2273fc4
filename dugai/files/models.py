"""Files are named by their content (reliability rule D6); people's names for them are data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dugai.files.states import UploadState
from dugai.journal.models import Recorded


class Blob(models.Model):
    """Bytes in the store, once, under their SHA-256; SM3 beside it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    sm3 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    damaged_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True, db_index=True)


class StoredFile(Recorded):
    """One person's upload: what they called it, whose it is, and which blob it is."""

    subject_type = "file"

    blob = models.ForeignKey(Blob, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey("dugai.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("dugai.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["blob"], name="file_blob")]


class Upload(models.Model):
    """A large file on its way in, piece by piece: it survives a lost connection, and nobody else sees it.

    Bytes under way decide nothing, so no events; what they become is a `StoredFile`, and that is recorded.
    """

    key = models.CharField(max_length=48, primary_key=True)
    person = models.ForeignKey("dugai.User", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("dugai.Organisation", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    offset = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.OPEN)
    refusal = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_not_empty"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("size")), name="upload_offset_within"
            ),
            models.CheckConstraint(
                condition=Q(state="finished", file__isnull=False) | ~Q(state="finished"),
                name="upload_finished_has_file",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "expires_at"], name="upload_to_sweep"),
            models.Index(fields=["person", "state"], name="upload_of_person"),
        ]


class UploadPart(models.Model):
    """One piece that has arrived: where it begins, how long it is, and under which name it waits."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    name = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "offset"], name="upload_part_once"),
        ]
