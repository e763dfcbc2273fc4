"""核查与签字: the papers, measure by measure, and the signature of each level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.views.decorators.http import require_http_methods

from dugai.acceptance import services_check
from dugai.evidence import queries as evidence
from dugai.web.forms_closeout import FindingsForm, SignForm
from dugai.web.places import go
from dugai.web.views_closeout import (
    finding_rows,
    page_of_case,
    perform,
    require_act,
    show,
    version_of,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

PASS = "pass"  # noqa: S105  the value of a button
BUTTONS = [("return", "退回限期完善"), (PASS, "通过")]


@require_http_methods(["GET", "POST"])
def closeout_check(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Check the papers: a conclusion for each measure, then pass or send back."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "check_documents")
    form = FindingsForm(request.POST or None, lines=page.lines, initial={"seen_version": version_of(page)})
    passed = request.POST.get("act") == PASS

    def act() -> None:
        services_check.check_documents(
            actor=request.user,
            case_id=case_id,
            seen_version=form.cleaned_data["seen_version"],
            passed=passed,
            opinion=form.cleaned_data["opinion"],
            findings=form.findings(),
        )

    if perform(request, form, act, version_of(page)):
        messages.success(request, "资料已通过。" if passed else "已退回，申请单位看得到意见。")
        return go("problem_closeout", problem_id=page.problem.pk)
    checklist = evidence.checklist(request.user, page.problem)
    title = next((line.step.label for line in page.steps if line.next), "资料初审")
    return show(
        request,
        page,
        form,
        title=title,
        buttons=BUTTONS,
        rows=finding_rows(form, page, checklist),
        slots=checklist.required,
        note="逐条对照申请和佐证，落实的选“落实到位”；有一条没有落实就应退回。",
    )


@require_http_methods(["GET", "POST"])
def closeout_sign(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Sign for one level, or send back."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "sign_off")
    coming = next((line for line in page.steps if line.next), None)
    initial = {"seen_version": version_of(page), "step": coming.step.key if coming else ""}
    form = SignForm(request.POST or None, initial=initial)
    passed = request.POST.get("act") == PASS

    def act() -> None:
        data = form.cleaned_data
        services_check.sign_off(
            actor=request.user,
            case_id=case_id,
            seen_version=data["seen_version"],
            step=data["step"],
            passed=passed,
            opinion=data["opinion"],
        )

    if perform(request, form, act, version_of(page)):
        messages.success(request, "已签字。" if passed else "已退回，申请单位看得到意见。")
        return go("problem_closeout", problem_id=page.problem.pk)
    return show(
        request,
        page,
        form,
        title=coming.step.label if coming else "审核签字",
        buttons=[("return", "退回限期完善"), (PASS, "签字同意")],
        lines=page.lines,
        note="前面的核查是谁做的，就不能由谁签字；签字后不能改。",
    )
