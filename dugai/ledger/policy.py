"""Who may do what in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from dugai.ledger.models import ChangeRequest, PlanVersion, Problem, Task
    from dugai.people.models import Organisation, User


def may_keep_ledger(actor: User, home: Organisation) -> bool:
    """An office keeps the ledger of its own region and of what stands under it."""
    top = Scope.top(actor)
    return actor.role in OFFICE_ROLES and top is not None and home.is_within(top)


def may_change_problem(actor: User, problem: Problem) -> bool:
    """The office of the region, or of one above it, changes the entry."""
    return may_keep_ledger(actor, problem.home)


def may_split(actor: User, task: Task) -> bool:
    """The unit that has the task, or the office above it, splits it downwards."""
    own = actor.organisation_id == task.owner_id and actor.role in {Role.UNIT_CLERK, Role.UNIT_REVIEWER}
    return own or may_keep_ledger(actor, task.owner)


def may_request_change(actor: User, problem: Problem, task: Task | None) -> bool:
    """The unit that carries the task, or the office that keeps the entry, asks for a change."""
    if (
        task is not None
        and actor.organisation_id == task.owner_id
        and actor.role in {Role.UNIT_CLERK, Role.UNIT_REVIEWER}
    ):
        return True
    return may_keep_ledger(actor, problem.home)


def may_decide_change(actor: User, request: ChangeRequest) -> bool:
    """A reviewer or manager of the office decides, and never on their own request."""
    decides = actor.role in {Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER}
    return (
        decides
        and may_keep_ledger(actor, request.problem.home)
        and actor.person.pk != request.requested_by_id
    )


def may_draft_plan(actor: User, organisation: Organisation) -> bool:
    """The office of the organisation that owes the plan drafts it."""
    return may_keep_ledger(actor, organisation)


def may_approve_plan(actor: User, version: PlanVersion) -> bool:
    """A reviewer or manager of the office approves, and never their own submission."""
    decides = actor.role in {Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER}
    other = actor.person.pk != version.submitted_by_id
    return decides and other and may_keep_ledger(actor, version.plan.organisation)


def may_publish_plan(actor: User, version: PlanVersion) -> bool:
    """A reviewer or manager of the office makes an approved plan public."""
    decides = actor.role in {Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER}
    return decides and may_keep_ledger(actor, version.plan.organisation)


def may_import(actor: User) -> bool:
    """Anyone who keeps a ledger may bring one in."""
    return actor.role in OFFICE_ROLES


def may_export(actor: User) -> bool:
    """Whoever sees rows may take them along; administrators and the public see none."""
    return not actor.is_admin and actor.role != Role.PUBLIC
