"""What a person chose to hear how, and every message that leaves the house for a person."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from dugai.journal.models import Event, Recorded
from dugai.notices.states_delivery import Channel, DeliveryState, RobotKind

QUIET_FROM, QUIET_UNTIL = 20, 8


class NoticeSettings(Recorded):
    """One person's channels and choices. Nothing is sent to an address that was not confirmed.

    `choices` maps a group to a channel to a `When`; what is missing follows the house. The robot's address
    carries its key, so it is sealed like its secret.
    """

    subject_type = "notice_settings"
    derived = ("pending_sealed", "pending_until", "robot_url", "robot_secret")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_settings")
    email = models.EmailField("邮箱", blank=True)
    pending_email = models.EmailField("待确认的邮箱", blank=True)
    pending_sealed = models.CharField(max_length=255, blank=True)
    pending_until = models.DateTimeField(null=True)
    robot_kind = models.CharField("机器人", max_length=12, choices=RobotKind.choices, blank=True)
    robot_host = models.CharField("机器人主机", max_length=255, blank=True)
    robot_url = models.TextField(blank=True)
    robot_secret = models.TextField(blank=True)
    choices = models.JSONField("选择", default=dict)
    digest = models.BooleanField("每日汇总", default=True)
    quiet_from = models.PositiveSmallIntegerField("免打扰开始", null=True, default=QUIET_FROM)
    quiet_until = models.PositiveSmallIntegerField("免打扰结束", null=True, default=QUIET_UNTIL)


class Delivery(models.Model):
    """One message to one person on one channel: the intention first, then how it went.

    `person` gets it, `account` is whose matter it is (the same, or the one `person` stands in for). `key`
    says what it tells of (`event:12`, `digest:2026-11-23`): the same thing is never there twice.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "channel", "key"], name="delivery_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "run_after", "id"], name="delivery_next")]
