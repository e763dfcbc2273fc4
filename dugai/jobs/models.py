"""Jobs are rows (rule D8): enqueued with the change that needs them, finished with their effect."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Job(models.Model):
    """One piece of work: what to do, when, who asked, and how far it got."""

    class State(models.TextChoices):
        READY = "ready", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        PARKED = "parked", "已搁置"

    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=~models.Q(key="") & models.Q(state__in=("ready", "running")),
                name="job_once_while_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "run_after", "id"], name="job_next"),
            models.Index(fields=["kind", "key"], name="job_of_a_thing"),
        ]


class Cursor(models.Model):
    """How far a reader of the journal or a schedule has come."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
