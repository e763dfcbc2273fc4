"""登记之后: pages on which one measure and one 点位 are corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dugai.kernel import clock
from dugai.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, require
from dugai.ledger import policy, queries, queries_plan, services_edit, sheet_row
from dugai.web import conflicts
from dugai.web.forms_edit import MEASURE_BOUND_FIELDS, MeasureEditForm, SiteEditForm
from dugai.web.ledger_units import Names
from dugai.web.places import go

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.ledger.models import Measure, Site
    from dugai.web.frame import SignedInRequest


@require_http_methods(["GET", "POST"])
def measure_edit(request: SignedInRequest, measure_id: int) -> HttpResponse:
    """Correct a measure; what a plan binds is shown, locked, and led to the request of a change."""
    measure = queries.get_measure(request.user, measure_id)
    require(policy.may_change_problem(request.user, measure.problem), services_edit.KEEPER, error=Forbidden)
    bound = queries.plan_binds(measure.problem)
    form = MeasureEditForm(request.POST or None, initial=_measure_now(measure))
    if bound:
        for name in MEASURE_BOUND_FIELDS:
            form.fields[name].disabled = True
    status = 200
    if request.method == "POST":
        status = _save_measure(request, measure, form, bound=bound) if form.is_valid() else 422
        if status == 200:
            messages.success(request, f"措施 {measure.number} 已保存。")
            return go("measure", measure_id=measure.pk)
    if status == Conflict.status:
        measure = queries.get_measure(request.user, measure_id)
        conflicts.show_both(request.user, measure, form, _measure_now(measure))
    context = {
        "form": form,
        "measure": measure,
        "problem": measure.problem,
        "bound": bound,
        "seen": _seen(request, measure.version, status),
    }
    return render(request, "ledger/measure_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def site_edit(request: SignedInRequest, site_id: int) -> HttpResponse:
    """Correct a 点位, or note what was done with it."""
    site = queries_plan.get_site(request.user, site_id)
    require(policy.may_change_problem(request.user, site.problem), services_edit.KEEPER, error=Forbidden)
    measures = queries_plan.measures_of(request.user, site.problem)
    choices = [(one.pk, f"措施 {one.number}　{one.text[:30]}") for one in measures]
    form = SiteEditForm(request.POST or None, initial=_site_now(site), measures=choices)
    status = 200
    if request.method == "POST":
        status = _save_site(request, site, form, measures) if form.is_valid() else 422
        if status == 200:
            messages.success(request, f"点位“{form.cleaned_data['name']}”已保存。")
            return go("problem", problem_id=site.problem_id)
    if status == Conflict.status:
        site = queries_plan.get_site(request.user, site_id)
        conflicts.show_both(request.user, site, form, _site_now(site))
    context = {
        "form": form,
        "site": site,
        "problem": site.problem,
        "seen": _seen(request, site.version, status),
    }
    return render(request, "ledger/site_edit.html", context, status=status)


def _save_measure(request: SignedInRequest, measure: Measure, form: MeasureEditForm, *, bound: bool) -> int:
    """Save what was typed; return 200, or the status of the refusal that now stands in the form."""
    values = dict(form.cleaned_data)
    reason, text = values.pop("reason"), values.pop("deadline")
    if bound:
        values.pop("text")
    try:
        if not bound and text != form.initial["deadline"]:
            issued = measure.problem.inspection.fed_back_on or clock.today()
            read, says = sheet_row.read_deadline(text, issued)
            if says:
                raise InvalidInput(says, fields={"deadline": says})
            values["deadline"] = read
        services_edit.edit_measure(
            actor=request.user,
            measure_id=measure.pk,
            seen_version=int(request.POST.get("seen_version") or 0),
            reason=reason,
            **values,
        )
    except DomainError as refusal:
        return _refused(form, refusal)
    return 200


def _save_site(request: SignedInRequest, site: Site, form: SiteEditForm, measures: list[Measure]) -> int:
    values = dict(form.cleaned_data)
    chosen = values.pop("measure")
    values["measure"] = next((one for one in measures if str(one.pk) == chosen), None)
    try:
        if values["region"] == form.initial["region"]:
            del values["region"]
        else:
            values["region"] = Names(request.user).one("region", values["region"], site.problem.home.path)
        services_edit.edit_site(
            actor=request.user,
            site_id=site.pk,
            seen_version=int(request.POST.get("seen_version") or 0),
            **values,
        )
    except DomainError as refusal:
        return _refused(form, refusal)
    return 200


def _refused(form: Any, refusal: DomainError) -> int:
    """Put a refusal into the form; a conflict is told with both texts by the caller."""
    if not isinstance(refusal, Conflict):
        form.take(refusal)
    return refusal.status


def _seen(request: SignedInRequest, version: int, status: int) -> int:
    """Return the version the page answers for: after a conflict both texts were seen, so it is today's."""
    typed = request.POST.get("seen_version", "")
    return int(typed) if typed.isdigit() and status != Conflict.status else version


def _measure_now(measure: Measure) -> dict[str, Any]:
    return {
        "text": measure.text,
        "deadline": queries_plan.printed(measure.deadline),
        "narrative": measure.narrative,
        "note": measure.note,
    }


def _site_now(site: Site) -> dict[str, Any]:
    names = ("name", "kind", "longitude", "latitude", "datum", "plan", "disposition", "done_on")
    return {name: getattr(site, name) for name in names} | {
        "region": site.region.name,
        "measure": str(site.measure_id or ""),
    }
