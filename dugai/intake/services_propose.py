"""Proposals written down: each held beside the previous version and the ledger first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.intake import queries
from dugai.intake.models import Document, Proposal
from dugai.intake.queries_match import Ledger
from dugai.intake.states import ProposalState
from dugai.journal.services import Draft, insert_many, record_many, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.intake.proposing import Draft as Found
    from dugai.people.models import User


@transaction.atomic
def propose(
    *,
    actor: User,
    document: Document,
    found: list[Found],
    previous: Document | None,
    present: Mapping[str, Proposal] | None = None,
) -> list[Proposal]:
    """Write what was found as proposals and return the new ones; those in `present` (by key) are there already.

    What the previous version or the ledger says word for word is a duplicate and asks nothing of anybody. The
    caller holds the document locked.
    """
    known = queries.keys_of(actor, previous) if previous else {}
    present = present or {}
    ledger = Ledger(actor, document)
    last = Proposal.objects.filter(document=document).count()
    rows: list[Proposal] = []
    fresh: list[Proposal] = []
    for draft in found:
        if draft.key in present:
            rows.append(present[draft.key])
            continue
        row = Proposal(
            document=document,
            kind=draft.kind,
            ordinal=last + len(fresh) + 1,
            parent=rows[draft.parent] if draft.parent is not None else None,
            section=draft.section,
            values=draft.values,
            read=draft.values,
            spans=draft.spans,
            confidence=draft.confidence,
            key=draft.key,
        )
        ledger.place(row)
        if (twin := known.get(draft.key)) is not None:
            row.state, row.into = ProposalState.DUPLICATE, twin
        rows.append(row)
        fresh.append(row)
    insert_many(fresh)
    names = ("document", "kind", "values", "state", "conflict")
    record_many(actor=actor, drafts=[Draft("proposal.made", row, after=shown(row, *names)) for row in fresh])
    return fresh
