"""Who may draft, check, approve and release; nobody approves or overrules their own text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.disclosure.states import EDITABLE, OUT, TextState
from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from dugai.disclosure.models import Text
    from dugai.people.models import Organisation, User

APPROVING_ROLES = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})


def may_draft_at_all(actor: User) -> bool:
    """Offices write texts."""
    return actor.role in OFFICE_ROLES


def may_draft(actor: User, region: Organisation) -> bool:
    """An office writes about its own region or a part of it."""
    top = Scope.top(actor)
    return may_draft_at_all(actor) and top is not None and region.is_within(top)


def may_see_figures(actor: User) -> bool:
    """Whoever has a range in the ledger may ask for its figures."""
    return Scope.top(actor) is not None


def may_hand_in(actor: User) -> bool:
    """Only the system account hands in what the public sent through the portal."""
    return actor.role == Role.SERVICE


def may_edit(actor: User, text: Text) -> bool:
    """The drafting office edits while the text is a draft or was sent back."""
    return may_write(actor, text) and text.state in EDITABLE


def may_write(actor: User, text: Text) -> bool:
    """The drafting office checks, compares and submits."""
    return actor.role in OFFICE_ROLES and actor.organisation_id == text.office_id


def may_approve(actor: User, text: Text) -> bool:
    """A reviewer or manager of the office, who neither edited the text last nor submitted it."""
    return (
        may_review(actor, text)
        and text.state == TextState.IN_REVIEW
        and actor.person.pk not in {text.editor_id, text.submitted_by_id}
    )


def may_review(actor: User, text: Text) -> bool:
    """A reviewer or manager of the drafting office sends back, and releases what was approved."""
    return actor.role in APPROVING_ROLES and actor.organisation_id == text.office_id


def may_overrule(actor: User, text: Text) -> bool:
    """A reviewer or manager of the office who did not write the last edition."""
    return (
        may_review(actor, text)
        and text.state not in OUT
        and text.state != TextState.DISCARDED
        and actor.person.pk != text.editor_id
    )


def may_shape_templates(actor: User) -> bool:
    """A manager of an office decides on its templates."""
    return actor.role == Role.OFFICE_MANAGER
