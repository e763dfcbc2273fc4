"""验收销号 of one problem: its gates, its steps, what was found; and the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dugai.acceptance import queries_page, services_apply
from dugai.acceptance.states import CaseState
from dugai.evidence import queries as evidence
from dugai.evidence import queries_page as proving
from dugai.evidence.states import Stage
from dugai.insight import queries_journal
from dugai.kernel.errors import Conflict, DomainError, Forbidden, NotVisible, require
from dugai.web import closeout_parts as parts
from dugai.web.forms_closeout import ApplyForm, ReasonForm
from dugai.web.places import go

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from dugai.acceptance.queries_page import CasePage
    from dugai.evidence.models import Evidence
    from dugai.evidence.rules import Checklist
    from dugai.web.forms import HouseForm
    from dugai.web.frame import SignedInRequest

AGAIN = frozenset({CaseState.RETURNED, CaseState.WITHDRAWN})
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@require_GET
def problem_closeout(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Show the close-out of a problem: the living attempt, the last one, or that of ?case=."""
    page = _page(request, problem_id)
    checklist = evidence.checklist(request.user, page.problem)
    context = {
        **parts.shared(request.user, page),
        "visits": parts.visits(page),
        "slots": checklist.required,
        "by_measure": parts.proof_by_measure(checklist),
        "answerable": [one.pk for one in page.objections if parts.may_answer(request.user, one)],
        "decidable": [one.pk for one in parts.to_decide(request.user, page)],
        "earlier": [(one, parts.chip(one)) for one in page.earlier],
        "extract": queries_journal.may_read_journal(request.user),
    }
    return render(request, "closeout/case.html", context)


