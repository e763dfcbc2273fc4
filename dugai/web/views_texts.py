"""文稿: the desk, a new text, one text with its editor, what its numbers mean, its versions and its print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dugai.disclosure import catalogue, pages, policy, queries_text, rules_body, services_text
from dugai.disclosure.drafting import period_of
from dugai.disclosure.makers import MAKERS
from dugai.disclosure.states import ABOUT_A_PROBLEM, TEXT_MOVES, Genre, TextState
from dugai.disclosure.writing import excel, pdf, word
from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, NotVisible, require
from dugai.kernel.months import Period, PeriodKind
from dugai.people import queries as people
from dugai.web.text_parts import listed_figures, posted_parts, shown_blocks

if TYPE_CHECKING:
    from dugai.disclosure.models import Text
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

NO_TEXTS = "没有这个页面，或您的单位看不到它"
LAMPS = {
    TextState.IN_REVIEW: "soon",
    TextState.RETURNED: "behind",
    TextState.APPROVED: "ontrack",
    TextState.RELEASED: "done",
    TextState.CORRECTED: "closed",
    TextState.WITHDRAWN: "closed",
    TextState.DISCARDED: "closed",
}
FORMS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word.document),
    "pdf": ("application/pdf", pdf.document),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NewTextForm(forms.Form):
    """Which text, about where and when."""

    genre = forms.ChoiceField(label="文种", choices=Genre.choices)
    region = forms.TypedChoiceField(label="地区", coerce=int)
    period = forms.CharField(
        label="期次", required=False, max_length=20, help_text="2026年5月、2026年第2季度"
    )
    as_of = forms.DateField(
        label="数据截至",
        required=False,
        error_messages={"invalid": "没有这一天。请写成 2026-05-31。"},
        help_text="不填就取期次的最后一天，期次没有过完取今天",
    )
    inspection = forms.TypedChoiceField(label="督察", required=False, coerce=int, empty_value=None)
    problem = forms.CharField(
        label="问题编号",
        required=False,
        max_length=60,
        help_text="公示、验收意见、督办函、约谈通知、一案一档要填",
    )
    batch = forms.TypedChoiceField(
        label="信访件批次", required=False, coerce=int, empty_value=None, help_text="信访件一览表要选"
    )

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        """Offer regions and inspections in sight."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["region"].choices = [(one.pk, one.name) for one in queries_text.regions_to_write_of(viewer)]
        kept = [(one.pk, one.name) for one in queries_text.inspections_to_write_of(viewer)]
        fields["inspection"].choices = [("", "全部督察"), *kept]
        handed = queries_text.batches_to_write_of(viewer)
        fields["batch"].choices = [("", "不选"), *((one.pk, f"{one.region}{one.name}") for one in handed)]
        fields["as_of"].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        for field in fields.values():
            field.widget.attrs.setdefault("class", "input")


@require_GET
def text_list(request: SignedInRequest) -> HttpResponse:
    """Show the texts in sight, by state and kind."""
    require(policy.may_see_figures(request.user), NO_TEXTS, error=NotVisible)
    state, genre = request.GET.get("state", ""), request.GET.get("genre", "")
    rows = queries_text.texts(request.user, state=state, genre=genre)
    context = {
        "rows": [
            {"it": row, "lamp": LAMPS.get(TextState(row.state), ""), "period": _period(row)} for row in rows
        ],
        "states": [("", "全部"), *TextState.choices],
        "genres": Genre.choices,
        "state": state,
        "genre": genre,
        "may_draft": policy.may_draft_at_all(request.user),
    }
    return render(request, "disclosure/texts.html", context)


def _period(text: Text) -> str:
    period = period_of(text.period)
    return period.label if period else ""


