"""Messages to people. One event reaches one person once on one channel, however often it is delivered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from dugai.journal.models import Event


class Message(models.Model):
    """A line in somebody's inbox, derived from one event of the journal."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, default="page")
    title = models.CharField(max_length=200)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event", "channel"], name="message_once_a_person"),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "read_at", "-id"], name="message_inbox")]
