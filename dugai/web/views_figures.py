"""数据项: the catalogue with today's values, and one figure with its definition and the rows behind it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dugai.complaints.states import LetterState, LetterTime
from dugai.disclosure import catalogue, policy, queries_figure, queries_text
from dugai.disclosure.catalogue import CATALOGUE, FigureLevel
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible, require
from dugai.ledger.states import Closure, Lamp
from dugai.progress.states import ReportState
from dugai.web.views_letters import LAMPS as LETTER_LAMPS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.disclosure.facts import Fact
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

PAGE = 100
NO_FIGURES = "没有这个页面，或您的单位看不到它"
PLACES = {"problem": "problem", "measure": "measure", "task": "task", "report": "report", "letter": "letter"}


class AskForm(forms.Form):
    """Where and when a figure is asked for."""

    region = forms.TypedChoiceField(label="地区", required=False, coerce=int, empty_value=None)
    as_of = forms.DateField(
        label="数据截至", required=False, error_messages={"invalid": "没有这一天。请写成 2026-05-31。"}
    )
    since = forms.DateField(
        label="上期末", required=False, error_messages={"invalid": "没有这一天。请写成 2026-04-30。"}
    )
    inspection = forms.TypedChoiceField(label="督察", required=False, coerce=int, empty_value=None)
    problem = forms.IntegerField(required=False, widget=forms.HiddenInput)
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        """Offer the regions and inspections in sight."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        top = queries_figure.place_of(viewer)
        below = [(one.pk, one.name) for one in queries_figure.places_below(viewer, top)]
        fields["region"].choices = [(top.pk, top.name), *below]
        kept = [(one.pk, one.name) for one in queries_text.inspections_to_write_of(viewer)]
        fields["inspection"].choices = [("", "全部"), *kept]
        for name in ("region", "inspection"):
            fields[name].widget.attrs["class"] = "input"
        for name in ("as_of", "since"):
            fields[name].widget = forms.DateInput({"type": "date", "class": "input"}, format="%Y-%m-%d")


def _asked(request: SignedInRequest) -> tuple[AskForm, queries_figure.Sheet]:
    require(policy.may_see_figures(request.user), NO_FIGURES, error=NotVisible)
    form = AskForm(request.user, request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    sheet = queries_figure.sheet(
        request.user,
        queries_figure.place_of(request.user, data.get("region")),
        data.get("as_of"),
        since=data.get("since"),
        inspection=data.get("inspection"),
        problem=data.get("problem"),
        batch=data.get("batch"),
    )
    return form, sheet


def _query(sheet: queries_figure.Sheet) -> str:
    asked = {
        "region": sheet.place.pk,
        "as_of": sheet.as_of.isoformat(),
        "since": sheet.since.isoformat() if sheet.since else None,
        "inspection": sheet.ground.inspection,
        "problem": sheet.ground.problem,
        "batch": sheet.ground.batch,
    }
    return urlencode({key: value for key, value in asked.items() if value})


@require_GET
def catalogue_page(request: SignedInRequest) -> HttpResponse:
    """Show every figure with its meaning and its value at the place and day asked for."""
    form, sheet = _asked(request)
    query = _query(sheet)
    groups = [
        {
            "level": level,
            "rule": catalogue.SCOPE_RULES[level],
            "rows": [
                {
                    "it": one,
                    "value": sheet.value(one.code),
                    "url": f"{reverse('figure', args=[one.code])}?{query}",
                }
                for one in CATALOGUE.values()
                if one.level == level
            ],
        }
        for level in FigureLevel
    ]
    context = {"form": form, "sheet": sheet, "groups": groups, "now": clock.today()}
    return render(request, "disclosure/figures.html", context, status=422 if form.errors else 200)


@require_GET
def figure_page(request: SignedInRequest, code: str) -> HttpResponse:
    """Show one figure: value, definition, formula, and the rows behind it as they were on its day."""
    form, sheet = _asked(request)
    definition = catalogue.get(code)
    rows = sheet.rows(code)
    after = request.GET.get("after", "")
    start = int(after) if after.isdigit() else 0
    value = sheet.value(code)
    parts = [
        {"name": CATALOGUE[part].name, "n": n, "url": f"{reverse('figure', args=[part])}?{_query(sheet)}"}
        for part, n in ((definition.numerator, value.numerator), (definition.denominator, value.denominator))
        if part
    ]
    more = f"?{_query(sheet)}&after={start + PAGE}" if len(rows) > start + PAGE else ""
    context = {
        "form": form,
        "sheet": sheet,
        "it": definition,
        "value": value,
        "parts": parts,
        "rows": [_row(definition.level, fact, sheet.as_of) for fact in rows[start : start + PAGE]],
        "count": len(rows),
        "start": start,
        "more": more,
        "now": clock.today(),
        "all": f"{reverse('figures')}?{_query(sheet)}",
    }
    return render(request, "disclosure/figure.html", context, status=422 if form.errors else 200)


def _row(level: FigureLevel, fact: Fact, as_of: dt.date) -> dict[str, Any]:
    """Return one row in words, with the page of what it is about."""
    place = PLACES.get(level)
    if level is FigureLevel.REPORT:
        words, lamp = ReportState(fact.closure).label, ""
    elif level is FigureLevel.LETTER:
        words, lamp = LetterTime(fact.lamp).label, LETTER_LAMPS[LetterTime(fact.lamp)]
    elif level is FigureLevel.SITE:
        words, lamp = ("已完成" if fact.lamp == Lamp.DONE else "未完成"), fact.lamp
    else:
        words, lamp = Lamp(fact.lamp).label, fact.lamp
    closure = ""
    if level is FigureLevel.LETTER:
        closure = LetterState(fact.closure).label
    elif level not in {FigureLevel.REPORT, FigureLevel.SITE}:
        closure = Closure(fact.closure).label
    late = f"超 {(as_of - fact.due).days} 天" if lamp == Lamp.OVERDUE and fact.due else ""
    return {
        "fact": fact,
        "url": reverse(place, args=[fact.pk]) if place else "",
        "lamp": lamp,
        "words": words,
        "closure": closure,
        "late": late,
    }
