"""The lists of evidence for programs: page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.evidence.models import Evidence
from dugai.evidence.queries import RELATED, get_evidence
from dugai.kernel.pages import Order, Page, Place, page
from dugai.ledger import queries as ledger

if TYPE_CHECKING:
    from dugai.people.models import User


def evidence_of(  # noqa: PLR0917  a filter each
    viewer: User, problem_id: int, state: str | None, order: Order, after: Place | None, limit: int
) -> Page[Evidence]:
    """Return the evidence of a problem in sight, in one state if given."""
    problem = ledger.get_problem(viewer, problem_id)
    found = Evidence.objects.visible_to(viewer).filter(problem=problem).select_related(*RELATED)
    if state is not None:
        found = found.filter(state=state)
    return page(found, order, after, limit)


def whole_evidence(viewer: User, evidence_id: int) -> Evidence:
    """Return one piece in sight with what its file says of itself."""
    return get_evidence(viewer, evidence_id)
