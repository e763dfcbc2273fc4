"""审阅: what people make of proposals. Nothing here reaches the ledger; `services_enter` does that.

Every act locks the document, so that of two people at once one comes first and the other is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.intake import queries
from dugai.intake.doubts import WORDS, read_deadline
from dugai.intake.models import Proposal, UnitName
from dugai.intake.proposing import LONGEST, MEASURE_FIELDS, PROBLEM_FIELDS, UNITS
from dugai.intake.queries_match import Lens
from dugai.intake.states import (
    ADOPTED,
    DECIDABLE,
    TAKEABLE,
    Choice,
    DocumentState,
    ProposalKind,
    ProposalState,
    state_after,
)
from dugai.journal.services import Draft, change, record, record_many, shown
from dugai.kernel.errors import Conflict, InvalidInput, Refused, require
from dugai.people import queries as people

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from dugai.intake.models import Document
    from dugai.people.models import User

IN_LEDGER = "这一条已经入账。要改请到台账里改，或申请调整。"
TEXT_MAX, NUMBER_MAX = 20_000, 999_999


@transaction.atomic
def accept_proposals(
    *,
    actor: User,
    document_id: int,
    proposal_ids: Collection[int] | None = None,
    section: str | None = None,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Adopt proposals: those named, those of a section, or all; return how many.

    Named ones are adopted with their doubts, unless one stops them. Without names only those without any doubt
    are. `seen` {proposal id: version} refuses what somebody changed meanwhile.
    """
    document = queries.document_to_review(actor, document_id)
    rows = [row for row in queries.proposals(actor, document) if row.state == ProposalState.PROPOSED]
    if proposal_ids is not None:
        rows = _named(actor, document, proposal_ids, seen)
    elif section is not None:
        rows = [row for row in rows if row.section == section]
    lens = Lens(actor, document)
    taken = []
    for row in rows:
        doubts = lens.doubts(row)
        if proposal_ids is None and doubts:
            continue
        stop = next((doubt for doubt in doubts if doubt.stops), None)
        if stop is not None:
            raise Refused(f"{name_of(row)}：{stop.words}", code="doubt_stops")
        taken.append(row)
    if proposal_ids is None:
        fit = {row.pk for row in taken}
        taken = [row for row in taken if row.parent is None or row.parent_id in fit or _stands(row.parent)]
    decide_proposals(actor=actor, document=document, rows=taken, state=ProposalState.ACCEPTED)
    return len(taken)


@transaction.atomic
def choose_entry(
    *, actor: User, proposal_id: int, seen_version: int, choice: str, take: Collection[str] = ()
) -> Proposal:
    """Decide about a proposal that resembles an entry of the ledger: another one, or the same.

    With the same, `take` names the fields whose difference is asked for as a change (申请调整) on entering;
    without any the ledger stays as it is and the proposal only points to its entry.
    """
    row = queries.get_proposal(actor, proposal_id)
    document = queries.document_to_review(actor, row.document_id)
    row = _fresh(row, seen_version)
    require(bool(row.conflict), "台账里没有与它相近的条目，直接采纳即可。", code="no_conflict")
    require(choice in {Choice.NEW, Choice.SAME}, "请选“另建一条”或“就是这一条”。", code="choice_missing")
    unknown = set(take) - (set(row.conflict["differences"]) & TAKEABLE)
    require(not unknown, "只能取有出入的内容。", code="difference_unknown")
    if choice == Choice.NEW and row.conflict["kind"] == "number" and row.values["number"]:
        taken = f"序号 {row.values['number']} 在台账里已有另一条。请点“修改”换一个序号，或清空由系统编号。"
        raise Refused(taken, code="number_taken")
    conflict = {**row.conflict, "take": sorted(take)}
    before, after = change(row, choice=choice, conflict=conflict)
    record(actor=actor, kind="proposal.matched", subject=row, before=before, after=after)
    adopted = ProposalState.CORRECTED if row.corrections else ProposalState.ACCEPTED
    _stop(Lens(actor, document), row)
    decide_proposals(actor=actor, document=document, rows=[row], state=adopted)
    return row


