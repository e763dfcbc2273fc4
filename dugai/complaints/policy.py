"""Who keeps letters, who answers them, who reviews the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.complaints.states import TO_HANDLE, LetterState
from dugai.ledger.policy import may_keep_ledger
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Role

if TYPE_CHECKING:
    from dugai.complaints.models import Letter, LetterBatch
    from dugai.people.models import Organisation, User

DECIDING = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})


def may_keep_letters(actor: User, region: Organisation) -> bool:
    """The office of the region, or of one above it, opens batches and enters letters."""
    return may_keep_ledger(actor, region)


def may_fill_batch(actor: User, batch: LetterBatch) -> bool:
    """Whoever keeps the batch's region puts letters into it."""
    return may_keep_letters(actor, batch.region)


def may_take(actor: User, letter: Letter) -> bool:
    """The unit that handles a letter signs for it."""
    return _handles(actor, letter)


def may_answer(actor: User, letter: Letter) -> bool:
    """The handling unit answers; the office of the place does when no unit has the letter."""
    if letter.lead_id is None:
        return may_keep_letters(actor, letter.region)
    return _handles(actor, letter)


def may_reassign(actor: User, letter: Letter) -> bool:
    """The office that keeps the place gives a letter to another unit while nobody has answered."""
    return may_keep_letters(actor, letter.region) and letter.state in TO_HANDLE


def may_review(actor: User, letter: Letter) -> bool:
    """A reviewer of the office decides on the answer, and never on their own."""
    own = letter.answered_by_id is not None and actor.person.pk == letter.answered_by_id
    return actor.role in DECIDING and not own and may_keep_letters(actor, letter.region)


def may_reopen(actor: User, letter: Letter) -> bool:
    """A reviewer of the office lets a settled letter be handled again."""
    settled = letter.state in {LetterState.DONE, LetterState.STAGED}
    return settled and actor.role in DECIDING and may_keep_letters(actor, letter.region)


def may_link(actor: User, letter: Letter) -> bool:
    """The office of the place joins a letter with a problem of its ledger."""
    return may_keep_letters(actor, letter.region)


def may_have_letters_to_handle(actor: User) -> bool:
    """Units and offices handle letters."""
    return actor.role in UNIT_ROLES | OFFICE_ROLES


def _handles(actor: User, letter: Letter) -> bool:
    unit = actor.role in UNIT_ROLES | OFFICE_ROLES
    return unit and letter.lead_id is not None and actor.organisation_id == letter.lead_id
