"""What a person decides about the reading itself: take a cleaning edit back, let an incomplete one in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.intake import policy, queries
from dugai.intake.models import Document, DocumentReading, Proposal
from dugai.intake.proposing import proposals_of
from dugai.intake.services_propose import propose
from dugai.intake.states import REVIEWABLE, DocumentState, ProposalState, state_after
from dugai.intake.understand import understand
from dugai.journal.services import Draft, change, record, record_many
from dugai.kernel.errors import Forbidden, require

if TYPE_CHECKING:
    from dugai.intake.proposing import Draft as Found
    from dugai.people.models import User

UNDECIDED = frozenset({ProposalState.PROPOSED, ProposalState.DUPLICATE})


@transaction.atomic
def allow_incomplete(*, actor: User, document_id: int, seen_version: int, why: str) -> Document:
    """Take it upon oneself that a document that was not read whole may still be entered; with the reason."""
    document = queries.get_document(actor, document_id, lock=True)
    require(policy.may_review(actor, document), queries.MAY_NOT, code="may_not_review", error=Forbidden)
    require(not document.complete, "这份文件读全了，不用另外决定。", code="is_complete")
    require(why.strip(), "请写理由：没读到的部分怎么核对。", code="reason_missing")
    values = {"allowed_by": actor.person, "allowed_why": why.strip()[:300]}
    before, after = change(document, seen_version=seen_version, **values)
    record(
        actor=actor,
        kind="document.incomplete_allowed",
        subject=document,
        before=before,
        after=after,
        reason=why.strip(),
    )
    return document


def undo_cleaning(*, actor: User, document_id: int, seen_version: int, edit: int) -> Document:
    """Take one cleaning edit back and read the text again without it. `edit` is its place in the list.

    What people have decided stays; undecided proposals that the new reading no longer has are withdrawn, new
    ones are added. The reading happens before the transaction begins.
    """
    document = queries.get_document(actor, document_id)
    require(policy.may_review(actor, document), queries.MAY_NOT, code="may_not_review", error=Forbidden)
    edits = queries.record_of(actor, document).get("x_edits", [])
    require(0 <= edit < len(edits), "没有这处清理，可能刚有人撤回过。请刷新后再看。", code="edit_unknown")
    chosen = edits[edit]
    undone = [*document.undone, [chosen["start"], chosen["end"], chosen["kind"]]]
    source = queries.source_of(actor, document)
    understood = understand(source, frozenset((start, end, kind) for start, end, kind in undone))
    return _read_again(
        actor=actor,
        document_id=document_id,
        seen_version=seen_version,
        undone=undone,
        understood=understood,
        found=proposals_of(understood, source),
    )


@transaction.atomic
def _read_again(
    *,
    actor: User,
    document_id: int,
    seen_version: int,
    undone: list[Any],
    understood: dict[str, Any],
    found: list[Found],
) -> Document:
    document = queries.get_document(actor, document_id, lock=True)
    require(DocumentState(document.state) in REVIEWABLE, "这份文件现在不在审阅中。", code="not_in_review")
    present = queries.keys_of(actor, document)
    gone = _gone(present, {draft.key for draft in found})
    drafts = []
    for row in gone:
        was, now = change(row, state=ProposalState.WITHDRAWN)
        drafts.append(Draft("proposal.withdrawn", row, before=was, after=now))
    record_many(actor=actor, drafts=drafts)
    rows = propose(actor=actor, document=document, found=found, previous=document.previous, present=present)
    DocumentReading.objects.filter(document=document).update(record=understood)
    state = state_after(row.state for row in queries.keys_of(actor, document).values())
    before, after = change(document, seen_version=seen_version, undone=undone, state=state)
    record(
        actor=actor,
        kind="document.cleaning_undone",
        subject=document,
        before=before,
        after={**after, "withdrawn": len(gone), "added": len(rows)},
    )
    return document


def _gone(present: dict[str, Proposal], wanted: set[str]) -> list[Proposal]:
    """Return what nobody decided on and the new reading no longer has; a problem with decided measures stays."""
    held = {row.parent_id for row in present.values() if row.state not in UNDECIDED}
    return [
        row
        for key, row in present.items()
        if key not in wanted and row.state in UNDECIDED and row.pk not in held
    ]
