"""Who may call a round, fill a report in, review it and close the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Kind, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User
    from dugai.progress.models import Report, Round

REVIEWING_ROLES = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})


def may_open_round(actor: User, region: Organisation) -> bool:
    """An office calls rounds over its own region or a part of it."""
    top = Scope.top(actor)
    return actor.role in OFFICE_ROLES and top is not None and region.is_within(top)


def may_keep_round(actor: User, round_: Round) -> bool:
    """The office that called a round adds to it, reminds and lists."""
    return actor.role in OFFICE_ROLES and actor.organisation_id == round_.caller_id


def may_close_round(actor: User, round_: Round) -> bool:
    """A reviewer or manager of the calling office closes the books."""
    return actor.role in REVIEWING_ROLES and actor.organisation_id == round_.caller_id


def may_reopen_report(actor: User, round_: Round) -> bool:
    """Only a manager of the calling office allows an exception after closing."""
    return actor.role == Role.OFFICE_MANAGER and actor.organisation_id == round_.caller_id


def may_remind(actor: User, round_: Round) -> bool:
    """The calling office, and offices on the way, each for the units under it."""
    top = Scope.top(actor)
    return actor.role in OFFICE_ROLES and top is not None and _meet(top, round_.region)


def may_fill_for(organisation: Organisation, owner: Organisation) -> bool:
    """A unit fills in its own reports; a government's are filled in by its office."""
    if organisation.pk == owner.pk:
        return True
    return (
        owner.kind == Kind.REGION and organisation.kind == Kind.OFFICE and organisation.parent_id == owner.pk
    )


def may_fill_at_all(actor: User) -> bool:
    """Say whether the actor's role ever fills reports in."""
    return actor.role in UNIT_ROLES | OFFICE_ROLES


def may_fill(actor: User, report: Report) -> bool:
    """Clerks and reviewers of the unit fill in, draft and hand in."""
    return actor.role in UNIT_ROLES | OFFICE_ROLES and may_fill_for(actor.organisation, report.owner)


def may_review(actor: User, report: Report) -> bool:
    """A reviewer of the desk the report lies on, and never the person who handed it in."""
    if report.at_desk_of_id != actor.organisation_id or actor.person.pk == report.reporter_id:
        return False
    return actor.role in REVIEWING_ROLES or (
        actor.role == Role.UNIT_REVIEWER and report.owner_id == actor.organisation_id
    )


def may_review_at_all(actor: User) -> bool:
    """Say whether the actor has a review desk at all."""
    return actor.role in REVIEWING_ROLES or actor.role == Role.UNIT_REVIEWER


def _meet(one: Organisation, other: Organisation) -> bool:
    return one.is_within(other) or other.is_within(one)
