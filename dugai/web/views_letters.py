"""信访: batches, one batch as the published table, one letter with its history, what waits at one's desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dugai.complaints import policy, queries
from dugai.complaints.entries import WORDS
from dugai.complaints.rules_identity import Trace
from dugai.complaints.states import (
    LETTER_MOVES,
    Grade,
    LetterState,
    LetterTime,
    Pollution,
    PublishedState,
    Verdict,
)
from dugai.disclosure import policy as texts
from dugai.insight.queries_history import history
from dugai.intake import queries as documents
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible, require
from dugai.ledger import queries as ledger
from dugai.ledger.sight import Scope

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.complaints.models import Letter
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

NO_PAGE = "没有这个页面，或您的单位看不到它"
PAGE = 100
LAMPS = {
    LetterTime.OVERDUE: "overdue",
    LetterTime.SOON: "soon",
    LetterTime.RUNNING: "ontrack",
    LetterTime.ANSWERED: "done",
}
SOURCED = {**WORDS, "number": "受理编号", "region": "行政区域", "verdict": "是否属实"}
STATE_LAMPS = {LetterState.RETURNED: "behind", LetterState.DONE: "done", LetterState.STAGED: "soon"}


@dataclass(frozen=True, slots=True)
class Number:
    """A count with the address of the rows behind it."""

    word: str
    n: int
    url: str
    current: bool = False


@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """List the batches in sight with their published counts."""
    viewer = request.user
    top = Scope.top(viewer)
    if top is None:
        raise NotVisible(NO_PAGE)
    rows = queries.batches(viewer)
    context = {
        "rows": rows,
        "total": sum(row.counts.total for row in rows),  # type: ignore[attr-defined]
        "may_open": policy.may_keep_letters(viewer, top),
        "mine": len(queries.to_handle(viewer)) if policy.may_have_letters_to_handle(viewer) else None,
    }
    return render(request, "letters/batches.html", context)


@require_GET
def batch_page(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Show one batch in the layout of the published table; every count opens its rows."""
    viewer = request.user
    batch = queries.get_batch(viewer, batch_id)
    everything = queries.letters_of(viewer, batch)
    asked, query = asked_of(request)
    rows = queries.letters_of(viewer, batch, asked) if query else everything
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() else 0
    counts = queries.counts_of(everything)
    more = urlencode({**query, "after": start + PAGE}) if len(rows) > start + PAGE else ""
    context = {
        "batch": batch,
        "rows": list(enumerate(rows[start : start + PAGE], start + 1)),
        "count": len(rows),
        "total": counts.total,
        "counts": counts,
        "verdicts": _numbers("verdict", Verdict, counts.verdicts, query),
        "states": _numbers("state", PublishedState, counts.states, query),
        "types": _numbers("type", Pollution, counts.types, query),
        "times": _numbers("time", LetterTime, queries.times_of(everything), query),
        "untold": counts.total - sum(counts.verdicts.values()),
        "query": query,
        "asked_words": _words(query),
        "more": more,
        "sheet": urlencode(query),
        "may_fill": policy.may_fill_batch(viewer, batch),
        "may_draft": bool(counts.total) and texts.may_draft(viewer, batch.region),
    }
    return render(request, "letters/batch.html", context)


@require_GET
def letter_page(request: SignedInRequest, letter_id: int) -> HttpResponse:
    """Show one letter: the matter, what was found and done, where it stands, what may be done now."""
    return show_letter(request, queries.get_letter(request.user, letter_id))


def show_letter(
    request: SignedInRequest, letter: Letter, *, error: str = "", act: str = "", status: int = 200
) -> HttpResponse:
    """Show a letter, with the refusal of an act beside its form."""
    viewer = request.user
    row = queries.timed(viewer, letter)
    problem = _problem_in_sight(viewer, letter)
    context = {
        "letter": row,
        "batch": letter.batch,
        "lamp": LAMPS[row.time],  # type: ignore[attr-defined]
        "state_lamp": STATE_LAMPS.get(LetterState(letter.state), ""),
        "grade": Grade(letter.grade).label,
        "verdict": Verdict(letter.verdict).label if letter.verdict else "",
        "problem": problem,
        "acts": acts_for(viewer, letter),
        "may_link": policy.may_link(viewer, letter),
        "units": queries.units_for(viewer, letter.region) if policy.may_reassign(viewer, letter) else [],
        "history": history(viewer, {"letter": [letter.pk]}, names={}),
        "confirmed": _confirmed(letter),
        "sources": _sources(viewer, letter),
        "error": error,
        "tried": act,
        "typed": request.POST,
        "today": clock.today(),
    }
    return render(request, "letters/letter.html", context, status=status)


