"""Shapes of evidence and of resumable uploads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dugai.api.shapes import Ask, Id, In, Line, Opinion, Out, Person, Ref, Sort, Version, Word
from dugai.evidence.states import EvidenceState, Phase, ReadingState, SlotStatus, Stage
from dugai.files.states import UploadState
from dugai.ledger.states import WorkKind

UploadKey = Annotated[str, StringConstraints(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9_-]+$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Degrees = Annotated[str, StringConstraints(max_length=11, pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,6})?$")]
"""Degrees in WGS-84 or CGCS2000, as text."""
Moment = Annotated[
    str,
    StringConstraints(
        max_length=25,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|\+08:00)$",
    ),
]
"""A moment with its zone: 2026-05-03T09:30:00+08:00."""


class UploadIn(In):
    """A file that is to come: its name, its bytes, and what they must come to."""

    name: Word
    size: Annotated[int, Field(strict=True, ge=1, le=2**41)]
    sha256: Digest | None = None


class UploadOut(Out):
    """How far an upload came: the next piece begins at `offset`."""

    key: str
    name: str
    size: int
    offset: int
    state: UploadState
    refusal: str
    expires_at: dt.datetime

    @staticmethod
    def resolve_key(row: Any) -> str:
        """Return the upload's key."""
        return str(row.pk)


class ChunkIn(In):
    """Where a piece begins, and its SHA-256 if it is to be checked."""

    offset: Annotated[int, Field(ge=0, le=2**41)]
    sha256: Digest | None = None


class ReadingOut(Out):
    """What the file says of itself; nobody typed it."""

    state: ReadingState
    reason: str
    width: int | None
    height: int | None
    pages: int | None
    taken_at: dt.datetime | None
    latitude: Decimal | None
    longitude: Decimal | None
    camera: str


class EvidenceOut(Out):
    """One piece of evidence."""

    id: int
    version: int
    problem: int
    measure: int | None
    task: int | None
    site: int | None
    slot: str
    phase: Phase
    pair: str
    title: str
    file_name: str
    file_size: int
    file_sha256: str
    state: EvidenceState
    organisation: Ref
    added_by: Person
    added_at: dt.datetime
    claimed_at: dt.datetime | None
    claimed_place: str
    claimed_latitude: Decimal | None
    claimed_longitude: Decimal | None
    replaces: int | None
    reviewer: Person | None
    reviewing_unit: Ref | None
    reviewed_at: dt.datetime | None
    opinion: str
    reading: ReadingOut | None

    @staticmethod
    def resolve_problem(row: Any) -> int:
        """Return the problem's number."""
        return int(row.problem_id)

    @staticmethod
    def resolve_measure(row: Any) -> int | None:
        """Return the measure's number, if any."""
        return row.measure_id  # type: ignore[no-any-return]

    @staticmethod
    def resolve_task(row: Any) -> int | None:
        """Return the task's number, if any."""
        return row.task_id  # type: ignore[no-any-return]

    @staticmethod
    def resolve_site(row: Any) -> int | None:
        """Return the site's number, if any."""
        return row.site_id  # type: ignore[no-any-return]

    @staticmethod
    def resolve_replaces(row: Any) -> int | None:
        """Return the number of the piece this one replaced."""
        return row.replaces_id  # type: ignore[no-any-return]

    @staticmethod
    def resolve_file_name(row: Any) -> str:
        """Return what the person called the file."""
        return str(row.file.name)

    @staticmethod
    def resolve_file_size(row: Any) -> int:
        """Return its bytes."""
        return int(row.file.blob.size)

    @staticmethod
    def resolve_file_sha256(row: Any) -> str:
        """Return its digest."""
        return str(row.file.blob_id)

    @staticmethod
    def resolve_reading(row: Any) -> Any:
        """Return what the file says of itself; None until a worker has read it."""
        return getattr(row.file.blob, "reading", None)


class EvidencePage(Out):
    """One page of evidence."""

    items: list[EvidenceOut]
    next: str | None


class SlotOut(Out):
    """One criterion and how far it is met."""

    code: str
    name: str
    required: bool
    stage: Stage
    state: SlotStatus
    lacking: list[Phase]
    evidence: list[int]

    @staticmethod
    def resolve_stage(row: Any) -> Stage:
        """Return by which step it must be met."""
        return Stage(row.slot.stage)

    @staticmethod
    def resolve_evidence(row: Any) -> list[int]:
        """Return the numbers of its live pieces."""
        return [one.pk for one in row.items]


class ChecklistOut(Out):
    """The criteria of a problem."""

    kind: WorkKind
    slots: list[SlotOut]


class EvidenceAsk(Ask):
    """Which evidence of a problem."""

    state: EvidenceState | None = None
    sort: Sort = Sort.OLDEST


class EvidenceQueueAsk(Ask):
    """A page of the queue, the oldest first."""


class EvidenceIn(In):
    """A finished upload, and what is claimed of it."""

    upload: UploadKey
    slot: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]
    phase: Phase = Phase.DOCUMENT
    title: Annotated[Line, StringConstraints(max_length=120)] = ""
    measure: Id | None = None
    task: Id | None = None
    site: Id | None = None
    claimed_at: Moment | None = None
    claimed_place: Annotated[Line, StringConstraints(max_length=120)] = ""
    claimed_latitude: Degrees | None = None
    claimed_longitude: Degrees | None = None


class EvidenceVerdict(StrEnum):
    """What a reviewer may do."""

    ACCEPT = "accept"
    SEND_BACK = "send_back"
    REVOKE = "revoke"


class ReviewEvidenceIn(In):
    """The version that was seen, what is decided, and why."""

    seen_version: Version
    act: EvidenceVerdict
    opinion: Opinion = ""


class PairIn(In):
    """The version that was seen, and the other view."""

    seen_version: Version
    other: Id


class ReplaceIn(In):
    """The version that was seen, and the finished upload that takes the place."""

    seen_version: Version
    upload: UploadKey
