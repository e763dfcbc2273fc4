"""建账: pages on which an inspection and its problems are registered and entries are corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, require
from dugai.ledger import policy, queries, queries_plan, services_edit, services_entry, sheet_row, sheet_text
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.sight import Scope
from dugai.web import conflicts
from dugai.web.forms_ledger import (
    BOUND_FIELDS,
    InspectionForm,
    LinkForm,
    PartForm,
    ProblemEditForm,
    ProblemForm,
    SiteForm,
)
from dugai.web.ledger_units import Names
from dugai.web.places import go

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

ROWS_FIRST = 3
ROWS_MORE = 3
ROWS_MOST = 200
ROW_NAMES = ("number", "text", "deadline", "responsible", "person", "narrative")
PART_FIELDS = ("cooperating", "supervising", "accepting")
OFFICE_ONLY = "只有整改办可以登记台账"


def require_office(viewer: User) -> None:
    """Refuse the page to those who keep no ledger."""
    require(policy.may_import(viewer), OFFICE_ONLY, error=Forbidden)


@require_http_methods(["GET", "POST"])
def inspection_new(request: SignedInRequest) -> HttpResponse:
    """Register an inspection."""
    require_office(request.user)
    top = Scope.top(request.user)
    form = InspectionForm(request.POST or None, initial={"object": top.name if top else ""})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            values["object_"] = Names(request.user).one("object", values.pop("object"))
            inspection = services_entry.open_inspection(actor=request.user, **values)
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记 {inspection.name}。接着登记问题，或导入清单。")
            return go("inspection", inspection_id=inspection.pk)
    return render(request, "ledger/inspection_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def problem_new(request: SignedInRequest) -> HttpResponse:
    """Register one problem with its measures, in rows that are filled by keyboard."""
    require_office(request.user)
    kept = queries_plan.inspections_to_keep(request.user)
    chosen = next(
        (one for one in kept if str(one.pk) == request.GET.get("inspection")), kept[0] if kept else None
    )
    numbers = queries_plan.next_numbers(request.user, chosen) if chosen else (1, 1)
    top = Scope.top(request.user)
    initial = {
        "inspection": chosen.pk if chosen else "",
        "number": numbers[0],
        "home": top.name if top else "",
    }
    form = ProblemForm(
        request.POST or None, initial=initial, inspections=[(one.pk, one.name) for one in kept]
    )
    lines = _lines(request, numbers[1])
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            problem = _register(request.user, form.cleaned_data, lines)
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记问题 {problem.code}，{len(lines_of(lines))} 条措施。")
            return go("problem", problem_id=problem.pk)
    bad = request.method == "POST" and "more" not in request.POST
    context = {"form": form, "lines": lines, "kept": kept, "action": "登记问题"}
    return render(request, "ledger/problem_new.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "POST"])
def measures_new(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Set further measures against a problem."""
    problem = queries.get_problem(request.user, problem_id)
    require(policy.may_change_problem(request.user, problem), services_edit.KEEPER, error=Forbidden)
    lines = _lines(request, queries_plan.next_numbers(request.user, problem.inspection)[1])
    said = ""
    if request.method == "POST" and "more" not in request.POST:
        try:
            measures = _measures(Names(request.user), lines, problem.home.path, problem.lead, clock.today())
            require(measures, "请至少写一条措施", code="measure_missing")
            services_entry.add_measures(
                actor=request.user, problem_id=problem.pk, seen_version=problem.version, measures=measures
            )
        except DomainError as refusal:
            said = refusal.message
        else:
            messages.success(request, f"已增加 {len(measures)} 条措施。")
            return go("problem", problem_id=problem.pk)
    context = {"problem": problem, "lines": lines, "said": said, "locked": _locked(request.user, problem)}
    return render(request, "ledger/measures_new.html", context, status=422 if said else 200)


