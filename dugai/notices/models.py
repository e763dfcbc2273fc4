"""Messages to people. One event reaches one person once on one channel, however often it is delivered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from dugai.journal.models import Event, Recorded
from dugai.notices.models_delivery import Delivery, NoticeSettings
from dugai.people.models import Organisation

__all__ = ["Delivery", "Message", "NoticeSettings", "Webhook"]


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


class Webhook(Recorded):
    """An address of another system that is told of events its maker can see; off until switched on.

    The secret is sealed and shown once. `position` counts the leaves of the journal already read.
    """

    subject_type = "webhook"
    derived = ("secret", "position", "told_at", "told_status")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    label = models.CharField("用途", max_length=80)
    url = models.CharField("地址", max_length=500)
    kinds = models.JSONField("事件", default=list)
    active = models.BooleanField("启用", default=False)
    secret = models.CharField(max_length=255)
    position = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    told_status = models.CharField(max_length=200, blank=True)
