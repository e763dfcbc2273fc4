"""Pages of evidence: the checklist beside the proof, one piece, its file and pictures, the review queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from dugai.evidence import policy, queries, queries_page, rules
from dugai.evidence.states import EVIDENCE_MOVES, LIVE, EvidenceState, Phase, SlotStatus, Stage
from dugai.files import queries as files
from dugai.files.services_care import mark_damaged
from dugai.kernel.errors import Forbidden, Refused, require
from dugai.ledger import queries as ledger
from dugai.web import evidence_rows
from dugai.web.evidence_rows import Card, card
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from dugai.evidence.models import Evidence
    from dugai.evidence.rules import Checklist, SlotState
    from dugai.people.models import User


@dataclass(frozen=True)
class SlotRow:
    """One criterion with its cards and the views that can be laid over each other."""

    state: SlotState[Evidence]
    lamp: str
    cards: list[Card]
    pairs: list[tuple[Card, Card]]
    lacking: str


@require_GET
def problem_evidence_summary(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show the panel of evidence that the page of a problem fetches when it stands."""
    viewer = viewer_of(request)
    problem = ledger.get_problem(viewer, problem_id)
    context = {"problem": problem, "evidence": queries_page.summary(viewer, problem)}
    return render(request, "evidence/_summary.html", context)


