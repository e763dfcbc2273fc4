"""已存视图: people keep the questions they ask of a list. A view carries no right of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db import transaction

from dugai.journal.services import record
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, require
from dugai.ledger import policy_lists
from dugai.ledger.models import SavedView

if TYPE_CHECKING:
    from dugai.ledger.listing import Ask
    from dugai.people.models import User

PAGES = ("tasks", "problems")
MOST_VIEWS = 20
LONGEST_NAME = 20


@transaction.atomic
def save_view(*, actor: User, name: str, page: str, ask: Ask) -> SavedView:
    """Keep the question `ask` of list `page` under `name`; the same name is written over."""
    require(policy_lists.may_read_ledger(actor), "您的角色不看整改台账", error=Forbidden)
    require(page in PAGES, "没有这个列表", code="page_unknown")
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(f"请给视图起一个不超过 {LONGEST_NAME} 个字的名字。", fields={"name": "没有名字"})
    mine = SavedView.objects.select_for_update().filter(user=actor, page=page)
    view = mine.filter(name=name).first()
    if view is None and mine.count() >= MOST_VIEWS:
        raise Refused(f"每个列表最多存 {MOST_VIEWS} 个视图。请先删掉不用的。", code="too_many_views")
    view = view or SavedView(user=actor, page=page, name=name)
    before = {"query": view.query} if view.pk else {}
    view.query = urlencode(ask.but().query())
    view.save()
    record(
        actor=actor, kind="view.saved", subject=view, before=before, after={"name": name, "query": view.query}
    )
    return view


@transaction.atomic
def delete_view(*, actor: User, view_id: int) -> str:
    """Forget one of the actor's own views; return the name of the list it belonged to."""
    view = SavedView.objects.select_for_update().filter(user=actor, pk=view_id).first()
    if view is None:
        raise NotVisible("没有这个视图，或它不是您的")
    record(actor=actor, kind="view.deleted", subject=view, before={"name": view.name, "query": view.query})
    page = view.page
    view.delete()
    return page
