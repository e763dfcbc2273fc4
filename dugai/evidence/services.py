"""佐证: a unit adds, pairs, replaces and withdraws; another unit accepts or returns, with an opinion."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.evidence import policy, queries
from dugai.evidence.look import PICTURES
from dugai.evidence.models import Evidence, Reading
from dugai.evidence.states import EVIDENCE_MOVES, LIVE, EvidenceState, Phase
from dugai.files.models import StoredFile
from dugai.jobs.services import enqueue
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, require
from dugai.ledger import queries as ledger

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from dugai.ledger.models import Problem
    from dugai.people.models import User

LOOK_JOB = "evidence.look"
LONGEST_TITLE = 120
COLUMNS = (
    *("problem", "measure", "task", "site", "slot", "phase", "pair", "title", "file", "state"),
    *("organisation", "added_by", "claimed_at", "claimed_place", "claimed_latitude", "claimed_longitude"),
)


@dataclass(frozen=True)
class Claim:
    """What the unit says of a file: for which criterion, which phase, whose, when and where.

    `latitude` and `longitude` are degrees in WGS-84 or CGCS2000; both or neither.
    """

    slot: str
    phase: str = Phase.DOCUMENT
    title: str = ""
    measure_id: int | None = None
    task_id: int | None = None
    site_id: int | None = None
    at: dt.datetime | None = None
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@transaction.atomic
def add_evidence(*, actor: User, problem_id: int, file_id: int, claim: Claim) -> Evidence:
    """Put a stored file of the actor's own into a criterion of a problem; it waits for review."""
    problem = ledger.get_problem(actor, problem_id)
    _require_adder(actor, problem)
    stored = _own_file(actor, file_id)
    columns = _checked(actor, problem, stored, claim)
    return _insert(actor, problem, stored, columns)


@transaction.atomic
def replace_evidence(
    *, actor: User, evidence_id: int, file_id: int, seen_version: int | None = None
) -> Evidence:
    """Put another file in the place of a piece that waits or was returned; the old one is kept."""
    old = queries.get_evidence(actor, evidence_id, lock=True)
    require(policy.may_take_back(actor, old), "只有提交单位可以换自己的佐证", error=Forbidden)
    require_version(old, seen_version)
    stored = _own_file(actor, file_id)
    _require_fits(stored, Phase(old.phase))
    state = EVIDENCE_MOVES.next(EvidenceState(old.state), "replace")
    before, after = change(old, state=state)
    record(actor=actor, kind="evidence.replaced", subject=old, before=before, after=after)
    kept = ("measure", "task", "site", "slot", "phase", "pair", "title", "claimed_at", "claimed_place")
    columns = {name: getattr(old, name) for name in (*kept, "claimed_latitude", "claimed_longitude")}
    return _insert(actor, old.problem, stored, {**columns, "replaces": old})


@transaction.atomic
def pair_evidence(*, actor: User, evidence_id: int, other_id: int, seen_version: int | None = None) -> str:
    """Join two pictures of one view in different phases, and return the key of the pair."""
    first = queries.get_evidence(actor, evidence_id, lock=True)
    second = queries.get_evidence(actor, other_id, lock=True)
    for one in (first, second):
        require(policy.may_take_back(actor, one), "只有提交单位可以配对自己的照片", error=Forbidden)
        require(one.state in LIVE, "撤回或替换了的照片不能配对", code="not_live")
    require_version(first, seen_version)
    _require_pair(first, second)
    key = first.pair or second.pair or secrets.token_hex(6)
    phases = [one.phase for one in queries.partners(actor, first) or queries.partners(actor, second)]
    newcomers = [one for one in (first, second) if not one.pair]
    if any(one.phase in phases for one in newcomers):
        raise Refused("这一组里已经有同一阶段的照片。请先解除原来的配对。", code="phase_taken")
    for one in newcomers:
        before, after = change(one, pair=key)
        record(actor=actor, kind="evidence.paired", subject=one, before=before, after=after)
    return key