@require_GET
def closeout_summary(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Return the sections 销号 and 佐证 of a problem's page: gates from the first day, the next acts, proof.

    They come after the page, which keeps to its budget of queries; without script their links stand there.
    """
    page = queries_page.case_page(request.user, problem_id)
    context = {
        **parts.shared(request.user, page),
        "earlier": [(one, parts.chip(one)) for one in page.earlier],
        "evidence": proving.summary(request.user, page.problem),
    }
    return render(request, "closeout/_summary.html", context)


@require_http_methods(["GET", "POST"])
def closeout_apply(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Apply for acceptance: a statement, and each measure with what was done beside its proof."""
    viewer = request.user
    page = queries_page.case_page(viewer, problem_id)
    measures = proving.choices(viewer, page.problem).measures
    if request.method == "GET":
        require_act(page, "apply")
    before = _last_attempt(request, page)
    form = ApplyForm(request.POST or None, measures=measures, initial=_initial(page, before))

    def act() -> None:
        services_apply.apply(
            actor=viewer,
            problem_id=problem_id,
            seen_version=form.cleaned_data["seen_version"],
            statement=form.cleaned_data["statement"],
            claims=form.claims(),
        )

    if perform(request, form, act, page.problem.version):
        messages.success(request, "已申请验收。核查人员的待办里已经有它。")
        return go("problem_closeout", problem_id=problem_id)
    checklist = evidence.checklist(viewer, page.problem)
    last = {line.measure_id: line for line in before.lines} if before else {}
    rows = [
        {
            "measure": one,
            "claim": form[f"claim_{one.pk}"],
            "proof": form[f"proof_{one.pk}"],
            "evidence": parts.proof_by_measure(checklist).get(one.pk, []),
            "last": last.get(one.pk),
        }
        for one in measures
    ]
    context = {
        **parts.shared(viewer, page),
        "form": form,
        "rows": rows,
        "slots": checklist.required,
        "whole": parts.proof_by_measure(checklist).get(None, []),
        "why": parts.open_before_applying(viewer, page),
        "to_apply": checklist.open(Stage.APPLY),
    }
    return render(request, "closeout/apply.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def closeout_withdraw(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Take an application back, with the reason."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "withdraw")
    form = ReasonForm(request.POST or None, initial={"seen_version": version_of(page)})

    def act() -> None:
        data = form.cleaned_data
        services_apply.withdraw(
            actor=request.user, case_id=case_id, seen_version=data["seen_version"], reason=data["reason"]
        )

    if perform(request, form, act, version_of(page)):
        messages.success(request, "已撤回申请。补好以后可以再申请。")
        return go("problem_closeout", problem_id=page.problem.pk)
    note = "撤回以后这次验收就此结束，记录保留；再申请算下一次。"
    return show(request, page, form, title="撤回申请", buttons=[("yes", "撤回")], note=note)


@require_GET
def closeout_photo(request: SignedInRequest, case_id: int, photo_id: int) -> FileResponse:
    """Send a photo of a visit; a damaged one is never sent, and a browser runs nothing of it."""
    stored, stream = queries_page.open_photo(request.user, case_id, photo_id)
    shown = stored.blob.media_type in PICTURES
    kind = stored.blob.media_type if shown else "application/octet-stream"
    response = FileResponse(stream, content_type=kind)
    response["Content-Disposition"] = "inline" if shown else "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=300"
    return response


# ---------- what the other pages of close-out use ----------


def page_of_case(request: SignedInRequest, case_id: int) -> CasePage:
    """Return the page of a case in sight."""
    return queries_page.page_of_case(request.user, case_id)


def version_of(page: CasePage) -> int:
    """Return the version of the case as the page shows it."""
    return page.case.version if page.case else 0


def require_act(page: CasePage, *names: str) -> None:
    """Refuse a form to somebody whose turn it is not, and say whose it is."""
    state = CaseState(page.case.state).label if page.case else "还没有申请验收"
    words = f"现在是“{state}”，这一步不归您办。{parts.waits_for(page) or '请看销号关口里还差什么'}。"
    require(any(name in page.acts for name in names), words, error=Forbidden)


def perform(request: SignedInRequest, form: Any, act: Callable[[], object], version: int) -> bool:
    """Do the act of a form that came in; a refusal stands in the form beside what was typed.

    After a conflict the form stands on `version`, the one that the page shows. Who may not at all, or does
    not see it, gets the page that says so.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except (Forbidden, NotVisible):
        raise
    except Conflict:
        form.add_error(None, "您打开以后别人改过这一件。您写的还在下面，请对照现在的情况再提交。")
        form.look_again(version)
    except DomainError as refusal:
        form.take(refusal)
    else:
        return True
    return False


def status_of(form: HouseForm) -> int:
    """Return 422 for a form that came back."""
    return 422 if form.errors else 200


def show(
    request: SignedInRequest,
    page: CasePage,
    form: HouseForm,
    *,
    title: str,
    buttons: list[tuple[str, str]],
    **extra: Any,
) -> HttpResponse:
    """Render one act with its form; `buttons` are value and word, the main one last."""
    context = {
        **parts.shared(request.user, page),
        "form": form,
        "fields": parts.plain_fields(form),
        "title": title,
        "buttons": buttons,
        **extra,
    }
    return render(request, "closeout/act.html", context, status=status_of(form))


def finding_rows(form: Any, page: CasePage, checklist: Checklist[Evidence]) -> list[dict[str, Any]]:
    """Return the measures of a case with the claim, its proof and the fields for a conclusion."""
    proof = parts.proof_by_measure(checklist)
    return [
        {
            "line": line,
            "met": form[f"met_{line.measure_id}"],
            "note": form[f"note_{line.measure_id}"],
            "evidence": proof.get(line.measure_id, []),
        }
        for line in page.lines
    ]


def _last_attempt(request: SignedInRequest, page: CasePage) -> CasePage | None:
    """Return the attempt before a new application, with what was written and found then."""
    if page.case is not None or not page.earlier:
        return None
    return queries_page.case_page(request.user, page.problem.pk, page.earlier[0].pk)


def _initial(page: CasePage, before: CasePage | None) -> dict[str, Any]:
    """Return what an application begins with: after a return or withdrawal, the words of the last one."""
    found: dict[str, Any] = {"seen_version": page.problem.version}
    if before is None or before.case is None or before.case.state not in AGAIN:
        return found
    found["statement"] = before.case.statement
    for line in before.lines:
        found |= {f"claim_{line.measure_id}": line.claim, f"proof_{line.measure_id}": line.proof}
    return found


def _page(request: SignedInRequest, problem_id: int) -> CasePage:
    asked = parts.number(request.GET.get("case", ""))
    if asked is not None:
        return queries_page.case_page(request.user, problem_id, asked)
    page = queries_page.case_page(request.user, problem_id)
    if page.case is None and page.earlier:
        return queries_page.case_page(request.user, problem_id, page.earlier[0].pk)
    return page
