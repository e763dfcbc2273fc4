"""Rules of close-out for a region: a shipped variant, or values of its own, as the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import rules
from dugai.kernel.errors import InvalidInput, NotVisible
from dugai.people import queries as people
from dugai.rulebook import services as rulebook
from dugai.rulebook.closeout import VARIANTS

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import User
    from dugai.rulebook.models import RuleSet


@transaction.atomic
def install_variant(
    *, actor: User, region_id: int, variant: str, valid_from: dt.date | None = None
) -> RuleSet:
    """Adopt a shipped variant by name (`hunan`) for a region and those below it."""
    if variant not in VARIANTS:
        raise NotVisible("没有这种办法")
    reference, values = VARIANTS[variant]
    return adopt(
        actor=actor, region_id=region_id, values=values, legal_reference=reference, valid_from=valid_from
    )


@transaction.atomic
def adopt(
    *,
    actor: User,
    region_id: int,
    values: dict[str, Any],
    legal_reference: str,
    valid_from: dt.date | None = None,
) -> RuleSet:
    """Adopt a region's own rules; cases that have begun keep theirs. Refuses to leave a gate out."""
    found = rules.faults(values)
    if found:
        raise InvalidInput("规则不完整：" + "；".join(found), code="rules_unsound")
    region = people.get_organisation(actor, region_id)
    return rulebook.adopt_rules(
        actor=actor,
        name="closeout",
        region=region,
        values=values,
        legal_reference=legal_reference,
        valid_from=valid_from,
    )
