"""Inspections, problems and measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Status

from dugai.api import entering
from dugai.api.auth import LEDGER, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import Ask, PathId
from dugai.api.shapes_ledger import (
    InspectionAsk,
    InspectionIn,
    InspectionOut,
    InspectionPage,
    LedgerAsk,
    MeasureOut,
    MeasurePage,
    MeasuresIn,
    NewProblemIn,
    ProblemDetail,
    ProblemPage,
)
from dugai.journal.services import demand_version
from dugai.ledger import queries, queries_feed, services_entry
from dugai.people import queries as people

if TYPE_CHECKING:
    from dugai.ledger.models import Inspection, Measure, Problem

router = Router(tags=["台账"])


@router.get(
    "/inspections", response=InspectionPage, auth=READ, operation_id="list_inspections", summary="督察列表"
)
def list_inspections(request: TokenRequest, ask: Query[InspectionAsk]) -> dict[str, Any]:
    """Return the inspections of objects above, at and below one's own organisation."""
    return paged(ask, lambda *page: queries_feed.inspections(request.user, *page), ask.sort)


@router.get(
    "/inspections/{inspection_id}",
    response=InspectionOut,
    auth=READ,
    operation_id="get_inspection",
    summary="一次督察",
)
def get_inspection(request: TokenRequest, inspection_id: PathId) -> Inspection:
    """Return one inspection."""
    return queries.get_inspection(request.user, inspection_id)


@router.post(
    "/inspections",
    response={201: InspectionOut},
    auth=LEDGER,
    operation_id="open_inspection",
    summary="登记一次督察",
)
def open_inspection(request: TokenRequest, body: InspectionIn) -> Status[Inspection]:
    """Register an inspection of an organisation in one's own region."""
    object_ = people.get_organisation(request.user, body.object)
    values = body.dict(exclude={"object"})
    return Status(201, services_entry.open_inspection(actor=request.user, object_=object_, **values))


@router.post(
    "/inspections/{inspection_id}/problems",
    response={201: ProblemDetail},
    auth=LEDGER,
    operation_id="register_problem",
    summary="登记问题、措施和任务",
)
def register_problem(request: TokenRequest, inspection_id: PathId, body: NewProblemIn) -> Status[Problem]:
    """Register one problem with all below it, all or nothing."""
    queries.get_inspection(request.user, inspection_id)
    entry = [entering.problem(body)]
    rows = services_entry.register_problems(actor=request.user, inspection_id=inspection_id, problems=entry)
    return Status(201, queries_feed.whole_problem(request.user, rows[0].pk))


@router.get("/problems", response=ProblemPage, auth=READ, operation_id="list_problems", summary="问题列表")
def list_problems(request: TokenRequest, ask: Query[LedgerAsk]) -> dict[str, Any]:
    """Return problems in sight."""
    return paged(ask, lambda *page: queries_feed.problems(request.user, ask.filters(), *page), ask.sort)


@router.get(
    "/problems/{problem_id}",
    response=ProblemDetail,
    auth=READ,
    operation_id="get_problem",
    summary="一个问题",
)
def get_problem(request: TokenRequest, problem_id: PathId) -> Problem:
    """Return one problem with its parts and measures."""
    return queries_feed.whole_problem(request.user, problem_id)


@router.get(
    "/problems/{problem_id}/measures",
    response=MeasurePage,
    auth=READ,
    operation_id="list_measures",
    summary="一个问题的措施",
)
def list_measures(request: TokenRequest, problem_id: PathId, ask: Query[Ask]) -> dict[str, Any]:
    """Return the measures of a problem."""
    return paged(ask, lambda *page: queries_feed.measures(request.user, problem_id, *page))


@router.post(
    "/problems/{problem_id}/measures",
    response={201: list[MeasureOut]},
    auth=LEDGER,
    operation_id="add_measures",
    summary="增加措施",
)
def add_measures(request: TokenRequest, problem_id: PathId, body: MeasuresIn) -> Status[list[Measure]]:
    """Set further measures against a problem."""
    queries.get_problem(request.user, problem_id)
    seen, entries = demand_version(body.seen_version), entering.measures(body.measures)
    rows = services_entry.add_measures(
        actor=request.user, problem_id=problem_id, seen_version=seen, measures=entries
    )
    return Status(201, rows)


@router.get(
    "/measures/{measure_id}", response=MeasureOut, auth=READ, operation_id="get_measure", summary="一条措施"
)
def get_measure(request: TokenRequest, measure_id: PathId) -> Measure:
    """Return one measure."""
    return queries.get_measure(request.user, measure_id)
