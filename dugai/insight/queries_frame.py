"""What the frame of every page says about the work: the round that is open, and how long still."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Value, When

from dugai.progress.models import Report, Round
from dugai.progress.states import ReportState, RoundState

if TYPE_CHECKING:
    from dugai.people.models import User


TO_FILL = (ReportState.OWED, ReportState.DRAFT, ReportState.RETURNED)


@dataclass(frozen=True, slots=True)
class OpenRound:
    """The round that ends first: its row's values and the days left, negative when the day has passed."""

    pk: int
    title: str
    region_id: int
    starts_on: dt.date
    due_on: dt.date
    adopt_by: dt.date
    days_left: int

    @property
    def short_title(self) -> str:
        """Return `5月调度` for a title such as `2026年5月调度`."""
        head, found, rest = self.title.partition("年")
        return rest if found and head.isdigit() else self.title

    @property
    def words(self) -> str:
        """Return how long still, in words: 剩 7 天."""
        if self.days_left < 0:
            return f"已截止 {-self.days_left} 天"
        return "今天截止" if self.days_left == 0 else f"剩 {self.days_left} 天"


def open_round(viewer: User, today: dt.date) -> OpenRound | None:
    """Return the open round that matters most to `viewer`, in one query; None when there is none.

    First the rounds in which the viewer's own unit still owes a report, then those whose day has not
    passed, each by the day they end; a round that is over and owes nothing comes last.
    """
    owed = Report.objects.unscoped("the unit's own reports").filter(
        round=OuterRef("pk"), owner=viewer.organisation_id, state__in=TO_FILL
    )
    rounds = Round.objects.visible_to(viewer).filter(state=RoundState.OPEN).annotate(owes=Exists(owed))
    rank = Case(When(owes=True, then=Value(0)), When(due_on__gte=today, then=Value(1)), default=Value(2))
    row = rounds.order_by(rank, "due_on", "pk").first()
    if row is None:
        return None
    left = (row.due_on - today).days
    return OpenRound(row.pk, row.title, row.region_id, row.starts_on, row.due_on, row.adopt_by, left)
