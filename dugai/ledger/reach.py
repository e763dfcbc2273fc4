"""The sentence a keeper reads when the unit it chose is not one it may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.ledger.models_entry import OVERSEEING_PARTS
from dugai.ledger.policy_work import may_name
from dugai.ledger.sight import Scope

if TYPE_CHECKING:
    from dugai.ledger.policy_work import Place
    from dugai.people.models import User


def why_not(actor: User, unit: Place, part: str) -> str:
    """Return nothing when the unit may take this part, else a sentence that names it and what to do."""
    if may_name(actor, unit, part):
        return ""
    top = Scope.top(actor)
    if part in OVERSEEING_PARTS:
        return f"{unit.name}既不在{top}之下，也不属于它的上级地区。请换一个单位。"
    return f"{unit.name}不在{top}之下，不能由您交办任务。请换成{top}或它下面的单位，或请上级整改办登记。"
