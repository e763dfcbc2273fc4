"""公示与异议: the text as the ledger gives it, publishing, what is objected and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.views.decorators.http import require_http_methods

from dugai.acceptance import policy, queries_case, queries_notice, queries_page, services_notice
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.web import closeout_parts as parts
from dugai.web.forms_closeout import AnswerForm, NoticeForm, ObjectionForm
from dugai.web.places import go
from dugai.web.views_closeout import page_of_case, perform, require_act, show, version_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

UPHELD = "uphold"


@require_http_methods(["GET", "POST"])
def closeout_notice(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Show the text of the notice as it would be published today, and publish it."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "publish_notice")
    case = queries_case.get_case(request.user, case_id)
    typed = {name: request.POST.get(name, "").strip() for name in ("contact", "channel")}
    text = queries_notice.notice_text(request.user, case, **typed)
    initial = {"seen_version": version_of(page), "channel": text.channel}
    form = NoticeForm(request.POST or None, initial=initial)

    def act() -> None:
        data = form.cleaned_data
        services_notice.publish_notice(
            actor=request.user,
            case_id=case_id,
            seen_version=data["seen_version"],
            address=data["address"],
            contact=data["contact"],
            channel=data["channel"],
        )

    if request.POST.get("act") != "preview" and perform(request, form, act, version_of(page)):
        messages.success(request, f"已开始公示，到 {text.until} 为止。")
        return go("problem_closeout", problem_id=page.problem.pk)
    note = "期限按适用程序算，公布当天不计。公示文字取自台账，发布后不能改；要改请先退回。"
    return show(
        request,
        page,
        form,
        title="发布公示",
        buttons=[("preview", "再看一遍"), ("publish", "发布公示")],
        preview=text,
        note=note,
    )


@require_http_methods(["GET", "POST"])
def closeout_objection_new(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Register an objection against a notice that runs."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "lodge_objection")
    form = ObjectionForm(request.POST or None, initial={"received_on": clock.today()})

    def act() -> None:
        services_notice.lodge_objection(actor=request.user, case_id=case_id, **form.cleaned_data)

    if perform(request, form, act, 0):
        messages.success(request, "异议已登记。答复以前不能销号。")
        return go("problem_closeout", problem_id=page.problem.pk)
    note = "反映人和联系方式加密保存，列表、留痕和打印里都没有。"
    return show(request, page, form, title="登记异议", buttons=[("yes", "登记")], note=note)


@require_http_methods(["GET", "POST"])
def closeout_objection(request: SignedInRequest, objection_id: int) -> HttpResponse:
    """Show one objection and answer it: it holds, or it does not."""
    viewer = request.user
    objection = queries_case.get_objection(viewer, objection_id)
    page = queries_page.page_of_case(viewer, objection.case_id)
    if request.method == "GET":
        words = "异议由整改办的审核人员答复，申请单位不能答复自己的"
        require(parts.may_answer(viewer, objection), words, error=Forbidden)
    form = AnswerForm(request.POST or None, initial={"seen_version": objection.version})
    upheld = request.POST.get("act") == UPHELD

    def act() -> None:
        services_notice.answer_objection(
            actor=viewer,
            objection_id=objection_id,
            seen_version=form.cleaned_data["seen_version"],
            upheld=upheld,
            answer=form.cleaned_data["answer"],
        )

    if perform(request, form, act, objection.version):
        words = "异议成立，已转重新整改。" if upheld else "已答复：异议不成立。"
        messages.success(request, words)
        return go("problem_closeout", problem_id=page.problem.pk)
    sees = policy.may_see_contact(viewer, objection.case)
    note = "判“成立”，这次验收结束，问题回到重新整改。"
    return show(
        request,
        page,
        form,
        title="答复异议",
        buttons=[(UPHELD, "异议成立，重新整改"), ("dismiss", "异议不成立")],
        objection=objection,
        contact=queries_notice.contact_of(viewer, objection) if sees else "",
        note=note,
    )
