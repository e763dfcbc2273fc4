"""Close-out: what waits, one problem's gates and steps, and each act on the way to its number."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, cast

from ninja import File, Form, Query, Router, Status, UploadedFile

from dugai.acceptance import (
    queries_after,
    queries_page,
    services_apply,
    services_check,
    services_close,
    services_notice,
    services_visit,
)
from dugai.acceptance.entries import Claim, Finding, Photo, Visit
from dugai.api import shapes_closeout as shapes
from dugai.api.auth import READ, REPORT, REVIEW, TokenRequest
from dugai.api.paging import after, page_of
from dugai.api.shapes import PathId
from dugai.api.shapes_plan import ReasonIn, SeenIn
from dugai.journal.services import demand_version
from dugai.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.acceptance.models import (
        CloseoutCase,
        CloseoutProposal,
        Objection,
        PublicNotice,
        SiteVisit,
        VisitPhoto,
    )
    from dugai.acceptance.queries_page import CasePage, StepLine

router = Router(tags=["验收销号"])


@router.get(
    "/problems/{problem_id}/closeout",
    response=shapes.CloseoutOut,
    auth=READ,
    operation_id="get_closeout",
    summary="一个问题的验收销号：关口、步骤、现在能办什么",
)
def get_closeout(request: TokenRequest, problem_id: PathId) -> dict[str, Any]:
    """Return gates and steps of a problem, from the first day on."""
    return _closeout(queries_page.case_page(request.user, problem_id))


@router.get(
    "/closeout/queue",
    response=shapes.QueuePage,
    auth=READ,
    operation_id="list_closeout_queue",
    summary="待办：待核查、待签字、公示中、有异议",
)
def list_closeout_queue(request: TokenRequest, ask: Query[shapes.QueueAsk]) -> dict[str, Any]:
    """Return the cases of one queue in sight, oldest first."""
    if ask.queue not in queries_after.STATES:
        raise InvalidInput("这个队列不是案件的队列", fields={"queue": "请选案件的队列"}, code="other_queue")
    return page_of(queries_after.queue(request.user, ask.queue, after(ask), ask.limit))


@router.get(
    "/closeout/numbers",
    response=shapes.NumbersOut,
    auth=READ,
    operation_id="get_closeout_numbers",
    summary="各环节件数",
)
def get_closeout_numbers(request: TokenRequest) -> dict[str, Any]:
    """Return how many cases in sight are in each state."""
    return {"counts": queries_after.numbers(request.user)}


@router.post(
    "/problems/{problem_id}/closeout",
    response={201: shapes.CaseOut},
    auth=REPORT,
    operation_id="apply_closeout",
    summary="申请验收",
)
def apply_closeout(request: TokenRequest, problem_id: PathId, body: shapes.ApplyIn) -> Status[CloseoutCase]:
    """Apply for acceptance with the table of measures."""
    case = services_apply.apply(
        actor=request.user,
        problem_id=problem_id,
        seen_version=demand_version(body.seen_version),
        statement=body.statement,
        claims=[Claim(one.measure, one.claim, one.proof) for one in body.claims],
    )
    return Status(201, case)


@router.post(
    "/closeout-cases/{case_id}/withdraw",
    response=shapes.CaseOut,
    auth=REPORT,
    operation_id="withdraw_closeout",
    summary="撤回申请",
)
def withdraw_closeout(request: TokenRequest, case_id: PathId, body: ReasonIn) -> CloseoutCase:
    """Take an application back before it is checked."""
    return services_apply.withdraw(
        actor=request.user,
        case_id=case_id,
        seen_version=demand_version(body.seen_version),
        reason=body.reason,
    )


@router.post(
    "/closeout-cases/{case_id}/documents",
    response=shapes.CaseOut,
    auth=REVIEW,
    operation_id="check_closeout_documents",
    summary="资料初审",
)
def check_closeout_documents(request: TokenRequest, case_id: PathId, body: shapes.CheckIn) -> CloseoutCase:
    """Check the papers, measure by measure."""
    return services_check.check_documents(
        actor=request.user,
        case_id=case_id,
        seen_version=demand_version(body.seen_version),
        passed=body.passed,
        opinion=body.opinion,
        findings=_findings(body.findings),
    )


@router.post(
    "/closeout-cases/{case_id}/photos",
    response={201: shapes.PhotoOut},
    auth=REVIEW,
    operation_id="keep_visit_photo",
    summary="传一张现场照片",
)
def keep_visit_photo(
    request: TokenRequest, case_id: PathId, file: File[UploadedFile], form: Form[shapes.PhotoIn]
) -> Status[VisitPhoto]:
    """Keep one photo; the same keys again give the same photo."""
    photo = services_visit.keep_photo(
        actor=request.user,
        case_id=case_id,
        visit_key=form.visit_key,
        photo_key=form.photo_key,
        name=file.name or "现场.jpg",
        stream=cast("IO[bytes]", file.file),
        photo=Photo(caption=form.caption),
    )
    return Status(201, photo)


@router.post(
    "/closeout-cases/{case_id}/visits",
    response={201: shapes.VisitOut},
    auth=REVIEW,
    operation_id="record_site_visit",
    summary="提交现场核查",
)
def record_site_visit(request: TokenRequest, case_id: PathId, body: shapes.VisitIn) -> Status[SiteVisit]:
    """Record a visit; the same draft again is the same visit."""
    visit = services_visit.record_visit(
        actor=request.user,
        case_id=case_id,
        draft_key=body.draft_key,
        visit=Visit(
            members=tuple(body.members),
            place=body.place,
            began_at=body.began_at,
            ended_at=body.ended_at,
            findings=body.findings,
            longitude=Decimal(body.longitude) if body.longitude else None,
            latitude=Decimal(body.latitude) if body.latitude else None,
        ),
        passed=body.passed,
        opinion=body.opinion,
        findings=_findings(body.measures),
    )
    return Status(201, visit)


@router.post(
    "/closeout-cases/{case_id}/sign",
    response=shapes.CaseOut,
    auth=REVIEW,
    operation_id="sign_closeout",
    summary="审核签字",
)
def sign_closeout(request: TokenRequest, case_id: PathId, body: shapes.SignIn) -> CloseoutCase:
    """Sign for one level, or send back."""
    return services_check.sign_off(
        actor=request.user,
        case_id=case_id,
        seen_version=demand_version(body.seen_version),
        step=body.step,
        passed=body.passed,
        opinion=body.opinion,
    )


@router.post(
    "/closeout-cases/{case_id}/notice",
    response={201: shapes.NoticeOut},
    auth=REVIEW,
    operation_id="publish_closeout_notice",
    summary="开始公示",
)
def publish_closeout_notice(
    request: TokenRequest, case_id: PathId, body: shapes.NoticeIn
) -> Status[PublicNotice]:
    """Publish the notice from today on."""
    notice = services_notice.publish_notice(
        actor=request.user,
        case_id=case_id,
        seen_version=demand_version(body.seen_version),
        address=body.address,
        contact=body.contact,
        channel=body.channel,
    )
    return Status(201, notice)


@router.post(
    "/closeout-cases/{case_id}/objections",
    response={201: shapes.ObjectionOut},
    auth=REVIEW,
    operation_id="lodge_objection",
    summary="登记异议",
)
def lodge_objection(request: TokenRequest, case_id: PathId, body: shapes.ObjectionIn) -> Status[Objection]:
    """Register an objection."""
    objection = services_notice.lodge_objection(
        actor=request.user,
        case_id=case_id,
        content=body.content,
        channel=body.channel,
        received_on=body.received_on,
        contact=body.contact,
    )
    return Status(201, objection)


@router.post(
    "/objections/{objection_id}/answer",
    response=shapes.ObjectionOut,
    auth=REVIEW,
    operation_id="answer_objection",
    summary="答复异议",
)
def answer_objection(request: TokenRequest, objection_id: PathId, body: shapes.AnswerIn) -> Objection:
    """Answer an objection."""
    return services_notice.answer_objection(
        actor=request.user,
        objection_id=objection_id,
        seen_version=demand_version(body.seen_version),
        upheld=body.upheld,
        answer=body.answer,
    )


@router.post(
    "/closeout-cases/{case_id}/propose-close",
    response={201: shapes.CloseoutProposalOut},
    auth=REVIEW,
    operation_id="propose_close",
    summary="提出销号",
)
def propose_close(request: TokenRequest, case_id: PathId, body: SeenIn) -> Status[CloseoutProposal]:
    """Propose to close; another person decides."""
    found = services_close.propose_close(
        actor=request.user, case_id=case_id, seen_version=demand_version(body.seen_version)
    )
    return Status(201, found)


def _findings(given: Sequence[shapes.FindingIn]) -> list[Finding]:
    return [Finding(one.measure, one.met, one.note) for one in given]


def _closeout(page: CasePage) -> dict[str, Any]:
    return {
        "problem": page.problem,
        "case": page.case,
        "gates": page.gates,
        "steps": [_step(one) for one in page.steps],
        "lines": page.lines,
        "number": page.entry.text if page.entry else "",
        "acts": sorted(page.acts),
    }


def _step(line: StepLine) -> dict[str, Any]:
    done = line.verification
    return {
        "key": line.step.key,
        "label": line.step.label,
        "who": line.who,
        "next": line.next,
        "conclusion": done.conclusion if done else None,
        "organisation": done.organisation.name if done else "",
        "person": done.person.name if done else "",
        "opinion": done.opinion if done else "",
        "at": done.at if done else None,
    }
