"""现场核查 with a phone and bad signal: each photo and visit arrives exactly once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import SiteVisit, VisitPhoto
from dugai.acceptance.services_check import note_findings, take
from dugai.acceptance.states import CaseState, StepKind
from dugai.files.services import store_file
from dugai.journal.services import record, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, Refused, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.acceptance.entries import Finding, Photo, Visit
    from dugai.acceptance.models import CloseoutCase
    from dugai.files.store import Readable
    from dugai.people.models import User

LONGEST_KEY = 64
MOST_PHOTOS = 60
VISITING = frozenset({CaseState.APPLIED, CaseState.CHECKED})


@transaction.atomic
def keep_photo(
    *,
    actor: User,
    case_id: int,
    visit_key: str,
    photo_key: str,
    name: str,
    stream: Readable,
    photo: Photo,
) -> VisitPhoto:
    """Keep one photo of a visit. The keys are made by the phone; the same key again gives the same photo."""
    case = queries_case.get_case(actor, case_id, lock=True)
    _require_keys(visit_key, photo_key)
    known = VisitPhoto.objects.filter(case=case, visit_key=visit_key, photo_key=photo_key).first()
    if known is not None:
        return known
    _require_visitor(actor, case)
    count = VisitPhoto.objects.filter(case=case, visit_key=visit_key).count()
    require(count < MOST_PHOTOS, f"一次核查最多 {MOST_PHOTOS} 张照片", code="too_many_photos")
    stored = store_file(actor=actor, name=name, stream=stream, note="现场核查照片")
    if not stored.blob.media_type.startswith("image/"):
        raise InvalidInput("现场照片要是图片", code="not_a_picture", fields={"file": "请选照片"})
    kept = VisitPhoto(case=case, visit_key=visit_key, photo_key=photo_key, file=stored, **asdict(photo))
    kept.save(force_insert=True)
    names = ("case", "visit_key", "photo_key", "file", "taken_at", "longitude", "latitude")
    record(actor=actor, kind="visit_photo.kept", subject=kept, after=shown(kept, *names))
    return kept


@transaction.atomic
def record_visit(
    *,
    actor: User,
    case_id: int,
    draft_key: str,
    visit: Visit,
    passed: bool,
    opinion: str,
    findings: Sequence[Finding] = (),
) -> SiteVisit:
    """Record a visit with its conclusion. Sent again with the same `draft_key`, it is the same visit.

    Raises `Conflict` when the key comes back with other content, and `Refused` while photos are missing
    that the procedure asks for: a phone sends its photos first.
    """
    case = queries_case.get_case(actor, case_id, lock=True)
    _require_keys(draft_key)
    print_ = _fingerprint(visit, opinion, findings, passed=passed)
    known = SiteVisit.objects.filter(case=case, draft_key=draft_key).first()
    if known is not None:
        if known.fingerprint != print_:
            raise Conflict("这次核查已经提交过，内容与现在的不同。请刷新后对照。")
        return known
    step = queries_case.turn(actor, case, StepKind.VISIT)
    _require_sound(visit, step)
    photos = VisitPhoto.objects.filter(case=case, visit_key=draft_key).count()
    if passed and photos < step.photos:
        left = step.photos - photos
        raise Refused(f"现场照片还差 {left} 张，请先传照片。", code="photos_missing")
    kept = SiteVisit(
        case=case,
        draft_key=draft_key,
        fingerprint=print_,
        organisation=actor.organisation,
        recorded_by=actor.person,
        recorded_at=clock.now(),
        members=[name.strip() for name in visit.members],
        place=visit.place.strip(),
        longitude=visit.longitude,
        latitude=visit.latitude,
        began_at=visit.began_at,
        ended_at=visit.ended_at,
        findings=visit.findings.strip(),
    )
    kept.save(force_insert=True)
    names = ("case", "draft_key", "organisation", "members", "place", "longitude", "latitude", "began_at")
    record(
        actor=actor,
        kind="site_visit.recorded",
        subject=kept,
        after=shown(kept, *names, "ended_at"),
        reason=kept.findings,
    )
    note_findings(actor=actor, case=case, findings=findings)
    take(actor=actor, case=case, step=step, passed=passed, opinion=opinion, visit=kept)
    return kept


def _require_keys(*keys: str) -> None:
    fit = all(key and len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() for key in keys)
    if not fit:
        raise InvalidInput("草稿编号不对，请重新打开表单", code="key_wrong")


def _require_visitor(actor: User, case: CloseoutCase) -> None:
    """Photos come from those who may take the visit that is still to come, or take one of them."""
    procedure = rules.read(case.rules, case.class_name)
    visits = [step for step in procedure.steps if step.kind == StepKind.VISIT]
    mine = any(policy.may_take_step(actor, case, step) for step in visits)
    require(mine, "现场照片由核查人员传，申请单位自己不能传", code="may_not_verify", error=Forbidden)
    require(case.state in VISITING, "这次验收已不在核查阶段，不能再传现场照片", code="move_refused")


def _require_sound(visit: Visit, step: rules.Step) -> None:
    """Refuse a visit that cannot have been: too few people, no place, no words, or times that do not fit."""
    wrong: dict[str, str] = {}
    names = {name.strip() for name in visit.members if name.strip()}
    if len(names) < step.members:
        wrong["members"] = f"现场核查要 {step.members} 人以上，现在 {len(names)} 人"
    if not visit.place.strip():
        wrong["place"] = "请写核查地点"
    if not visit.findings.strip():
        wrong["findings"] = "请写现场看到的情况"
    if visit.ended_at < visit.began_at:
        wrong["ended_at"] = "结束时间早于开始时间"
    elif visit.ended_at > clock.now():
        wrong["ended_at"] = "结束时间还没有到"
    if (visit.longitude is None) != (visit.latitude is None):
        wrong["longitude"] = "经纬度要一起填"
    if visit.longitude is not None and visit.latitude is not None:
        on_earth = abs(visit.longitude) <= 180 and abs(visit.latitude) <= 90
        wrong |= {} if on_earth else {"longitude": "经纬度超出范围"}
    if wrong:
        raise InvalidInput("；".join(wrong.values()), code="visit_unsound", fields=wrong)


def _fingerprint(visit: Visit, opinion: str, findings: Sequence[Finding], *, passed: bool) -> str:
    whole: dict[str, Any] = {
        "visit": asdict(visit),
        "opinion": opinion.strip(),
        "findings": [asdict(one) for one in findings],
        "passed": passed,
    }
    return canonical.sha256(canonical.dump(whole).encode())
