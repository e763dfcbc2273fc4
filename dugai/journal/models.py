"""The journal's rows. They are only ever added; triggers refuse everything else on both engines.

`Event` holds the canonical text of one act. Its other columns are indexes into that text and the
verifier checks that they agree. `Anchor` holds the version each recorded row has now, with a
deferred foreign key to the event that gave it this version: no state without an event.
`Pending` and `Leaf` are the queue and the leaves of the Merkle tree (RFC 9162).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One act: who, when, what, on which version of which subject, before and after, and why."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(null=True)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "version"], name="event_one_per_subject_version"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "id"], name="event_kind")]


class Anchor(models.Model):
    """The version a recorded row has now; kept by triggers, never by code."""

    pk = models.CompositePrimaryKey("subject_type", "subject_id")
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "dugai_anchor"


class Pending(models.Model):
    """An event that has no leaf in the tree yet; a trigger adds it, the sequencer takes it away."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+")


class Leaf(models.Model):
    """A leaf of the Merkle tree: its index and its event, whose digests are the leaf's hashes."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="leaf")


class Tile(models.Model):
    """The root of a full subtree of 256**level leaves, so that a proof reads few rows."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "index"], name="tile_once")]


class TreeHead(models.Model):
    """A signed statement: at this time the tree had this size and this root."""

    at = models.DateTimeField()
    size = models.BigIntegerField(unique=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)


class DailyRoot(models.Model):
    """The head that stands for one day; it is published and can be printed in the monthly report."""

    day = models.DateField(unique=True)
    head = models.ForeignKey(TreeHead, models.PROTECT, related_name="+")


class Sequencer(models.Model):
    """How many leaves there are; locked by whoever appends, so that leaves stand in one order."""

    size = models.BigIntegerField(default=0)


class AppendOnly(models.Model):
    """A row that is only ever added: triggers refuse to change or delete it, as they do for the journal."""

    class Meta:
        abstract = True


class Recorded(models.Model):
    """A row whose every change has its event (reliability rule D1).

    `subject_type` names the kind of row in the journal and never changes. `derived` lists columns
    that follow from others or carry no decision (roll-ups, last sign-in): they may change without
    an event. Everything else may change only together with `version`, one step at a time.
    """

    subject_type: ClassVar[str]
    derived: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
