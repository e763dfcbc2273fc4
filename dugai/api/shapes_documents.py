"""Shapes of documents under review and of what they propose."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import Ask, Id, In, Out, PathId, Person, Ref, Sort, Version
from dugai.intake.states import Choice, DocumentState, ProposalKind, ProposalState


class DocumentOut(Out):
    """One document that came in."""

    id: int
    version: int
    state: DocumentState
    file_name: str
    title: str
    kind: str
    issuer: str
    issued_on: str
    region: str
    round: str
    batch: str
    inspection_id: int
    home: Ref
    lead: Ref | None
    uploaded_by: Person
    previous_id: int | None
    complete: bool
    skipped: list[str]
    notes: list[str]
    message: str

    @staticmethod
    def resolve_file_name(row: Any) -> str:
        """Return what the file is called."""
        return str(row.file.name)


class DocumentPage(Out):
    """One page of documents."""

    items: list[DocumentOut]
    next: str | None


class DocumentAsk(Ask):
    """A page of documents."""

    sort: Annotated[Sort, Field(default=Sort.NEWEST)]


class DocumentIn(In):
    """Where the problems of a document go; `lead` leads where the document names nobody."""

    inspection: PathId
    home: PathId
    lead: Annotated[PathId | None, Field(default=None)]


class SpanOut(Out):
    """The place of one value in the text of the document, in characters, and its literal words."""

    field: str
    start: int
    end: int
    quote: str


class ProposalOut(Out):
    """A problem or measure that was read, and what became of it."""

    id: int
    version: int
    kind: ProposalKind
    parent_id: int | None
    section: str
    state: ProposalState
    choice: Choice
    values: dict[str, Any]
    read: dict[str, Any]
    spans: list[SpanOut]
    confidence: int | None
    conflict: dict[str, Any]
    became_type: str
    became_id: int | None

    @staticmethod
    def resolve_spans(row: Any) -> list[dict[str, Any]]:
        """Return the places as a list."""
        return [
            {"field": name, "start": start, "end": end, "quote": quote}
            for name, (start, end, quote) in sorted(row.spans.items())
        ]


class ProposalPage(Out):
    """One page of proposals."""

    items: list[ProposalOut]
    next: str | None


class ProposalSeenIn(In):
    """A proposal and the version of it that was seen."""

    id: Id
    seen_version: Version


class ChosenIn(In):
    """The proposals to decide on."""

    proposals: Annotated[list[ProposalSeenIn], Field(min_length=1, max_length=100)]


class AcceptIn(In):
    """The proposals to adopt; without any, all that have no doubt."""

    proposals: Annotated[list[ProposalSeenIn], Field(default=[], max_length=100)]


class DecidedOut(Out):
    """How many were decided."""

    count: int


class EnterIn(In):
    """The version of the document that was seen."""

    seen_version: Version


class EnteredOut(Out):
    """How many entered now, and the proposals of the document by state: together they are `total`."""

    entered: int
    total: int
    proposed: int
    accepted: int
    corrected: int
    rejected: int
    merged: int
    split: int
    duplicate: int
    withdrawn: int
