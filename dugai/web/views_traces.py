"""疑点 of one problem: what the rules found, for those who judge its close-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from dugai.insight import queries_traces
from dugai.insight.rules_traces import DETECTORS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest


@require_GET
def problem_traces(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Show what the detectors found and what each looks at; the bare list for the close-out's own pages."""
    problem, case, found = queries_traces.of_problem(request.user, problem_id)
    hit = {one.detector.code for one in found}
    context = {
        "problem": problem,
        "case": case,
        "traces": found,
        "quiet": [one for one in DETECTORS.values() if one.code not in hit],
    }
    bare = request.htmx  # type: ignore[attr-defined]
    return render(request, "closeout/_traces.html" if bare else "closeout/traces.html", context)
