"""Tasks: listed, split, given milestones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from ninja import Query, Router, Status
from pydantic import Field

from dugai.api import entering
from dugai.api.auth import LEDGER, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import Flag, PathId
from dugai.api.shapes_ledger import LedgerAsk
from dugai.api.shapes_task import MilestonesIn, SplitIn, TaskDetail, TaskPage
from dugai.journal.services import demand_version
from dugai.ledger import queries, queries_feed, services_task

if TYPE_CHECKING:
    from dugai.ledger.models import Task
    from dugai.ledger.queries_feed import Filters

router = Router(tags=["任务"])


class TaskAsk(LedgerAsk):
    """The filters of tasks: those of the ledger, and of one problem or measure, and leaves alone."""

    problem: Annotated[PathId | None, Field(default=None)]
    measure: Annotated[PathId | None, Field(default=None)]
    leaf: Annotated[Flag | None, Field(default=None, description="true 只要没有再分解的任务")]

    def filters(self) -> Filters:
        """Return the filters as the ledger takes them."""
        return replace(super().filters(), problem=self.problem, measure=self.measure, leaf=self.leaf)


@router.get("/tasks", response=TaskPage, auth=READ, operation_id="list_tasks", summary="任务列表")
def list_tasks(request: TokenRequest, ask: Query[TaskAsk]) -> dict[str, Any]:
    """Return tasks in sight."""
    return paged(ask, lambda *page: queries_feed.tasks(request.user, ask.filters(), *page), ask.sort)


@router.get("/tasks/{task_id}", response=TaskDetail, auth=READ, operation_id="get_task", summary="一项任务")
def get_task(request: TokenRequest, task_id: PathId) -> Task:
    """Return one task with its targets, milestones and children."""
    return queries_feed.whole_task(request.user, task_id)


@router.post(
    "/tasks/{task_id}/split",
    response={201: TaskDetail},
    auth=LEDGER,
    operation_id="split_task",
    summary="分解任务",
)
def split_task(request: TokenRequest, task_id: PathId, body: SplitIn) -> Status[Task]:
    """Split a task among units below it; the answer is the task with its children."""
    queries.get_task(request.user, task_id)
    seen, shares = demand_version(body.seen_version), entering.shares(body.shares)
    services_task.split_task(
        actor=request.user, task_id=task_id, seen_version=seen, shares=shares, note=body.note
    )
    return Status(201, queries_feed.whole_task(request.user, task_id))


@router.post(
    "/tasks/{task_id}/milestones",
    response={201: TaskDetail},
    auth=LEDGER,
    operation_id="set_milestones",
    summary="设节点",
)
def set_milestones(request: TokenRequest, task_id: PathId, body: MilestonesIn) -> Status[Task]:
    """Add milestones; the answer is the task with all of them."""
    queries.get_task(request.user, task_id)
    seen, entries = demand_version(body.seen_version), entering.milestones(body.milestones)
    services_task.set_milestones(actor=request.user, task_id=task_id, seen_version=seen, milestones=entries)
    return Status(201, queries_feed.whole_task(request.user, task_id))
