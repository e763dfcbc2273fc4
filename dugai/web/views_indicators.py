"""指标: the list of a region, one indicator with its chart, alerts, one reading with its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.indicators import policy, queries, services, services_target
from dugai.indicators.rules import plain
from dugai.indicators.rules_span import parse_span
from dugai.indicators.states import IndicatorKind
from dugai.kernel.errors import DomainError, Forbidden, NotVisible, require
from dugai.web import charts_indicator, indicator_parts
from dugai.web.forms_indicators import (
    ChangeDefinitionForm,
    CorrectForm,
    DefinitionForm,
    ReadingForm,
    TargetForm,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from dugai.indicators.models import Indicator
    from dugai.people.models import Organisation
    from dugai.web.forms import HouseForm
    from dugai.web.frame import SignedInRequest

DEFINERS = "指标由省级整改办的管理人员统一定义"


def _region(request: SignedInRequest) -> Organisation:
    require(policy.may_see(request.user), queries.HIDDEN, error=NotVisible)
    wanted = request.GET.get("region", "")
    return queries.region_of(request.user, int(wanted) if wanted.isdecimal() else None)


@require_GET
def indicator_list(request: SignedInRequest) -> HttpResponse:
    """Show how every indicator of a region stands."""
    region = _region(request)
    found = queries.sheet(request.user, region)
    known = {series.indicator.pk for series in found}
    rest = [row for row in queries.indicators(request.user) if row.pk not in known]
    groups = [
        (kind, [indicator_parts.row_of(one, region.pk) for one in found if one.indicator.kind == kind])
        for kind in IndicatorKind
    ]
    context = {
        "region": region,
        "regions": queries.regions_below(request.user),
        "groups": [(kind, rows) for kind, rows in groups if rows],
        "rest": rest,
        "alerts": queries.alert_count(request.user),
        "may_define": policy.may_define(request.user),
        "may_enter": policy.may_enter_at_all(request.user),
        "may_enter_here": policy.may_enter(request.user, region),
    }
    return render(request, "indicators/indicators.html", context)


@require_GET
def indicator_alerts(request: SignedInRequest) -> HttpResponse:
    """Show the indicators in sight that miss their target or have worsened; computed, never typed."""
    require(policy.may_see(request.user), queries.HIDDEN, error=NotVisible)
    rows = queries.alerts(request.user)
    series = queries.by_pair(request.user, rows)
    found = [indicator_parts.alert_of(row, series[row.indicator_id, row.region_id]) for row in rows]
    return render(request, "indicators/alerts.html", {"rows": found})


@require_http_methods(["GET", "POST"])
def indicator_page(request: SignedInRequest, code: str) -> HttpResponse:
    """Show one indicator of a region; take a reading, a target, or the end of a target."""
    region = _region(request)
    indicator = queries.get_indicator(request.user, code)
    reading, target = ReadingForm(prefix="r"), TargetForm(prefix="t")
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "withdraw_target":
            return _withdraw_target(request, region)
        form: HouseForm
        if act == "target":
            form = target = TargetForm(request.POST, prefix="t")
        else:
            form = reading = ReadingForm(request.POST, prefix="r")
        take = _set_target if act == "target" else _enter
        if _taken(form, lambda: take(request, indicator, region, form.cleaned_data)):
            messages.success(request, "目标已登记。" if act == "target" else "已填报。")
            return redirect(f"{request.path}?region={region.pk}")
        status = 422
    return render(
        request,
        "indicators/indicator.html",
        _context(request, indicator, region, {"reading": reading, "target": target}),
        status=status,
    )


def _context(
    request: SignedInRequest, indicator: Indicator, region: Organisation, forms: dict[str, Any]
) -> dict[str, Any]:
    (series,) = queries.sheet(request.user, region, indicator=indicator)
    kinds = charts_indicator.lengths(series)
    asked = request.GET.get("by", "")
    by = next((one for one, _ in kinds if str(one) == asked), None)
    if by is None and kinds:
        by = max(kinds, key=lambda kind: len(charts_indicator.of_length(series, kind[0])))[0]
    last = series.latest
    return {
        "it": indicator,
        "region": region,
        "regions": queries.regions_below(request.user),
        "row": indicator_parts.row_of(series, region.pk),
        "last": last,
        "compared": [indicator_parts.compared(one) for one in series.comparisons(last)] if last else [],
        "kinds": kinds,
        "by": by,
        "chart": charts_indicator.chart(series, by) if by is not None else None,
        "readings": [
            {
                "it": row,
                "compared": [indicator_parts.compared(one) for one in series.comparisons(row)],
                "lamps": indicator_parts.lamps(series.against(row), worsened=series.worsened(row)),
            }
            for row in reversed(series.readings)
        ],
        "targets": list(reversed(series.targets)),
        "forms": forms,
        "may_enter": policy.may_enter(request.user, region),
        "may_set_target": policy.may_set_target(request.user, region),
        "may_define": policy.may_define(request.user),
    }


def _taken(form: HouseForm, act: Callable[[], object]) -> bool:
    """Do what a form asks; put a refusal beside its fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except DomainError as refusal:
        form.take(refusal)
        return False
    return True


def _said(data: dict[str, Any], last_day: Any) -> services.Said:
    words = {name: data[name] for name in ("source", "quote", "sample_size", "exclusions")}
    return services.Said(value=data["value"], as_of=data["as_of"] or last_day, **words)