@transaction.atomic
def part_evidence(*, actor: User, evidence_id: int, seen_version: int | None = None) -> Evidence:
    """Take one picture out of its pair, as long as it is not accepted."""
    evidence = queries.get_evidence(actor, evidence_id, lock=True)
    require(policy.may_pair(actor, evidence), "采纳了的照片不能解除配对", error=Forbidden)
    require_version(evidence, seen_version)
    require(evidence.pair, "这张照片没有配对", code="not_paired")
    before, after = change(evidence, pair="")
    record(actor=actor, kind="evidence.parted", subject=evidence, before=before, after=after)
    return evidence


@transaction.atomic
def review_evidence(
    *, actor: User, evidence_id: int, act: str, opinion: str = "", seen_version: int | None = None
) -> Evidence:
    """Accept a piece, send it back, or take an acceptance back; the last two need an opinion.

    `act` is `accept`, `send_back` or `revoke`. The reviewer is of another unit than the one that added it.
    """
    evidence = queries.get_evidence(actor, evidence_id, lock=True)
    allowed = policy.may_review(actor, evidence, queries.stance(actor, evidence.problem))
    require(
        allowed,
        "佐证由督导、验收单位或整改办审核，提交单位不能审自己的",
        error=Forbidden,
        code="may_not_review",
    )
    require_version(evidence, seen_version)
    require(act in {"accept", "send_back", "revoke"}, "没有这种审核操作", code="no_such_act")
    move = EVIDENCE_MOVES.find(EvidenceState(evidence.state), act)
    words = opinion.strip()[:500]
    if move.needs_reason and not words:
        message = "请写明退回的原因，让提交单位知道补什么"
        raise InvalidInput(message, fields={"opinion": message}, code="reason_missing")
    require(
        act != "accept" or evidence.file.blob.damaged_at is None,
        "这份文件在存储中已损坏，不能采纳",
        code="file_damaged",
    )
    before, after = change(
        evidence,
        state=move.target,
        opinion=words,
        reviewer=actor.person,
        reviewing_unit=actor.organisation,
        reviewed_at=clock.now(),
    )
    kinds = {"accept": "evidence.accepted", "send_back": "evidence.returned", "revoke": "evidence.revoked"}
    record(actor=actor, kind=kinds[act], subject=evidence, before=before, after=after, reason=words)
    return evidence


@transaction.atomic
def withdraw_evidence(
    *, actor: User, evidence_id: int, reason: str, seen_version: int | None = None
) -> Evidence:
    """Take a piece back that waits or was returned. It stays in the history, and its file in the store."""
    evidence = queries.get_evidence(actor, evidence_id, lock=True)
    require(policy.may_take_back(actor, evidence), "只有提交单位可以撤回自己的佐证", error=Forbidden)
    require_version(evidence, seen_version)
    state = EVIDENCE_MOVES.next(EvidenceState(evidence.state), "withdraw")
    words = reason.strip()[:300]
    if not words:
        message = "请写一句为什么撤回"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    before, after = change(evidence, state=state)
    record(actor=actor, kind="evidence.withdrawn", subject=evidence, before=before, after=after, reason=words)
    return evidence


# ---------- what the acts share ----------


def _require_adder(actor: User, problem: Problem) -> None:
    allowed = policy.may_add(actor, problem, queries.stance(actor, problem))
    words = "只有承担任务的单位、牵头单位或整改办可以提交佐证"
    require(allowed, words, error=Forbidden, code="may_not_add")


def _own_file(actor: User, file_id: int) -> StoredFile:
    found = (
        StoredFile.objects.select_related("blob")
        .filter(pk=file_id, organisation=actor.organisation_id, uploaded_by=actor.person)
        .first()
    )
    if found is None:
        raise NotVisible("没有这个文件，或它不是您上传的")
    return found