@transaction.atomic
def correct_proposal(
    *, actor: User, proposal_id: int, seen_version: int, values: Mapping[str, Any]
) -> Proposal:
    """Change values of a proposal and adopt it; what the document said and who changed it stay beside them.

    `values` by field name; units as lists of names. Raises `InvalidInput` with a sentence for each field. A
    proposal that something else still stops is corrected and stays open.
    """
    row = queries.get_proposal(actor, proposal_id)
    document = queries.document_to_review(actor, row.document_id)
    row = _fresh(row, seen_version)
    _decidable(row)
    wanted = _clean(row, values, queries.issued_on(actor, document))
    changed = {name: value for name, value in wanted.items() if value != row.values[name]}
    corrections = dict(row.corrections)
    for name, value in changed.items():
        if value == row.read.get(name):
            corrections.pop(name, None)
        else:
            corrections[name] = {"from": row.read.get(name), "by": actor.person.pk, "name": actor.person.name}
    new: dict[str, Any] = {"values": {**row.values, **changed}, "corrections": corrections}
    if "number" in changed and row.conflict.get("kind") == "number":
        new["conflict"] = {}
    before, after = change(row, **new)
    record(actor=actor, kind="proposal.corrected", subject=row, before=before, after=after)
    if any(doubt.stops for doubt in Lens(actor, document).doubts(row)):
        decide_proposals(
            actor=actor,
            document=document,
            rows=[row] if row.state != ProposalState.PROPOSED else [],
            state=ProposalState.PROPOSED,
        )
        return row
    adopted = ProposalState.CORRECTED if row.corrections else ProposalState.ACCEPTED
    decide_proposals(actor=actor, document=document, rows=[row], state=adopted)
    return row


@transaction.atomic
def reject_proposals(
    *, actor: User, document_id: int, proposal_ids: Collection[int], seen: Mapping[int, int] | None = None
) -> int:
    """Leave proposals out, a problem with its measures that are not in the ledger; return how many."""
    document = queries.document_to_review(actor, document_id)
    rows = _named(actor, document, proposal_ids, seen)
    chosen = {row.pk for row in rows}
    below = [
        row
        for row in queries.proposals(actor, document)
        if row.parent_id in chosen
        and row.pk not in chosen
        and row.state in DECIDABLE
        and row.became_id is None
    ]
    decide_proposals(actor=actor, document=document, rows=[*rows, *below], state=ProposalState.REJECTED)
    return len(rows) + len(below)


@transaction.atomic
def reopen_proposal(*, actor: User, proposal_id: int, seen_version: int) -> Proposal:
    """Take a decision back, as long as nothing of it is in the ledger."""
    row = queries.get_proposal(actor, proposal_id)
    document = queries.document_to_review(actor, row.document_id)
    row = _fresh(row, seen_version)
    _decidable(row)
    if row.choice:
        before, after = change(row, choice=Choice.NONE)
        record(actor=actor, kind="proposal.matched", subject=row, before=before, after=after)
    decide_proposals(actor=actor, document=document, rows=[row], state=ProposalState.PROPOSED)
    return row


@transaction.atomic
def remember_unit(*, actor: User, document_id: int, text: str, organisation_id: int) -> UnitName:
    """Say which unit a name in documents means; remembered for every document of this region."""
    document = queries.document_to_review(actor, document_id)
    unit = people.get_organisation(actor, organisation_id)
    text = text.strip()[:120]
    require(bool(text), "请写文件里的写法。", code="name_missing")
    known = UnitName.objects.filter(office=document.home, text=text).first()
    if known is None:
        known = UnitName(office=document.home, text=text, unit=unit)
        known.save(force_insert=True)
        record(actor=actor, kind="unit_name.set", subject=known, after=shown(known, "office", "text", "unit"))
        return known
    before, after = change(known, unit=unit)
    record(actor=actor, kind="unit_name.set", subject=known, before=before, after=after)
    return known


@transaction.atomic
def decide_proposals(
    *, actor: User, document: Document, rows: Iterable[Proposal], state: ProposalState
) -> None:
    """Set the state of proposals with an event for each, then that of their document.

    Part of an act that holds the document locked.
    """
    person = actor.person if state != ProposalState.PROPOSED else None
    drafts = []
    for row in rows:
        _decidable(row)
        wanted = ProposalState.CORRECTED if state == ProposalState.ACCEPTED and row.corrections else state
        if row.state == wanted:
            continue
        before, after = change(row, state=wanted, decided_by=person)
        drafts.append(Draft(f"proposal.{_EVENTS[wanted]}", row, before=before, after=after))
    record_many(actor=actor, drafts=drafts)
    settle_document(actor=actor, document=document)