@require_GET
def my_letters(request: SignedInRequest) -> HttpResponse:
    """List what waits at the viewer's desk, due first."""
    viewer = request.user
    require(policy.may_have_letters_to_handle(viewer), NO_PAGE, error=NotVisible)
    rows = queries.to_handle(viewer)
    context = {
        "rows": [(row, LAMPS[row.time], _todo(viewer, row)) for row in rows],  # type: ignore[attr-defined]
        "late": sum(row.time is LetterTime.OVERDUE for row in rows),  # type: ignore[attr-defined]
    }
    return render(request, "letters/mine.html", context)


def asked_of(request: HttpRequest) -> tuple[queries.Asked, dict[str, str]]:
    """Return which rows an address asks for, and the part of it that says so; unknown words ask nothing."""
    known: dict[str, Any] = {
        "verdict": Verdict.values,
        "state": PublishedState.values,
        "type": Pollution.values,
        "time": LetterTime.values,
        "grade": Grade.values,
        "blank": ["1"],
        "held": ["1"],
    }
    query = {name: value for name, values in known.items() if (value := request.GET.get(name, "")) in values}
    wanted: dict[str, Any] = {**query, **{name: True for name in ("blank", "held") if name in query}}
    return queries.Asked(**wanted), query


def acts_for(viewer: User, letter: Letter) -> list[str]:
    """Return the names of the moves this viewer may make now, in the order of the table."""
    may = {
        "take": policy.may_take,
        "answer": policy.may_answer,
        "send_back": policy.may_review,
        "stage": policy.may_review,
        "close": policy.may_review,
        "reassign": policy.may_reassign,
        "reopen": policy.may_reopen,
    }
    ways = LETTER_MOVES.allowed(LetterState(letter.state))
    return [move.name for move in ways if may[move.name](viewer, letter)]


def _numbers(name: str, words: Any, counts: dict[str, int], query: dict[str, str]) -> list[Number]:
    return [
        Number(words(value).label, n, f"?{urlencode({name: value})}", query.get(name) == value)
        for value, n in counts.items()
    ]


def _words(query: dict[str, str]) -> str:
    labels: dict[str, Any] = {
        "verdict": Verdict,
        "state": PublishedState,
        "type": Pollution,
        "time": LetterTime,
        "grade": Grade,
    }
    found = [labels[name](value).label for name, value in query.items() if name in labels]
    found += ["还没有判断"] if "blank" in query else []
    found += ["有人被问责"] if "held" in query else []
    return "、".join(found)


def _todo(viewer: User, row: Letter) -> str:
    acts = acts_for(viewer, row)
    words = {"take": "签收", "answer": "填办理结果", "close": "审核", "reassign": "派给单位"}
    return next((words[name] for name in words if name in acts), "查看")


def _problem_in_sight(viewer: User, letter: Letter) -> Any:
    if letter.problem_id is None:
        return None
    try:
        return ledger.get_problem(viewer, letter.problem_id)
    except NotVisible:
        return None


def _sources(viewer: User, letter: Letter) -> dict[str, Any] | None:
    """Return where the values were read, with the document when the viewer sees it."""
    told = letter.source_span
    if not told:
        return None
    try:
        document = documents.get_document(viewer, told["document"])
    except NotVisible:
        document = None
    page = reverse("document", args=[document.pk]) if document else ""
    return {
        "document": document,
        "rows": [
            (SOURCED.get(name, name), quote, f"{page}?at={start}" if page else "")
            for name, (start, _, quote) in told["spans"].items()
        ],
    }


def _confirmed(letter: Letter) -> str:
    return "、".join(f"{WORDS[field]}里的{Trace(kind).label}" for field, kind in letter.confirmed)