@require_http_methods(["GET", "POST"])
def text_new(request: SignedInRequest) -> HttpResponse:
    """Draft a text from a template."""
    require(policy.may_draft_at_all(request.user), "只有整改办可以起草文稿", error=Forbidden)
    month = Period.of(PeriodKind.MONTH, clock.today())
    initial = {
        "period": month.label,
        "genre": request.GET.get("genre", ""),
        "problem": request.GET.get("problem", ""),
        "batch": request.GET.get("batch", ""),
    }
    form = NewTextForm(request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        text = _drafted(request, form)
        if text is not None:
            return redirect("text", text_id=text.pk)
    context = {"form": form, "about": sorted(ABOUT_A_PROBLEM)}
    return render(request, "disclosure/text_new.html", context, status=422 if form.errors else 200)


def _drafted(request: SignedInRequest, form: NewTextForm) -> Text | None:
    data = form.cleaned_data
    viewer = request.user
    kept = {one.pk: one for one in queries_text.inspections_to_write_of(viewer)}
    batches = {one.pk: one for one in queries_text.batches_to_write_of(viewer)}
    problem = queries_text.problem_named(viewer, data["problem"]) if data["problem"] else None
    if data["problem"] and problem is None:
        form.add_error("problem", f"没有编号是“{data['problem']}”的问题，或您的单位看不到它。")
        return None
    try:
        text = services_text.draft_text(
            actor=viewer,
            genre=data["genre"],
            region=people.get_organisation(viewer, data["region"]),
            period=data["period"],
            as_of=data["as_of"],
            inspection=kept.get(data["inspection"]),
            problem=problem,
            batch=batches.get(data["batch"]) if data["genre"] == Genre.LETTERS else None,
        )
    except InvalidInput as refusal:
        for name, words in (refusal.fields or {"": refusal.message}).items():
            form.add_error(name if name in form.fields else None, words)
        return None
    except DomainError as refusal:
        form.add_error("period" if refusal.code.startswith("period") else None, refusal.message)
        return None
    messages.success(request, "已按模板起草。数字都是数据项，点开能看每一行。")
    return text


@require_http_methods(["GET", "POST"])
def text_page(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Show one text; its office edits it here while it is a draft."""
    text = queries_text.get_text(request.user, text_id)
    typed: dict[str, Any] = {}
    if request.method == "POST":
        parts = posted_parts(request.POST)
        seen = request.POST.get("seen_version", "")
        title, number = request.POST.get("title", ""), request.POST.get("number", "")
        try:
            services_text.save_text(
                actor=request.user,
                text_id=text_id,
                seen_version=int(seen) if seen.isdigit() else 0,
                title=title,
                number=number,
                parts=_in_range(parts, text),
            )
        except DomainError as refusal:
            fields = refusal.fields if isinstance(refusal, InvalidInput) else {}
            typed = {
                "parts": parts,
                "title": title,
                "number": number,
                "error": refusal.message,
                "fields": fields,
            }
        else:
            messages.success(request, "已存。")
            return redirect("text", text_id=text_id)
    context = _context(request, text, typed)
    status = 422 if typed else 200
    return render(request, "disclosure/text.html", context, status=status)


def _in_range(parts: list[dict[str, Any]], text: Text) -> list[dict[str, Any]]:
    """Leave out kept blocks that the text does not have."""
    count = len(text.body["blocks"])
    return [part for part in parts if "keep" not in part or part["keep"] < count]


def _context(request: SignedInRequest, text: Text, typed: dict[str, Any]) -> dict[str, Any]:
    viewer = request.user
    found = queries_text.findings(viewer, text)
    marked = {
        row.block: row.severity
        for row in reversed(found)
        if row.block is not None and not row.overruled_by_id
    }
    may_edit = policy.may_edit(viewer, text)
    blocks = shown_blocks(text.body, marked=marked)
    return {
        "text": text,
        "lamp": LAMPS.get(TextState(text.state), ""),
        "period": _period(text),
        "blocks": _typed_blocks(blocks, typed) if typed else blocks,
        "typed": typed,
        "blank": {"at": None, "kind": "p", "text": ""},
        "kinds": [(key, words) for key, words in rules_body.KINDS.items() if key != "title"],
        "figures": listed_figures(text),
        "findings": found,
        "stops": sum(row.stops for row in found),
        "versions": queries_text.versions(viewer, text),
        "attachments": queries_text.attachments(viewer, text),
        "releases": queries_text.releases_of(viewer, text),
        "moves": [move for move in TEXT_MOVES.allowed(TextState(text.state)) if not move.by_system],
        "may_edit": may_edit,
        "may_write": policy.may_write(viewer, text),
        "may_review": policy.may_review(viewer, text),
        "may_approve": policy.may_approve(viewer, text),
        "may_overrule": policy.may_overrule(viewer, text),
        "catalogue": catalogue.CATALOGUE.values() if may_edit else (),
    }


def _typed_blocks(blocks: list[dict[str, Any]], typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks as the writer had them on the page, each with what is wrong with it."""
    found = []
    for at, part in enumerate(typed["parts"]):
        if "keep" in part:
            if part["keep"] < len(blocks):
                found.append(blocks[part["keep"]])
            continue
        lines = len(part["text"]) // 42 + 1
        found.append(
            {
                "at": 1000 + at,
                "key": f"e{1000 + at}",
                "kind": part["kind"],
                "text": part["text"],
                "maker": "",
                "rows_wanted": max(1, min(8, lines)),
                "wrong": typed["fields"].get(f"part_{at}", ""),
            }
        )
    return found


@require_GET
def sources_page(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Show the 数据来源表."""
    text = queries_text.get_text(request.user, text_id)
    urls = {one["number"]: one["url"] for one in listed_figures(text)}
    rows = [{"it": one, "url": urls[one.number]} for one in queries_text.sources(request.user, text)]
    return render(request, "disclosure/sources.html", {"text": text, "rows": rows})


@require_GET
def compare_page(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Show what changed between two saved versions."""
    text = queries_text.get_text(request.user, text_id)
    versions = queries_text.versions(request.user, text)
    if not versions:
        raise NotVisible(NO_TEXTS)
    by_number = {row.number: row for row in versions}
    new = by_number.get(_number(request.GET.get("new", "")), versions[0])
    old = by_number.get(_number(request.GET.get("old", "")), by_number.get(new.number - 1, new))
    lines = rules_body.differences(old.body, new.body)
    context = {"text": text, "versions": versions, "old": old, "new": new, "lines": lines}
    return render(request, "disclosure/compare.html", context)


def _number(words: str) -> int:
    return int(words) if words.isdigit() else 0


@require_GET
def text_print(request: SignedInRequest, text_id: int, form: str) -> HttpResponse:
    """Send the text as Word, PDF or Excel; `?sources=1` puts the 数据来源表 behind it."""
    text = queries_text.get_text(request.user, text_id)
    page = pages.page_of(text)
    if form == "xlsx":
        media, data = XLSX, excel.annexes(page)
    elif form in FORMS:
        media, write = FORMS[form]
        data = write(page, with_sources=request.GET.get("sources") == "1")
    else:
        raise NotVisible("没有这种格式。可以用 docx、pdf、xlsx。")
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{text.title}.{form}')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
def template_page(request: SignedInRequest, genre: str) -> HttpResponse:
    """Show the template an office drafts from; a manager may word it anew."""
    require(policy.may_draft_at_all(request.user), NO_TEXTS, error=NotVisible)
    if genre not in Genre.values:
        raise NotVisible("没有这种文种")
    kind = Genre(genre)
    lines, own = queries_text.template(request.user, kind)
    error = ""
    if request.method == "POST":
        lines = request.POST.get("lines", "").replace("\r\n", "\n")
        try:
            services_text.set_template(actor=request.user, genre=genre, lines=lines)
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, "模板已改，以后起草的按新的来。")
            return redirect("text_template", genre=genre)
    context = {
        "genre": kind,
        "genres": Genre.choices,
        "lines": lines,
        "own": own,
        "error": error,
        "may_shape": policy.may_shape_templates(request.user),
        "makers": list(MAKERS),
        "catalogue": catalogue.CATALOGUE.values(),
    }
    return render(request, "disclosure/template.html", context, status=422 if error else 200)
