"""Proposals that the parser cut wrongly: two put together, one cut in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.intake import queries
from dugai.intake.models import Page, Proposal
from dugai.intake.services_review import decide_proposals, name_of, settle_document
from dugai.intake.states import DECIDABLE, ProposalState
from dugai.journal.services import Draft, change, insert_many, record_many, shown
from dugai.kernel.errors import Conflict, Refused, require

if TYPE_CHECKING:
    from dugai.intake.models import Document
    from dugai.people.models import User

STALE = "刚有人处理过{name}。请刷新后再看。"


@transaction.atomic
def merge_proposal(*, actor: User, proposal_id: int, seen_version: int) -> Proposal:
    """Put a proposal together with the one of its kind before it, which is returned and is open again.

    The texts are joined, empty fields filled, and the measures of a problem go along.
    """
    document, row = _load(actor, proposal_id, seen_version)
    rows = queries.proposals(actor, document)
    before_it = [
        one
        for one in rows
        if one.kind == row.kind
        and one.parent_id == row.parent_id
        and _open(one)
        and _start(one) < _start(row)
    ]
    require(bool(before_it), f"{name_of(row)}前面没有可以合并的同类条目。", code="nothing_before")
    target = max(before_it, key=_start)
    values = dict(target.values)
    values["text"] = f"{values['text']}\n{row.values['text']}"
    for name, value in row.values.items():
        values[name] = values[name] or value
    spans = {**row.spans, **target.spans}
    spans["text"] = _span(document, min(_start(target), _start(row)), max(_end(target), _end(row)))
    corrections = {
        **target.corrections,
        "text": {"from": target.read["text"], "by": actor.person.pk, "name": actor.person.name},
    }
    was, now = change(target, values=values, spans=spans, corrections=corrections)
    drafts = [Draft("proposal.corrected", target, before=was, after=now)]
    was, now = change(row, state=ProposalState.MERGED, into=target, decided_by=actor.person)
    drafts.append(Draft("proposal.merged", row, before=was, after=now))
    for child in (one for one in rows if one.parent_id == row.pk):
        was, now = change(child, parent=target)
        drafts.append(Draft("proposal.moved", child, before=was, after=now))
    record_many(actor=actor, drafts=drafts)
    if target.state != ProposalState.PROPOSED:
        decide_proposals(actor=actor, document=document, rows=[target], state=ProposalState.PROPOSED)
    settle_document(actor=actor, document=document)
    return target


@transaction.atomic
def split_proposal(*, actor: User, proposal_id: int, seen_version: int, at: int) -> tuple[Proposal, Proposal]:
    """Cut a proposal in two after `at` characters of its text; both parts are open, the measures stay with the first.

    The first keeps the number and all fields; the second has its text only and gets a number when it is entered.
    """
    document, row = _load(actor, proposal_id, seen_version)
    text = row.values["text"]
    first, second = text[:at].strip(), text[at:].strip()
    require(bool(first and second), "请把光标放在要断开的两个字之间。", code="nothing_to_split")
    cut = _cut(row, at, second)
    last = Proposal.objects.filter(document=document).count()
    shared: dict[str, Any] = {
        "document": document,
        "kind": row.kind,
        "parent": row.parent,
        "section": row.section,
        "confidence": row.confidence,
        "read": row.read,
    }
    note = {"from": row.read["text"], "by": actor.person.pk, "name": actor.person.name}
    parts = []
    for place, (words, start, end) in enumerate(((first, _start(row), cut), (second, cut, _end(row)))):
        fields = row.values if place == 0 else {**row.values, "number": None}
        spans = {name: span for name, span in row.spans.items() if place == 0 or name != "number"}
        parts.append(
            Proposal(
                **shared,
                ordinal=last + place + 1,
                values={**fields, "text": words},
                spans={**spans, "text": _span(document, start, end)},
                corrections={**row.corrections, "text": note},
                key=f"{row.key[:60]}/{place}",
            )
        )
    insert_many(parts)
    was, now = change(row, state=ProposalState.SPLIT, into=parts[0], decided_by=actor.person)
    drafts = [Draft("proposal.made", part, after=shown(part, "document", "kind", "values")) for part in parts]
    drafts.append(Draft("proposal.split", row, before=was, after=now))
    for child in Proposal.objects.filter(parent=row).exclude(pk__in=[part.pk for part in parts]):
        was, now = change(child, parent=parts[0])
        drafts.append(Draft("proposal.moved", child, before=was, after=now))
    record_many(actor=actor, drafts=drafts)
    settle_document(actor=actor, document=document)
    return parts[0], parts[1]


def _load(actor: User, proposal_id: int, seen_version: int) -> tuple[Document, Proposal]:
    row = queries.get_proposal(actor, proposal_id)
    document = queries.document_to_review(actor, row.document_id)
    row = queries.get_proposal(actor, proposal_id)
    if row.version != seen_version:
        raise Conflict(STALE.format(name=name_of(row)))
    if not _open(row):
        raise Refused(
            f"{name_of(row)}{ProposalState(row.state).label}，不能再拆分或合并。", code="not_decidable"
        )
    return document, row


def _open(row: Proposal) -> bool:
    return row.became_id is None and row.state in DECIDABLE


def _start(row: Proposal) -> int:
    return int(row.spans["text"][0]) if "text" in row.spans else 0


def _end(row: Proposal) -> int:
    return int(row.spans["text"][1]) if "text" in row.spans else 0


def _span(document: Document, start: int, end: int) -> list[Any]:
    """Return a span with the literal words of the document at it."""
    pages = Page.objects.filter(document=document, end__gt=start, start__lt=end).order_by("number")
    quote = "".join(page.text[max(0, start - page.start) : max(0, end - page.start)] for page in pages)
    return [start, end, quote]


def _cut(row: Proposal, at: int, second: str) -> int:
    """Return the place in the document where the second part begins: its first words, else in proportion."""
    start, end, quote = row.spans.get("text", [0, 0, ""])
    share = round(at * (end - start) / max(1, len(row.values["text"])))
    nearest = min(_all(quote, second[:6]), key=lambda place: abs(place - share), default=share)
    return int(start) + nearest


def _all(text: str, words: str) -> list[int]:
    found, place = [], text.find(words)
    while place >= 0:
        found.append(place)
        place = text.find(words, place + 1)
    return found