def _enter(
    request: SignedInRequest, indicator: Indicator, region: Organisation, data: dict[str, Any]
) -> None:
    span = parse_span(data["period"])
    services.enter_reading(
        actor=request.user, indicator=indicator, region=region, span=span, said=_said(data, span.end)
    )


def _set_target(
    request: SignedInRequest, indicator: Indicator, region: Organisation, data: dict[str, Any]
) -> None:
    span = parse_span(data["period"])
    names = ("low", "high", "source", "quote", "reason")
    services_target.set_target(
        actor=request.user,
        indicator=indicator,
        region=region,
        span=span,
        **{name: data[name] for name in names},
    )


def _withdraw_target(request: SignedInRequest, region: Organisation) -> HttpResponse:
    asked = {name: request.POST.get(name, "") for name in ("target", "seen_version")}
    pk, seen = (int(value) if value.isdecimal() else 0 for value in asked.values())
    try:
        services_target.withdraw_target(
            actor=request.user, target_id=pk, seen_version=seen, reason=request.POST.get("reason", "")
        )
    except NotVisible:
        raise
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "目标已撤销，原因留在留痕里。")
    return redirect(f"{request.path}?region={region.pk}")


@require_http_methods(["GET", "POST"])
def reading_page(request: SignedInRequest, reading_id: int) -> HttpResponse:
    """Show one reading with its source and versions; correct it or take it back."""
    row = queries.get_reading(request.user, reading_id)
    names = ("as_of", "source", "quote", "sample_size", "exclusions")
    initial = {"value": plain(row.value), **{name: getattr(row, name) for name in names}}
    form = CorrectForm(initial=initial)
    status, trouble = 200, ""
    if request.method == "POST":
        seen = request.POST.get("seen_version", "")
        version = int(seen) if seen.isdecimal() else 0
        if request.POST.get("act") == "withdraw":
            reason = request.POST.get("reason", "")
            try:
                services.withdraw_reading(
                    actor=request.user, reading_id=reading_id, seen_version=version, reason=reason
                )
            except DomainError as refusal:
                status, trouble = refusal.status, refusal.message
            else:
                messages.success(request, "这个数已撤销，原因留在这里。")
                return redirect("indicator_reading", reading_id=reading_id)
        else:
            form = CorrectForm(request.POST)
            if form.is_valid():
                data = form.cleaned_data
                try:
                    new = services.correct_reading(
                        actor=request.user,
                        reading_id=reading_id,
                        seen_version=version,
                        said=_said(data, row.ends_on),
                        reason=data["reason"],
                    )
                except DomainError as refusal:
                    form.take(refusal)
                    status = refusal.status
                else:
                    messages.success(request, "已更正。原来的数和原因都留着。")
                    return redirect("indicator_reading", reading_id=new.pk)
            else:
                status = 422
    (series,) = queries.sheet(request.user, row.region, indicator=row.indicator)
    standing = row.is_standing
    context = {
        "row": row,
        "form": form,
        "trouble": trouble,
        "url": indicator_parts.url_of(series, row.region_id),
        "target": series.target_of(row) if standing else None,
        "lamps": indicator_parts.lamps(row.against, worsened=row.worsened) if standing else [],
        "compared": [indicator_parts.compared(one) for one in series.comparisons(row)] if standing else [],
        "versions": queries.versions(request.user, row),
        "may_correct": standing and policy.may_enter(request.user, row.region),
    }
    return render(request, "indicators/reading.html", context, status=status)


@require_http_methods(["GET", "POST"])
def indicator_new(request: SignedInRequest) -> HttpResponse:
    """Define an indicator."""
    require(policy.may_define(request.user), DEFINERS, error=Forbidden)
    form = DefinitionForm(request.POST or None)
    if request.method == "POST" and _taken(
        form, lambda: services_target.define_indicator(actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "已定义。各地现在可以填报。")
        return redirect("indicator", code=form.cleaned_data["code"])
    context = {"form": form, "title": "定义指标", "it": None}
    return render(request, "indicators/define.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def indicator_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change the definition, the base year, or whether an indicator may worsen."""
    require(policy.may_define(request.user), DEFINERS, error=Forbidden)
    it = queries.get_indicator(request.user, code)
    names = ("definition", "base_year", "no_worse")
    form = ChangeDefinitionForm(request.POST or None, initial={name: getattr(it, name) for name in names})
    seen = request.POST.get("seen_version", "")
    if request.method == "POST" and _taken(
        form,
        lambda: services_target.change_indicator(
            actor=request.user,
            code=code,
            seen_version=int(seen) if seen.isdecimal() else 0,
            **form.cleaned_data,
        ),
    ):
        messages.success(request, "定义已改，预警已按新的口径重算。")
        return redirect("indicator", code=code)
    context = {"form": form, "title": f"修改“{it.name}”", "it": it}
    return render(request, "indicators/define.html", context, status=422 if form.errors else 200)


@require_POST
def indicator_adopt(request: SignedInRequest) -> HttpResponse:
    """Take in the indicators that ship with the house."""
    rows = services_target.adopt_catalogue(actor=request.user)
    messages.success(request, f"已装入 {len(rows)} 个常用指标。" if rows else "常用指标都在了，没有要装的。")
    return redirect("indicators")