def _checked(actor: User, problem: Problem, stored: StoredFile, claim: Claim) -> dict[str, Any]:
    """Return the columns of a claim. Raises `InvalidInput` with a sentence for each wrong field."""
    wrong: dict[str, str] = {}
    if claim.slot not in {slot.code for slot in queries.slot_list(actor, problem)}:
        wrong["slot"] = "请选择佐证类别"
    if claim.phase not in Phase.values:
        wrong["phase"] = "请选择阶段"
    elif claim.phase != Phase.DOCUMENT and stored.blob.media_type not in {*PICTURES, "video/mp4"}:
        wrong["phase"] = "整改前、中、后是给照片和视频用的，这个文件请选“材料”"
    wrong |= _wrong_place(claim)
    if claim.at and claim.at > clock.now():
        wrong["claimed_at"] = "时间不能晚于现在"
    places = {
        "measure": (problem.measures, claim.measure_id, "这条措施不属于本问题"),
        "task": (problem.tasks, claim.task_id, "这项任务不属于本问题"),
        "site": (problem.sites, claim.site_id, "这个点位不属于本问题"),
    }
    for name, (rows, pk, words) in places.items():
        if pk is not None and not _holds(rows, pk):
            wrong[name] = words
    if wrong:
        raise InvalidInput("有几处要改，请看各项下面的提示", fields=wrong)
    title = claim.title.strip() or stored.name.rpartition(".")[0]
    return {
        "slot": claim.slot,
        "phase": claim.phase,
        "title": title[:LONGEST_TITLE],
        "measure_id": claim.measure_id,
        "task_id": claim.task_id,
        "site_id": claim.site_id,
        "claimed_at": claim.at,
        "claimed_place": claim.place.strip()[:120],
        "claimed_latitude": claim.latitude,
        "claimed_longitude": claim.longitude,
    }


def _wrong_place(claim: Claim) -> dict[str, str]:
    if (claim.latitude is None) != (claim.longitude is None):
        return {"latitude": "经度和纬度要么都填，要么都不填"}
    wrong = {}
    if claim.latitude is not None and abs(claim.latitude) > 90:
        wrong["latitude"] = "纬度应在 -90 到 90 之间"
    if claim.longitude is not None and abs(claim.longitude) > 180:
        wrong["longitude"] = "经度应在 -180 到 180 之间"
    return wrong


def _holds(rows: Any, pk: int) -> bool:
    found = rows.filter(pk=pk)
    if hasattr(found, "unscoped"):
        found = found.unscoped("whether a row belongs to a problem in sight")
    return bool(found.exists())


def _require_fits(stored: StoredFile, phase: Phase) -> None:
    if phase is not Phase.DOCUMENT and stored.blob.media_type not in {*PICTURES, "video/mp4"}:
        message = "原来的是照片或视频，请换成照片或视频"
        raise InvalidInput(message, fields={"file": message})


def _require_pair(first: Evidence, second: Evidence) -> None:
    same = first.problem_id == second.problem_id and first.slot == second.slot and first.pk != second.pk
    require(same, "只能把同一问题、同一类别的两张照片配成一组", code="not_alike")
    pictures = all(one.file.blob.media_type in PICTURES for one in (first, second))
    require(pictures, "只有照片可以配对", code="not_pictures")
    phases = {first.phase, second.phase}
    require(
        len(phases) > 1 and Phase.DOCUMENT not in phases,
        "请选两个不同阶段的照片：整改前、整改中、整改后",
        code="same_phase",
    )
    joined = first.pair and second.pair
    require(not joined, "两张照片都已经配过对。请先解除其中一个。", code="both_paired")


def _insert(actor: User, problem: Problem, stored: StoredFile, columns: dict[str, Any]) -> Evidence:
    evidence = Evidence(
        problem=problem,
        file=stored,
        organisation=actor.organisation,
        added_by=actor.person,
        added_at=clock.now(),
        **columns,
    )
    evidence.save(force_insert=True)
    record(actor=actor, kind="evidence.added", subject=evidence, after=shown(evidence, *COLUMNS))
    if not Reading.objects.filter(blob=stored.blob_id).exists():
        enqueue(actor=actor, kind=LOOK_JOB, arguments={"blob": stored.blob_id}, key=stored.blob_id)
    return evidence
