"""The record of operations: one row a finished run, with its event in the journal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dugai.journal.models import Recorded
from dugai.upkeep.states import RunKind


class UpkeepRun(Recorded):
    """One backup, drill, restore, scrub, repair or move: who, where, when, and whether it held."""

    subject_type = "upkeep_run"

    kind = models.CharField(max_length=10, choices=RunKind.choices)
    by = models.CharField(max_length=100)
    host = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    holds = models.BooleanField()
    summary = models.CharField(max_length=500)
    result = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-finished_at"], name="upkeep_latest")]