_EVENTS = {
    ProposalState.PROPOSED: "reopened",
    ProposalState.ACCEPTED: "accepted",
    ProposalState.CORRECTED: "accepted",
    ProposalState.REJECTED: "rejected",
}


@transaction.atomic
def settle_document(*, actor: User, document: Document) -> None:
    """Let the state of a document follow from its proposals."""
    state = state_after(row.state for row in queries.proposals(actor, document))
    if state != document.state:
        before, after = change(document, state=state)
        kind = "document.reviewed" if state == DocumentState.DONE else "document.reopened"
        record(actor=actor, kind=kind, subject=document, before=before, after=after)


def name_of(row: Proposal) -> str:
    """Return what people call a proposal: 问题 27, 措施 79."""
    return f"{ProposalKind(row.kind).label} {row.values['number'] or '（没有序号）'}"


def _stands(row: Proposal) -> bool:
    return row.state in ADOPTED or row.state == ProposalState.DUPLICATE


def _stop(lens: Lens, row: Proposal) -> None:
    stop = next((doubt for doubt in lens.doubts(row) if doubt.stops), None)
    if stop is not None:
        raise Refused(f"{name_of(row)}：{stop.words}", code="doubt_stops")


def _named(
    actor: User, document: Document, ids: Collection[int], seen: Mapping[int, int] | None
) -> list[Proposal]:
    wanted = set(ids)
    rows = [row for row in queries.proposals(actor, document) if row.pk in wanted]
    require(len(rows) == len(wanted), "有的条目不在这份文件里。请刷新后再试。", code="proposal_unknown")
    for row in rows:
        if seen and row.pk in seen:
            _fresh(row, seen[row.pk])
        _decidable(row)
    return rows


def _fresh(row: Proposal, seen_version: int) -> Proposal:
    """Load a proposal again now that its document is locked, and hold it against what the actor saw."""
    now = Proposal.objects.select_related("parent", "decided_by").get(pk=row.pk)
    if now.version != seen_version:
        who = f"{now.decided_by.name}刚刚" if now.decided_by else "刚有人"
        state = ProposalState(now.state).label
        raise Conflict(f"{who}处理过{name_of(now)}，现在是“{state}”。请对照后再定。")
    return now


def _decidable(row: Proposal) -> None:
    require(row.became_id is None, IN_LEDGER, code="in_ledger")
    state = ProposalState(row.state)
    require(state in DECIDABLE, f"{name_of(row)}{state.label}，不能再定。", code="not_decidable")


def _clean(row: Proposal, values: Mapping[str, Any], issued: dt.date) -> dict[str, Any]:
    """Return the values of a form as a proposal keeps them; raises `InvalidInput` with each wrong field."""
    fields = PROBLEM_FIELDS if row.kind == ProposalKind.PROBLEM else MEASURE_FIELDS
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in (name for name in fields if name in values):
        value = values[name]
        if name == "number":
            text = "" if value is None else str(value).strip()
            if text and not (text.isdecimal() and 0 < int(text) <= NUMBER_MAX):
                wrong[name] = "序号写成 1 到 999999 的整数，或留空由系统编号。"
            else:
                found[name] = int(text) if text else None
        elif name in UNITS:
            found[name] = [str(unit).strip() for unit in value if str(unit).strip()]
        else:
            found[name] = str(value).replace("\x00", "").replace("\r\n", "\n").strip()
            most = LONGEST.get(name, TEXT_MAX)
            if len(found[name]) > most:
                wrong[name] = f"{WORDS[name]}有 {len(found[name])} 个字，最多 {most} 个。请缩短。"
    if "text" in found and not found["text"]:
        wrong["text"] = "原文不能为空。不要这一条请按“不要”。"
    if found.get("deadline"):
        _, why = read_deadline(found["deadline"], issued)
        if why:
            wrong["deadline"] = why
    if wrong:
        raise InvalidInput("有几处要改：" + "；".join(wrong.values()), fields=wrong)
    return found
