"""大屏: the cockpit for a wall — dark, large, one screen, nothing to do on it, drawn anew every minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dugai.insight import queries_board, queries_today
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists, tallies
from dugai.ledger.listing import Ask
from dugai.ledger.states import Lamp
from dugai.web import board_parts, charts, charts_trend, rows
from dugai.web.frame import frame_of
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

PLACES = 14
"""Lines of places that fit beside a heading and a sum at 1920 × 1080."""
URGENT = 5
LATE = (Lamp.OVERDUE, Lamp.BEHIND)


@require_GET
def wall_page(request: SignedInRequest) -> HttpResponse:
    """Show places by lamp, the round, the trend and the most urgent tasks on one screen."""
    viewer, today, open_round = request.user, clock.today(), frame_of(request).round
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    wanted = request.GET.get("region", "")
    place = queries_board.place_of(viewer, int(wanted) if wanted.isdecimal() else None)
    board = queries_board.board(viewer, place, round_id=open_round.pk if open_round else None)
    counts, ask = board.whole.counts, Ask(region=place.pk)
    samples = queries_today.trend(viewer, place, today)
    samples.append(queries_today.Sample(today, counts.get(Lamp.OVERDUE, 0), counts.get(Lamp.BEHIND, 0)))
    lines = board_parts.lines(board, tallies.TASK)
    context: dict[str, Any] = {
        "board": board,
        "spoken": board_parts.spoken(board_parts.levels(board, queries_board.site_count(viewer, place))),
        "segments": charts.segments(counts),
        "tiles": board_parts.lamp_figures(tallies.TASK, counts, ask),
        "lines": lines[:PLACES],
        "left_out": max(0, len(lines) - PLACES),
        "sum": board_parts.line("合计", board.whole, tallies.TASK, ask),
        "round": open_round,
        "trend": charts_trend.trend(samples),
        "last": samples[-1],
        "worst": [rows.row_of(task, today) for task in queries_today.worst_tasks(viewer, lamps=LATE)][
            :URGENT
        ],
        "now": clock.local(clock.now()),
        "exit_url": f"{reverse('board')}?region={place.pk}" if wanted else reverse("today"),
        "refresh_url": request.get_full_path(),
    }
    return render(request, "shell/wall.html", context)
