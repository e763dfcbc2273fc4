"""Who brings documents in and decides on what they propose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.ledger.policy import may_keep_ledger
from dugai.people.states import OFFICE_ROLES

if TYPE_CHECKING:
    from dugai.intake.models import Document
    from dugai.people.models import User


def may_bring_documents(actor: User) -> bool:
    """The offices that keep a ledger bring documents in."""
    return actor.role in OFFICE_ROLES


def may_review(actor: User, document: Document) -> bool:
    """The office that keeps the ledger of the document's region, or one above it, decides on its proposals."""
    return may_keep_ledger(actor, document.home)