@require_GET
def problem_evidence(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show the criteria of a problem on the left and the proof of each on the right."""
    viewer = viewer_of(request)
    problem = ledger.get_problem(viewer, problem_id)
    stance = queries.stance(viewer, problem)
    checklist = queries.checklist(viewer, problem)
    tolerances = queries.tolerances(viewer, problem)
    rows = [_slot_row(state, tolerances) for state in checklist.slots]
    context = {
        "problem": problem,
        "rows": rows,
        "shown": [row for row in rows if row.state.required or row.cards],
        "empty": [row for row in rows if not row.state.required and not row.cards],
        "others": [card(one, tolerances) for one in checklist.others],
        "kind": checklist.kind.label,
        "counts": _counts(checklist),
        "to_apply": checklist.open(Stage.APPLY),
        "proofs": queries_page.proofs(viewer, problem),
        "past": queries.past(viewer, problem),
        "may_add": policy.may_add(viewer, problem, stance),
        "reviews": policy.may_review_problem(viewer, problem, stance),
        "stage_close": Stage.CLOSE,
    }
    return render(request, "evidence/problem.html", context)


@require_GET
def evidence_page(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Show one piece: its picture, what is claimed of it beside what it says of itself, its review."""
    viewer = viewer_of(request)
    return show(request, viewer, queries.get_evidence(viewer, evidence_id))


def show(
    request: HttpRequest, viewer: User, evidence: Evidence, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render one piece with the acts the viewer has."""
    problem = evidence.problem
    tolerances = queries.tolerances(viewer, problem)
    one = card(evidence, tolerances)
    slots = {slot.code: slot for slot in queries.slot_list(viewer, problem)}
    state = EvidenceState(evidence.state)
    reviews = policy.may_review(viewer, evidence, queries.stance(viewer, problem))
    takes_back = policy.may_take_back(viewer, evidence)
    partners = queries.partners(viewer, evidence)
    pair = next((found for found in rules.pairs(partners) if found.whole), None)
    can_pair = takes_back and not evidence.pair and evidence.phase != Phase.DOCUMENT
    context = {
        "evidence": evidence,
        "problem": problem,
        "card": one,
        "slot": slots.get(evidence.slot),
        "map": evidence_rows.map_of(evidence, one.reading),
        "hours": tolerances[0],
        "metres": tolerances[1],
        "accepts": reviews and EVIDENCE_MOVES.allows(state, "accept"),
        "revokes": reviews and EVIDENCE_MOVES.allows(state, "revoke"),
        "takes_back": takes_back and EVIDENCE_MOVES.allows(state, "withdraw"),
        "parts": policy.may_pair(viewer, evidence) and bool(evidence.pair),
        "pairable": queries.pairable(viewer, evidence) if can_pair and state in LIVE else [],
        "pair": (card(pair.before, tolerances), card(pair.after, tolerances))
        if pair and pair.before and pair.after
        else None,
        "partners": [found for found in partners if found.pk != evidence.pk],
        "history": queries.history(viewer, evidence),
        **extra,
    }
    return render(request, "evidence/evidence.html", context, status=status)


@require_GET
def evidence_queue(request: HttpRequest) -> HttpResponse:
    """Show the evidence that waits for the viewer's review, the oldest first."""
    viewer = viewer_of(request)
    words = "审核佐证的是督导、验收单位和整改办。您单位提交的佐证在问题页的“佐证”里看。"
    require(policy.may_review_at_all(viewer), words, error=Forbidden)
    after = request.GET.get("after", "")
    found = queries.review_queue(viewer, int(after) if after.isdecimal() and len(after) < 19 else None)
    known: dict[tuple[int, bool], tuple[dict[str, str], tuple[int, int]]] = {}
    rows = []
    for evidence in found.rows:
        problem = evidence.problem
        rule = (
            problem.home_id,
            problem.engineering,
        )  # one region asks the same of all its problems of a kind
        if rule not in known:
            slots = queries.slot_list(viewer, problem)
            known[rule] = {slot.code: slot.name for slot in slots}, queries.tolerances(viewer, problem)
        names, tolerances = known[rule]
        rows.append((card(evidence, tolerances), names.get(evidence.slot, evidence.slot)))
    context = {
        "rows": rows,
        "more": found.next.pk if found.next else None,
        "count": queries.review_count(viewer, 1001),
        "first": not after,
    }
    return render(request, "evidence/queue.html", context)


@require_GET
def evidence_file(request: HttpRequest, evidence_id: int) -> FileResponse:
    """Send the original as a download; the browser never interprets it, and a damaged one is never sent."""
    viewer = viewer_of(request)
    try:
        stored, stream = queries.open_file(viewer, evidence_id)
    except Refused as refusal:
        if refusal.code == files.DAMAGED:
            kept = queries.get_evidence(viewer, evidence_id).file
            mark_damaged(actor=viewer, sha256=kept.blob_id, finding="内容已损坏")
        raise
    response = FileResponse(stream, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_GET
@cache_control(private=True, max_age=300)
def evidence_picture(request: HttpRequest, evidence_id: int, kind: str) -> HttpResponse:
    """Send a picture that was drawn anew from the original."""
    data = queries.picture(viewer_of(request), evidence_id, kind)
    response = HttpResponse(data, content_type="image/jpeg")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _slot_row(state: SlotState[Evidence], tolerances: tuple[int, int]) -> SlotRow:
    cards = {one.pk: card(one, tolerances) for one in state.items}
    whole = [pair for pair in rules.pairs(state.items) if pair.before and pair.after]
    pairs = [(cards[pair.before.pk], cards[pair.after.pk]) for pair in whole if pair.before and pair.after]
    lamp = evidence_rows.SLOT_LAMPS.get(state.state, "")
    return SlotRow(state, lamp, list(cards.values()), pairs, _lacking(state))


def _lacking(state: SlotState[Evidence]) -> str:
    """Say what has still to be handed in for a criterion that has something but not all."""
    if state.state is not SlotStatus.INCOMPLETE:
        return ""
    there = {one.phase for one in state.items if one.state != EvidenceState.RETURNED}
    absent = [phase.label for phase in state.slot.phases if phase not in there]
    return f"还缺{'、'.join(absent)}" if absent else "前后照片还没有配对"


def _counts(checklist: Checklist[Evidence]) -> dict[str, int]:
    required = checklist.required
    return {
        "required": len(required),
        "met": sum(state.met for state in required),
        "pieces": sum(len(state.items) for state in checklist.slots) + len(checklist.others),
        "waiting": sum(
            one.state == EvidenceState.PENDING for state in checklist.slots for one in state.items
        ),
    }
