"""接件: a file comes in, is read in the cage by the worker, and becomes a document with proposals.

    document = start_reading(actor=actor, file=stored, inspection_id=…, home_id=…, lead_id=None)
    run_reading(actor=actor, document_id=document.pk)          # by the worker

Nothing here touches the ledger. What cannot be read stays as it came, with the reason.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.files import queries as files
from dugai.files import services as file_services
from dugai.files import store
from dugai.intake import media, policy, queries
from dugai.intake.models import Document, DocumentReading, Page, Proposal
from dugai.intake.pages import pages_of, printable
from dugai.intake.proposing import digest_of_text, fits, proposals_of
from dugai.intake.readers import Unreadable, read_file_caged
from dugai.intake.services_propose import propose
from dugai.intake.states import DocumentState, ProposalState, state_after
from dugai.intake.understand import understand
from dugai.jobs import services as jobs
from dugai.journal.services import change, record, shown
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy as ledger_policy
from dugai.ledger import queries as ledger
from dugai.ledger import reach
from dugai.ledger.models_entry import Part
from dugai.people import queries as people

if TYPE_CHECKING:
    from dugai.files.models import StoredFile
    from dugai.files.store import Readable
    from dugai.intake.blocks import SourceText
    from dugai.intake.proposing import Draft
    from dugai.ledger.models import Inspection
    from dugai.people.models import Organisation, User

JOB = "intake.read"
NAME_KEPT = 60
"""Characters of a file's name that its copy in the cage's folder keeps; messages quote it."""
MAY_NOT = "只有整改办可以接件，并且只能记在本地区和下级地区。"
FACTS = ("file", "inspection", "home", "lead", "state", "previous", "message")


@transaction.atomic
def start_reading(
    *,
    actor: User,
    file: StoredFile,
    inspection_id: int,
    home_id: int,
    lead_id: int | None = None,
    queue: bool = True,
) -> Document:
    """Take a stored file in and ask the worker to read it; without `queue` the caller reads it itself.

    The same bytes for the same inspection and region are not read again: the new document points to the earlier
    one and proposes nothing.
    """
    inspection, home, lead = _place(actor, inspection_id, home_id, lead_id)
    document = Document(file=file, inspection=inspection, home=home, lead=lead, uploaded_by=actor.person)
    twin = queries.same_file(actor, document)
    if twin is not None:
        document.state, document.previous = DocumentState.SAME, twin
        document.title, document.message = twin.title, _same(twin)
    document.save(force_insert=True)
    record(actor=actor, kind="document.received", subject=document, after=shown(document, *FACTS))
    if twin is None and queue:
        jobs.enqueue(actor=actor, kind=JOB, arguments={"document": document.pk}, key=str(document.pk))
    return document


@transaction.atomic
def receive_document(
    *,
    actor: User,
    name: str,
    stream: Readable,
    inspection_id: int,
    home_id: int,
    lead_id: int | None = None,
    queue: bool = True,
) -> Document:
    """Store a file and take it in, both or neither; see `start_reading`."""
    _place(actor, inspection_id, home_id, lead_id)  # who may not is refused before anything is kept
    kept = file_services.store_file(actor=actor, name=name, stream=stream, recognise=media.media_type)
    return start_reading(
        actor=actor, file=kept, inspection_id=inspection_id, home_id=home_id, lead_id=lead_id, queue=queue
    )


def _place(
    actor: User, inspection_id: int, home_id: int, lead_id: int | None
) -> tuple[Inspection, Organisation, Organisation | None]:
    inspection = ledger.get_inspection(actor, inspection_id)
    home = people.get_organisation(actor, home_id)
    allowed = policy.may_bring_documents(actor) and ledger_policy.may_keep_ledger(actor, home)
    require(allowed, MAY_NOT, code="may_not_bring", error=Forbidden)
    lead = people.get_organisation(actor, lead_id) if lead_id else None
    why = reach.why_not(actor, lead, Part.LEAD) if lead else ""
    require(not why, why, code="unit_out_of_reach")
    return inspection, home, lead


def run_reading(*, actor: User, document_id: int, understood: dict[str, Any] | None = None) -> dict[str, Any]:
    """Read a received document in the cage and keep what was found. Returns the counts.

    The reading happens outside any transaction. A document that was read meanwhile is left as it is. With
    `understood`, a record written by `dugai intake read`, the text is not understood again; a record that speaks
    of another text is refused.
    """
    document = queries.get_document(actor, document_id)
    if document.state != DocumentState.READING:
        return {"state": str(document.state)}
    try:
        source = _read(actor, document)
        understood = _understood(source, understood)
    except Unreadable as trouble:
        return _fail(actor=actor, document_id=document_id, message=trouble.message)
    return _store(actor=actor, document_id=document_id, source=source, understood=understood)


def _read(actor: User, document: Document) -> SourceText:
    kept = Path(document.file.name)
    with tempfile.TemporaryDirectory(prefix="dugai-read-") as folder:
        place = Path(folder) / (kept.stem[:NAME_KEPT] + kept.suffix)
        with files.open_checked(actor, document.file) as handle, place.open("wb") as copy:
            for piece in store.chunks(handle):
                copy.write(piece)
        source = printable(read_file_caged(place))
    if not source.text.strip():
        raise Unreadable("empty", f"“{document.file.name}”里没有读到文字。请看一眼原件。")
    return source


def _understood(source: SourceText, given: dict[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return understand(source)
    if not fits(given, source.text):
        raise Unreadable("record_unfit", "这份记录说的不是这份原件：原文的位置对不上。")
    return given


@transaction.atomic
def _fail(*, actor: User, document_id: int, message: str) -> dict[str, Any]:
    document = queries.get_document(actor, document_id, lock=True)
    before, after = change(document, state=DocumentState.UNREADABLE, message=message[:500])
    record(actor=actor, kind="document.unreadable", subject=document, before=before, after=after)
    return {"state": str(document.state), "message": message}


@transaction.atomic
def _store(
    *, actor: User, document_id: int, source: SourceText, understood: dict[str, Any]
) -> dict[str, Any]:
    document = queries.get_document(actor, document_id, lock=True)
    if document.state != DocumentState.READING:
        return {"state": str(document.state)}
    values = _facts(source, understood)
    twin = queries.same_text(actor, document, values["text_sha256"])
    found = [] if twin else proposals_of(understood, source)
    Page.objects.bulk_create(pages_of(document, source))
    DocumentReading.objects.create(document=document, record=understood)
    previous = twin or _previous(actor, document, values, found)
    rows = [] if twin else propose(actor=actor, document=document, found=found, previous=previous)
    state = DocumentState.SAME if twin else state_after(row.state for row in rows)
    message = _same(twin) if twin else _says(rows, previous)
    before, after = change(document, **values, state=state, previous=previous, message=message)
    counted = {"proposals": len(rows), "duplicate": sum(row.state == ProposalState.DUPLICATE for row in rows)}
    record(actor=actor, kind="document.read", subject=document, before=before, after={**after, **counted})
    return {"state": str(state), **counted}


def _facts(source: SourceText, understood: dict[str, Any]) -> dict[str, Any]:
    facts = understood["document"]
    region = facts.get("region") or {}
    return {
        "kind": str(facts.get("kind") or "other")[:24],
        "title": str(facts.get("title") or "")[:300],
        "issuer": str(facts.get("issuer") or "")[:200],
        "issued_on": str(facts.get("issued_on") or "")[:10],
        "region": str(region.get("name") or "")[:60],
        "round": str(facts.get("round") or "")[:40],
        "batch": str(facts.get("batch") or "")[:40],
        "media": source.media,
        "text_sha256": digest_of_text(source.text),
        "complete": source.complete,
        "skipped": list(source.skipped),
        "notes": list(source.notes),
    }


def _previous(actor: User, document: Document, facts: dict[str, Any], found: list[Draft]) -> Document | None:
    """Return the latest earlier document that proposes at least a third of the same, or one problem number."""
    keys = {draft.key for draft in found}
    numbers = {draft.values["number"] for draft in found if draft.parent is None and draft.values["number"]}
    for earlier in queries.earlier_versions(actor, document, facts):
        known = queries.keys_of(actor, earlier)
        same = len(keys & known.keys())
        theirs = {row.values["number"] for row in known.values() if row.parent_id is None}
        if keys and (same * 3 >= len(keys) or (same and numbers & theirs)):
            return earlier
    return None


def _same(twin: Document) -> str:
    return f"与 {twin.pk} 号文件《{twin}》内容相同，没有新的建议。"[:500]


def _says(rows: list[Proposal], previous: Document | None) -> str:
    known = sum(row.state == ProposalState.DUPLICATE for row in rows)
    if not rows:
        return "没有认出问题或措施。请看一眼原文，或在台账里手工登记。"
    if previous is not None:
        return f"是 {previous.pk} 号文件的新版：{known} 条与上一版或台账相同，只列出有变化的 {len(rows) - known} 条。"
    return f"其中 {known} 条台账里已有。" if known else ""
