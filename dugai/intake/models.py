"""Documents that came in, their pages, what was proposed from them, and where every ledger value comes from."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from dugai.files.models import StoredFile
from dugai.intake.states import Choice, DocumentState, ProposalKind, ProposalState
from dugai.journal.models import AppendOnly, Recorded
from dugai.ledger.models_entry import Inspection, known
from dugai.people.models import Organisation

USER = settings.AUTH_USER_MODEL


class Document(Recorded):
    """One file under review: what it is, whether it was read whole, and which document it is the next version of.

    `home`, `lead` and `inspection` say where its problems go; `undone` lists the cleaning edits a person took
    back, as [start, end, kind] in the original text. The reading itself lies in `DocumentReading` and `Page`, which
    follow from the file and are made anew when it is read again.
    """

    subject_type = "document"

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="documents")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="documents")
    home = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所属地区")
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="没写牵头单位时由谁牵头"
    )
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=DocumentState.choices, default=DocumentState.READING)
    kind = models.CharField("文件种类", max_length=24, blank=True)
    title = models.CharField("标题", max_length=300, blank=True)
    issuer = models.CharField("印发单位", max_length=200, blank=True)
    issued_on = models.CharField("印发日期", max_length=10, blank=True)
    region = models.CharField("文件所说的地区", max_length=60, blank=True)
    round = models.CharField("轮次", max_length=40, blank=True)
    batch = models.CharField("批次", max_length=40, blank=True)
    media = models.CharField(max_length=12, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="next_versions")
    complete = models.BooleanField("读全", default=True)
    skipped = models.JSONField("没有读到的部分", default=list)
    notes = models.JSONField("读取时的提示", default=list)
    allowed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    allowed_why = models.CharField("没读全也可入账的理由", max_length=300, blank=True)
    undone = models.JSONField("撤回的清理", default=list)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [known("state", DocumentState, "document_state_known")]
        indexes: ClassVar = [
            models.Index(fields=["home", "state", "id"], name="document_of_home"),
            models.Index(fields=["text_sha256"], name="document_same_text"),
        ]

    def __str__(self) -> str:
        return self.title or self.file.name


class Page(models.Model):
    """A stretch of a document's text. All pages in order, joined without anything between, are the whole text.

    `start` and `end` count code points of the whole. `blocks` are those of the reader that begin here, as
    [kind, start, end, page, table, row, col, level, confidence, box, rowspan, colspan].
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    sheet = models.PositiveIntegerField(null=True)  # the page of the original, 1-based
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    blocks = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="page_number_once"),
        ]


class DocumentReading(models.Model):
    """The record of a document as the parser gave it: figures, checks, defects, complaints, edits."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="reading")
    record = models.JSONField()


class Proposal(Recorded):
    """A problem or measure the parser believes it found, what people made of it, and the ledger row it became.

    `values` are what would enter the ledger, `read` what the parser gave; `corrections` {field: {from, by, name}};
    `spans` {field: [start, end, quote]} in the original text. `key` is the digest of `read` by which the same
    proposal is known again in another version. `conflict` tells which entry of the ledger it resembles.
    """

    subject_type = "proposal"

    document = models.ForeignKey(Document, models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=12, choices=ProposalKind.choices)
    ordinal = models.PositiveIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    section = models.CharField("节", max_length=200, blank=True)
    values = models.JSONField()
    read = models.JSONField()
    spans = models.JSONField(default=dict)
    corrections = models.JSONField(default=dict)
    confidence = models.PositiveSmallIntegerField("识别把握（%）", null=True)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    conflict = models.JSONField(default=dict)
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    into = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_in")
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    became_type = models.CharField(max_length=32, blank=True)
    became_id = models.BigIntegerField(null=True)
    outcome = models.CharField("入账结果", max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "ordinal"], name="proposal_ordinal_once"),
            known("state", ProposalState, "proposal_state_known"),
            known("kind", ProposalKind, "proposal_kind_known"),
            models.CheckConstraint(
                condition=Q(became_id=None) | Q(state__in=("accepted", "corrected")),
                name="proposal_in_ledger_was_adopted",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["key"], name="proposal_key")]


class UnitName(Recorded):
    """A name that documents use for a unit, as the office said once: 市资规局 is 朔岭市自然资源和规划局."""

    subject_type = "unit_name"

    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.CharField("文件里的写法", max_length=120)
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "text"], name="unit_name_once_an_office"),
        ]


class FieldSource(AppendOnly):
    """Where one value of one ledger row was read (出处). Rows are only ever added; the database refuses the rest.

    `quote` is the literal piece of the document at [start, end). A corrected value names who corrected it and
    what the document said.
    """

    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=24)
    document = models.ForeignKey(Document, models.PROTECT, related_name="sources")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="sources")
    sheet = models.PositiveIntegerField(null=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    corrected_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    corrected_from = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="source_of_row")]

    @property
    def shown(self) -> dict[str, Any]:
        """Return what the journal keeps of it."""
        return {"field": self.field, "start": self.start, "end": self.end, "quote": self.quote}
