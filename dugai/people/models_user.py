"""People who sign in, those who stand in for them, and the traces of signing in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from dugai.journal.models import Recorded
from dugai.people.models_organisation import Organisation
from dugai.people.states import ADMIN_ROLES, Role


class UserManager(BaseUserManager["User"]):
    """Finds people by their sign-in name; making them is a service."""


class User(Recorded, AbstractBaseUser):
    """One account, one post: a person's sign-in, organisation and role."""

    subject_type = "user"
    derived = (
        "password",
        "last_login",
        "totp_secret",
        "totp_last_step",
        "recovery_hashes",
        "password_changed_at",
    )

    username = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=40)
    title = models.CharField("职务", max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people", verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    email = models.EmailField("邮箱", blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    totp_secret = models.CharField(max_length=255, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    recovery_hashes = models.JSONField(default=list, blank=True)
    external_id = models.CharField("统一身份号", max_length=200, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        ordering: ClassVar = ["username"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="user_external_id_once"
            ),
            # 三员分立: one account has one role, and one person (by phone) one administrator's account.
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(role__in=sorted(ADMIN_ROLES)) & ~models.Q(phone=""),
                name="user_one_administrator_each",
            ),
        ]

    principal_of: User | None = None
    """The deputy who is acting through this account, set by the middleware for one request."""

    def __str__(self) -> str:
        return self.name

    @property
    def person(self) -> User:
        """Return the human being who acts: the deputy, if one stands in, else this account."""
        return self.principal_of or self

    @property
    def is_admin(self) -> bool:
        """Say whether this is one of the three administrators, who see no business data."""
        return self.role in ADMIN_ROLES


class Deputy(Recorded):
    """代理: from one day to another, `deputy` may act through the account of `principal`."""

    subject_type = "deputy"

    principal = models.ForeignKey(User, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="stands_in_for")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("事由", max_length=200)
    revoked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="deputy_ends_after"
            ),
            models.CheckConstraint(condition=~models.Q(principal=models.F("deputy")), name="deputy_not_self"),
        ]


class UserSession(models.Model):
    """One signed-in browser; ending it kills the session on the server at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    stepped_up_at = models.DateTimeField(null=True, blank=True)


class SignInAttempt(models.Model):
    """A try to sign in, for lock-out and for the security log; names are kept as typed, cut to 64."""

    at = models.DateTimeField(db_index=True)
    username = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    succeeded = models.BooleanField()
    reason = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["username", "at"], name="attempt_by_name"),
            models.Index(fields=["address", "at"], name="attempt_by_address"),
        ]


class PastPassword(models.Model):
    """Hashes of earlier passwords, so that the last five cannot come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    at = models.DateTimeField()
    hash = models.CharField(max_length=200)


class ApiToken(Recorded):
    """A token for programs; only its hash is stored, and it never opens a page."""

    subject_type = "api_token"
    derived = ("last_used_at",)

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    label = models.CharField("用途", max_length=80)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True, blank=True)


class TokenMinute(models.Model):
    """How many requests of one token a minute has given out; `minute` counts from the epoch."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    minute = models.PositiveIntegerField(db_index=True)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "minute"], name="token_minute_once")
        ]


class Answer(models.Model):
    """What a write answered, so that the same request sent again has the same answer and one effect (D7).

    `fingerprint` is the SHA-256 of method, address and body; the row commits with the effect.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="answer_once_a_key")]
