"""闭环: the ledger moves the closure of a problem; the room of acceptance has decided that it may.

Measures and tasks carry the closure of their problem, derived, so that lists, lamps and reports know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.journal.services import Draft, change, record, record_many
from dugai.kernel import clock
from dugai.kernel.errors import require
from dugai.ledger import queries, standing
from dugai.ledger.models import Measure, Problem, Task
from dugai.ledger.states import CLOSURE_MOVES, DONE_PROGRESS, Closure, Progress

if TYPE_CHECKING:
    from dugai.people.models import User

WHY = "the service has already loaded the problem through the actor's eyes"
STARTS_ANEW = frozenset({Closure.REOPENED, Closure.STRENGTHENED})
"""What is reopened has to be done and reported again: 已完成 falls back to 正在整改."""


@transaction.atomic
def move_closure(
    *, actor: User, problem_id: int, move: str, reason: str = "", seen_version: int | None = None
) -> Problem:
    """Move a problem along `CLOSURE_MOVES`, with its measures and tasks; called by acceptance only.

    Raises `Refused` when the table has no such move from here, or when the move needs a reason.
    """
    problem = queries.get_problem(actor, problem_id, lock=True)
    if seen_version is not None:
        queries.require_seen(problem, seen_version)
    was = Closure(problem.closure)
    found = CLOSURE_MOVES.find(was, move)
    require(reason.strip() or not found.needs_reason, f"“{found.label}”要写明理由", code="reason_missing")
    before, after = change(problem, closure=found.target)
    record(
        actor=actor,
        kind="problem.closure_moved",
        subject=problem,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    Measure.objects.unscoped(WHY).filter(problem=problem).update(closure=found.target)
    tasks = Task.objects.unscoped(WHY).filter(problem=problem)
    tasks.update(closure=found.target)
    if found.target in STARTS_ANEW and was not in {Closure.OPEN, Closure.REOPENED}:
        _take_back(actor, problem, reason.strip())
    standing.refresh_tasks(list(tasks.order_by("pk").values_list("pk", flat=True)), clock.today())
    return problem


def _take_back(actor: User, problem: Problem, reason: str) -> None:
    """Let every task that was reported done be under way again."""
    done = Task.objects.unscoped(WHY).filter(problem=problem, progress__in=sorted(DONE_PROGRESS))
    drafts = []
    for task in done.select_for_update(of=("self",), no_key=True).order_by("pk"):
        before, after = change(task, progress=Progress.IN_PROGRESS)
        drafts.append(Draft("task.progressed", task, before, after, reason))
    record_many(actor=actor, drafts=drafts)
