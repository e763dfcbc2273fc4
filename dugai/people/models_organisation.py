"""Organisations: one tree by region (块), a second link by line of business (条), and groups."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from dugai.journal.models import Recorded
from dugai.people.states import Kind, Level

STEP = 4
"""Characters of one step in `path`; 36**4 children below one parent are more than any county has."""


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations are known to everyone who is signed in; what they do is not."""

    def below(self, top: Organisation) -> OrganisationQuerySet:
        """Return `top` and everything under it, by a range of paths (reliability rule D15)."""
        return self.filter(path__gte=top.path, path__lt=top.path_end)


class Organisation(Recorded):
    """A government, office, department or enterprise, with its place in the tree."""

    subject_type = "organisation"

    code = models.CharField("单位编码", max_length=32, unique=True)
    name = models.CharField("单位名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    level = models.CharField("层级", max_length=16, choices=Level.choices)
    region_code = models.CharField("行政区划代码", max_length=12, blank=True)
    line = models.CharField("条线", max_length=24, blank=True, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级（块）"
    )
    line_parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="line_children",
        verbose_name="业务上级（条）",
    )
    path = models.CharField(max_length=64, unique=True)
    depth = models.PositiveSmallIntegerField()
    active_from = models.DateField("启用日期", null=True, blank=True)
    active_until = models.DateField("停用日期", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=models.Q(level__in=Level.values), name="organisation_level_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["parent", "path"], name="organisation_children")]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def path_end(self) -> str:
        """Return the first path that is no longer under this one."""
        return self.path + "~"

    @property
    def ancestor_paths(self) -> list[str]:
        """Return the paths from the root down to this organisation, itself included."""
        return [self.path[:end] for end in range(STEP, len(self.path) + 1, STEP)]

    def is_within(self, top: Organisation) -> bool:
        """Say whether this organisation is `top` or stands under it."""
        return self.path.startswith(top.path)


class Group(Recorded):
    """A leading group (领导小组) or working group (专组) of one organisation; it may have two heads."""

    subject_type = "group"

    class GroupKind(models.TextChoices):
        LEADING = "leading", "领导小组"
        WORKING = "working", "工作专组"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="groups")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=16, choices=GroupKind.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="group_name_once_an_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(Recorded):
    """One person's place in a group; 双组长 are two rows with the position `head`."""

    subject_type = "group_member"

    class Position(models.TextChoices):
        HEAD = "head", "组长"
        DEPUTY = "deputy", "副组长"
        MEMBER = "member", "成员"
        SECRETARY = "secretary", "办公室主任"

    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="group_places")
    position = models.CharField("职务", max_length=16, choices=Position.choices)
    until = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(until=None), name="group_member_once"
            ),
        ]