@require_http_methods(["GET", "POST"])
def problem_edit(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Correct an entry; what a plan binds is shown and locked."""
    problem = queries.get_problem(request.user, problem_id)
    require(policy.may_change_problem(request.user, problem), services_edit.KEEPER, error=Forbidden)
    bound = queries.plan_binds(problem)
    initial = {name: getattr(problem, name) for name in ProblemEditForm.base_fields if hasattr(problem, name)}
    form = ProblemEditForm(request.POST or None, initial=initial)
    if bound:
        for name in BOUND_FIELDS:
            form.fields[name].disabled = True
    seen = int(request.POST.get("seen_version") or problem.version)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        values = {
            name: value for name, value in form.cleaned_data.items() if not (bound and name in BOUND_FIELDS)
        }
        try:
            services_edit.edit_problem(actor=request.user, problem_id=problem.pk, seen_version=seen, **values)
        except Conflict as refusal:
            status, problem = refusal.status, queries.get_problem(request.user, problem_id)
            now = {name: getattr(problem, name, "") for name in form.fields if name != "reason"}
            conflicts.show_both(request.user, problem, form, now)
            seen = problem.version  # both texts are on the page from here on
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, "已保存。")
            return go("problem", problem_id=problem.pk)
    context = {"form": form, "problem": problem, "bound": bound, "seen": seen}
    return render(request, "ledger/problem_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def problem_parts(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Show who takes part, the 点位 and the links of a problem, and add to them."""
    problem = queries.get_problem(request.user, problem_id)
    require(policy.may_change_problem(request.user, problem), services_edit.KEEPER, error=Forbidden)
    what = request.POST.get("what", "")
    forms = {
        "part": PartForm(request.POST if what == "part" else None, prefix="part"),
        "site": SiteForm(
            request.POST if what == "site" else None, prefix="site", initial={"region": problem.home.name}
        ),
        "link": LinkForm(request.POST if what == "link" else None, prefix="link"),
    }
    form = forms.get(what)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _add(request.user, problem, what, dict(form.cleaned_data))
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已加上。")
            return go("problem_parts", problem_id=problem.pk)
    context = {
        "problem": problem,
        "forms": forms,
        "parts": queries_plan.parts_of(request.user, problem),
        "sites": queries_plan.sites_of(request.user, problem),
        "bound": queries.plan_binds(problem),
    }
    return render(
        request, "ledger/problem_parts.html", context, status=422 if form is not None and form.errors else 200
    )


@require_POST
def part_end(request: SignedInRequest, part_id: int) -> HttpResponse:
    """Let a unit's part end."""
    row = services_edit.end_part(
        actor=request.user,
        participation_id=part_id,
        seen_version=int(request.POST.get("seen_version") or 0),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, f"{row.organisation} 不再是{row.get_part_display()}，记录保留。")
    return go("problem_parts", problem_id=row.problem_id)


def _add(viewer: User, problem: Any, what: str, values: dict[str, Any]) -> None:
    if what == "part":
        unit = Names(viewer).one("organisation", values["organisation"], problem.home.path)
        services_edit.add_part(
            actor=viewer,
            problem_id=problem.pk,
            seen_version=problem.version,
            organisation=unit,
            part=values["part"],
            person=values["person"],
        )
    elif what == "site":
        region = Names(viewer).one("region", values.pop("region"), problem.home.path)
        services_entry.add_site(actor=viewer, problem_id=problem.pk, region=region, **values)
    else:
        earlier = queries_plan.problem_by_code(viewer, values["earlier"])
        services_edit.link_problems(
            actor=viewer,
            earlier_id=earlier.pk,
            later_id=problem.pk,
            relation=values["relation"],
            reason=values["reason"],
        )


def _lines(request: SignedInRequest, first: int) -> list[dict[str, str]]:
    """Return the rows of measures as they were typed, with empty ones to go on; numbers are proposed."""
    typed = {name: request.POST.getlist(f"m_{name}") for name in ROW_NAMES}
    count = min(len(typed["text"]), ROWS_MOST)
    lines = [
        {name: (values[at] if at < len(values) else "") for name, values in typed.items()}
        for at in range(count)
    ]
    extra = ROWS_MORE if "more" in request.POST else 0 if count else ROWS_FIRST
    numbers = [int(line["number"]) for line in lines if line["number"].isdigit()]
    following = max(numbers, default=first - 1) + 1
    lines += [dict.fromkeys(ROW_NAMES, "") | {"number": str(following + at)} for at in range(extra)]
    return lines


def _measures(
    names: Names, lines: list[dict[str, str]], home: str, lead: Any, issued: dt.date
) -> tuple[NewMeasure, ...]:
    """Return the filled rows as measures. Raises `InvalidInput` with the number of the row that is wrong."""
    found = []
    for at, line in enumerate(lines, 1):
        if not line["text"].strip():
            continue
        number = sheet_text.read_ordinal(line["number"])
        if number is None:
            raise InvalidInput(f"第 {at} 条措施的序号“{line['number']}”不是数字。请写成 1、2、3。")
        deadline, says = sheet_row.read_deadline(line["deadline"].strip(), issued)
        if says:
            raise InvalidInput(f"第 {at} 条措施的时限“{line['deadline']}”：{says}")
        try:
            owners = names.several("responsible", line["responsible"], home) or (lead,)
        except InvalidInput as unknown:
            raise InvalidInput(f"第 {at} 条措施的责任单位：{unknown.message}") from unknown
        columns = {"text": line["text"].strip(), "deadline": deadline, "narrative": line["narrative"].strip()}
        tasks = tuple(NewTask(owner=owner, person=line["person"].strip()[:60]) for owner in owners)
        found.append(NewMeasure(number=number, columns=columns, tasks=tasks))
    return tuple(found)


def _register(viewer: User, data: dict[str, Any], lines: list[dict[str, str]]) -> Any:
    names = Names(viewer)
    home = names.one("home", data["home"])
    lead = names.one("lead", data["lead"], home.path)
    inspection = queries.get_inspection(viewer, int(data["inspection"]))
    measures = _measures(names, lines, home.path, lead, inspection.fed_back_on or clock.today())
    keys = (
        "text",
        "kind",
        "source",
        "source_class",
        "category",
        "leader_name",
        "goal",
        "requirement",
        "standard",
    )
    columns = {key: data[key] for key in keys} | {"title": data["title"] or sheet_text.summary(data["text"])}
    deadlines = [measure.columns["deadline"] for measure in measures]
    if deadlines and all(one == deadlines[0] for one in deadlines):
        columns["deadline"] = deadlines[0]
    entry = NewProblem(
        number=data["number"],
        home=home,
        lead=lead,
        columns=columns,
        parts={part: names.several(part, data[part], home.path) for part in PART_FIELDS},
        measures=measures,
    )
    (problem,) = services_entry.register_problems(actor=viewer, inspection_id=inspection.pk, problems=[entry])
    return problem


def _locked(viewer: User, problem: Any) -> str:
    """Say why no measures may be added, or nothing."""
    del viewer
    if queries.plan_binds(problem) and not queries.plan_under_revision(problem):
        return "方案已经审定。要增加措施，请先起草方案的新版。"
    return ""


def lines_of(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows that were filled."""
    return [line for line in lines if line["text"].strip()]
