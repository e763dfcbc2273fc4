"""The lists of the rounds for programs: page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.kernel.pages import Order, Page, Place, page
from dugai.people.models import Organisation
from dugai.progress import queries_report, queries_round
from dugai.progress.models import Report, Round
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from dugai.people.models import User


def rounds(viewer: User, state: str | None, order: Order, after: Place | None, limit: int) -> Page[Round]:
    """Return the rounds in sight, in one state if given."""
    found = Round.objects.visible_to(viewer).select_related("caller", "region")
    if state is not None:
        found = found.filter(state=state)
    return page(found, order, after, limit)


def reports(  # noqa: PLR0917  a filter each
    viewer: User,
    round_id: int | None,
    task_id: int | None,
    state: str | None,
    mine: str | None,
    order: Order,
    after: Place | None,
    limit: int,
) -> Page[Report]:
    """Return reports in sight; `mine` is `to_fill` for what the unit owes, `to_review` for its desk."""
    found: Any = Report.objects.visible_to(viewer)
    if mine == "to_fill":
        found = queries_report.owed_to_fill(viewer)
    elif mine == "to_review":
        found = found.filter(at_desk_of=viewer.organisation_id, state=ReportState.SUBMITTED)
    exact = {"round": round_id, "task": task_id, "state": state}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    return page(
        found.select_related("owner", "task", "at_desk_of", "reporter", "reviewer"), order, after, limit
    )


def whole_round(viewer: User, round_id: int) -> Round:
    """Return one round with the counts of what the viewer oversees of it."""
    round_ = queries_round.get_round(viewer, round_id)
    round_.counts_shown = queries_round.counts(viewer, round_)  # type: ignore[attr-defined]
    return round_


def whole_report(viewer: User, report_id: int) -> Report:
    """Return one report with its draft, where it starts from, its way up and its attachments."""
    report = queries_report.get_report(viewer, report_id)
    last = queries_report.last_adopted(report)
    report.baseline_shown = queries_report.baseline_of(report, last)  # type: ignore[attr-defined]
    report.draft_shown = queries_report.draft_of(report)  # type: ignore[attr-defined]
    report.files_shown = queries_report.attachments(report)  # type: ignore[attr-defined]
    way = queries_report.ways([report])[report.pk]
    known = Organisation.objects.in_bulk(way)
    report.way_shown = [known[pk] for pk in way]  # type: ignore[attr-defined]
    return report
