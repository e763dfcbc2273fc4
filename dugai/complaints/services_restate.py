"""A later printing of the table says something else of a letter: it is taken over, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.complaints import policy, queries
from dugai.complaints.entries import TEXTS
from dugai.complaints.services import KEEPER, checked_texts
from dugai.complaints.states import AS_PRINTED, SETTLED, LetterState
from dugai.journal.services import change, record
from dugai.kernel.errors import Forbidden, InvalidInput, require

if TYPE_CHECKING:
    from dugai.complaints.models import Letter
    from dugai.people.models import User

RESTATED = frozenset({*TEXTS, "verdict", "state", "persons", "person_times", "types"})


@transaction.atomic
def restate_letter(
    *,
    actor: User,
    letter_id: int,
    values: dict[str, Any],
    source_span: dict[str, Any],
    seen_version: int | None = None,
) -> Letter:
    """Take over what a later table prints, for a letter that came in with a table and was not answered here.

    An answer that a unit handed in and another person reviewed is not overwritten by a document.
    """
    letter = queries.get_letter(actor, letter_id, lock=True)
    require(policy.may_link(actor, letter), KEEPER, code="not_keeper", error=Forbidden)
    require(
        letter.answered_by_id is None and letter.state in AS_PRINTED,
        f"{letter.number} 已由办理单位报过结果，不能按文件改。要改，请重新办理。",
        code="answered_here",
    )
    unknown = set(values) - RESTATED
    if unknown:
        message = f"信访件没有这些项：{'、'.join(sorted(unknown))}"
        raise InvalidInput(message)
    state = values.get("state", letter.state)
    require(
        state in AS_PRINTED, "表里的办理状态只能是已交办、办理中、阶段性办结、办结。", code="state_refused"
    )
    verdict = values.get("verdict", letter.verdict)
    require(
        LetterState(state) not in SETTLED or verdict, "已经办结的，要写是否属实。", code="verdict_missing"
    )
    texts = {name: str(values[name]) for name in TEXTS if name in values}
    checked_texts(texts=texts, confirmed="")
    before, after = change(letter, seen_version=seen_version, source_span=source_span, **values)
    record(actor=actor, kind="letter.restated", subject=letter, before=before, after=after)
    return letter
