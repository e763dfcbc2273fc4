"""Files are named by their content (reliability rule D6); people's names for them are data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

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
