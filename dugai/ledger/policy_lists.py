"""Who may open the lists of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Role

if TYPE_CHECKING:
    from dugai.people.models import User


def may_read_ledger(viewer: User) -> bool:
    """Everyone who works on rectification; the three administrators and the public do not."""
    return not viewer.is_admin and viewer.role != Role.PUBLIC
