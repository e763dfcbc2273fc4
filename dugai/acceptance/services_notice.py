"""公示与异议: the notice is drawn from the ledger; what is objected is answered."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from dugai.acceptance import policy, queries_case, queries_notice, rules
from dugai.acceptance.models import Objection, PublicNotice
from dugai.acceptance.services_case import advance
from dugai.acceptance.states import CASE_MOVES, CaseState, ObjectionState
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.people.sealed import seal

if TYPE_CHECKING:
    import datetime as dt

    from dugai.acceptance.models import CloseoutCase
    from dugai.people.models import User

LONGEST_TEXT = 4000


@transaction.atomic
def publish_notice(
    *, actor: User, case_id: int, seen_version: int, address: str, contact: str, channel: str = ""
) -> PublicNotice:
    """Publish the notice from today for as long as the rules say; the text is that of the ledger today."""
    case = queries_case.get_case(actor, case_id, lock=True)
    procedure = rules.read(case.rules, case.class_name)
    allowed = policy.may_publish(actor, case, procedure)
    require(allowed, f"公示由{rules.who(procedure.notice)}发布", code="may_not_publish", error=Forbidden)
    require_version(case, seen_version)
    CASE_MOVES.find(CaseState(case.state), "publish_notice")
    wrong = {}
    if not address.strip():
        wrong["address"] = "请写公示的网址或版面，公众要能找到"
    if not contact.strip():
        wrong["contact"] = "请写受理异议的联系方式"
    if wrong:
        raise InvalidInput("；".join(wrong.values()), code="notice_incomplete", fields=wrong)
    text = queries_notice.notice_text(actor, case, contact=contact.strip(), channel=channel.strip())
    notice = PublicNotice(
        case=case,
        text=text.as_json(),
        channel=text.channel[:60],
        address=address.strip()[:300],
        contact=contact.strip()[:120],
        starts_on=text.starts_on,
        until=text.until,
        objections_until=text.objections_until,
        published_by=actor.person,
        published_at=clock.now(),
    )
    notice.save(force_insert=True)
    names = ("case", "channel", "address", "contact", "starts_on", "until", "objections_until", "text")
    record(actor=actor, kind="public_notice.published", subject=notice, after=shown(notice, *names))
    advance(actor=actor, case=case, kind="closeout.in_notice", move="publish_notice")
    return notice


@transaction.atomic
def lodge_objection(
    *, actor: User, case_id: int, content: str, channel: str, received_on: dt.date, contact: str = ""
) -> Objection:
    """Register what somebody objects to a notice. Who they are is sealed in the row and nowhere else."""
    case = queries_case.get_case(actor, case_id, lock=True)
    allowed = policy.may_lodge_objection(actor, case)
    require(allowed, "异议由本地区的整改办登记", code="may_not_lodge", error=Forbidden)
    state = CaseState(case.state)
    if state not in {CaseState.IN_NOTICE, CaseState.OBJECTED}:
        raise Refused(f"现在是“{state.label}”，不在公示，异议请按信访登记。", code="not_in_notice")
    notice = PublicNotice.objects.get(case=case)
    if not notice.starts_on <= received_on <= min(notice.objections_until, clock.today()):
        message = f"收到日期要在公示期内（{notice.starts_on} 至 {notice.objections_until}），也不能晚于今天"
        raise InvalidInput(message, code="outside_notice", fields={"received_on": message})
    words = content.strip()
    require(words, "请写异议的内容", code="content_missing")
    require(len(words) <= LONGEST_TEXT, f"异议内容最多 {LONGEST_TEXT} 字", code="too_long")
    salt = secrets.token_hex(16) if contact.strip() else ""
    objection = Objection(
        case=case,
        received_on=received_on,
        channel=channel.strip()[:40],
        content=words,
        contact=seal(contact.strip()) if contact.strip() else "",
        salt=salt,
        commitment=canonical.sha256(f"{salt}:{contact.strip()}".encode()) if salt else "",
        lodged_by=actor.person,
    )
    objection.save(force_insert=True)
    names = ("case", "received_on", "channel", "commitment", "state")
    record(actor=actor, kind="objection.lodged", subject=objection, after=shown(objection, *names))
    if state == CaseState.IN_NOTICE:
        advance(actor=actor, case=case, kind="closeout.objected", move="object", reason="公示期间收到异议")
    return objection


@transaction.atomic
def answer_objection(
    *, actor: User, objection_id: int, seen_version: int, upheld: bool, answer: str
) -> Objection:
    """Answer an objection. Upheld, the work begins anew; all dismissed, the notice goes on."""
    objection = queries_case.get_objection(actor, objection_id, lock=True)
    case = objection.case
    allowed = policy.may_answer_objection(actor, objection)
    words = "异议由整改办的审核人员答复，申请单位不能答复自己的"
    require(allowed, words, code="may_not_answer", error=Forbidden)
    require_version(objection, seen_version)
    require(objection.state == ObjectionState.OPEN, "这件异议已经答复过", code="answered_already")
    require(answer.strip(), "请写核查情况和答复", code="answer_missing")
    before, after = change(
        objection,
        state=ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED,
        answer=answer.strip()[:LONGEST_TEXT],
        answered_by=actor.person,
        answered_at=clock.now(),
    )
    record(
        actor=actor,
        kind="objection.upheld" if upheld else "objection.dismissed",
        subject=objection,
        before={"state": before["state"]},
        after={"state": after["state"], "answered_by": after["answered_by"]},
    )
    if case.state == CaseState.OBJECTED:
        _settle(actor, case, upheld=upheld)
    return objection


def _settle(actor: User, case: CloseoutCase, *, upheld: bool) -> None:
    if upheld:
        why = "公示异议成立"
        advance(actor=actor, case=case, kind="closeout.upheld", move="uphold_objection", reason=why)
    elif not case.objections.filter(state=ObjectionState.OPEN).exists():
        why = "公示异议不成立"
        advance(actor=actor, case=case, kind="closeout.dismissed", move="dismiss_objection", reason=why)
