"""今天: the home of each role answers what must be done today; the board shows places by lamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_GET

from dugai.insight import queries_board, queries_today
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy_lists, queries_list, tallies
from dugai.ledger.listing import Ask
from dugai.ledger.states import Lamp
from dugai.people.states import ADMIN_ROLES, UNIT_ROLES, Role
from dugai.web import board_parts, charts, charts_trend, navigation, rows
from dugai.web.frame import frame_of
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from dugai.insight.queries_today import Waiting
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

LED_SHOWN = 10
SOON = (Lamp.OVERDUE, Lamp.BEHIND, Lamp.SOON)
CONSOLES = {
    Role.SYSTEM_ADMIN: (
        ("organisations", "单位", "增减单位，调整上下级和条线，从表格导入"),
        ("people", "人员与账号", "开通、停用账号，调整岗位，重置密码"),
    ),
    Role.SECURITY_ADMIN: (("security", "登录安全", "被锁定的账号、在线会话、登录记录"),),
    Role.AUDIT_ADMIN: (
        ("journal", "留痕日志", "谁在什么时候做了什么；树有多大，每天的树根"),
        ("receipt_check", "核对回执", "一条记录是不是真的在册，有没有被改过；也可下载离线核对程序"),
        ("people", "人员", "谁有账号、什么角色、最近什么时候登录，只看不改"),
    ),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of what waits: what, why, when, and the page that does it."""

    what: str
    why: str
    when: str
    url: str


@require_GET
def today_page(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the viewer today, by what they do."""
    role = request.user.role
    if role in ADMIN_ROLES or role == Role.PUBLIC:
        return render(request, "shell/today_console.html", {"consoles": _consoles(role), "role": role})
    if role in UNIT_ROLES or role == Role.VERIFIER:
        return _unit_home(request)
    if queries_list.oversees(request.user):
        return _office_home(request)
    return _leader_home(request)


@require_GET
def board_page(request: SignedInRequest) -> HttpResponse:
    """Show the places under a region by lamp, by tasks or by problems, or its problems by sector."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    wanted = request.GET.get("region", "")
    place = queries_board.place_of(request.user, int(wanted) if wanted.isdecimal() else None)
    level = tallies.PROBLEM if request.GET.get("level") == tallies.PROBLEM else tallies.TASK
    by_sector = request.GET.get("by") == "sector"
    open_round = frame_of(request).round
    board = queries_board.board(
        request.user, place, level=level, round_id=open_round.pk if open_round else None
    )
    context: dict[str, Any] = {
        **_board(request.user, board, level),
        "by_sector": by_sector,
        "round": open_round,
    }
    top = queries_board.place_of(request.user)
    context["parent_id"] = place.parent_id if place.pk != top.pk else None
    if by_sector:
        ask = Ask(region=place.pk)
        context["sectors"] = [
            {
                "word": sector or "未分类",
                "total": sum(counts.values()),
                "figures": board_parts.lamp_figures(tallies.PROBLEM, counts, ask.but(sector=sector)),
                "linked": bool(sector),
            }
            for sector, counts in queries_board.sectors(request.user, place)
        ]
    return render(request, "shell/board.html", context)


def _board(viewer: User, board: Any, level: str) -> dict[str, Any]:
    ask = Ask(region=board.place.pk)
    levels = board_parts.levels(board, queries_board.site_count(viewer, board.place))
    return {
        "board": board,
        "level": level,
        "levels": levels,
        "spoken": board_parts.spoken(levels),
        "segments": charts.segments(board.whole.counts),
        "tiles": board_parts.lamp_figures(level, board.whole.counts, ask),
        "lines": board_parts.lines(board, level),
        "sum": board_parts.line("合计", board.whole, level, ask),
    }


def _office_home(request: SignedInRequest) -> HttpResponse:
    """Show the whole at one glance, the round, the places, what waits, what is late."""
    viewer, today, open_round = request.user, clock.today(), frame_of(request).round
    place = queries_board.place_of(viewer)
    board = queries_board.board(viewer, place, round_id=open_round.pk if open_round else None)
    worst = queries_today.worst_tasks(viewer, lamps=(Lamp.OVERDUE, Lamp.BEHIND))
    led = queries_today.led_problems(viewer) if viewer.role == Role.LEADER else []
    samples = queries_today.trend(viewer, place, today)
    counts = board.whole.counts
    samples.append(queries_today.Sample(today, counts.get(Lamp.OVERDUE, 0), counts.get(Lamp.BEHIND, 0)))
    context = {
        **_board(viewer, board, tallies.TASK),
        **_round(open_round, today),
        "trend": charts_trend.trend(samples),
        "samples": samples,
        "todo": _todo(queries_today.waiting(viewer), today),
        "worst": [rows.row_of(task, today) for task in worst],
        "late_url": board_parts.figure(
            tallies.TASK, 0, Ask(region=place.pk, lamps=(Lamp.OVERDUE, Lamp.BEHIND))
        ).url,
        "led": [rows.row_of(problem, today) for problem in led[:LED_SHOWN]],
        "led_total": len(led),
        "is_leader": viewer.role == Role.LEADER,
    }
    return render(request, "shell/today_office.html", context)


def _unit_home(request: SignedInRequest) -> HttpResponse:
    """What is mine and what is due: reports owed, tasks by date, what the unit oversees."""
    viewer, today, open_round = request.user, clock.today(), frame_of(request).round
    verifier = viewer.role == Role.VERIFIER
    ask = Ask() if verifier else Ask(region=viewer.organisation_id)
    where = queries_list.ground(viewer, ask)
    found = queries_list.tasks(viewer, ask, where)
    known = queries_list.few(viewer, found, where)
    counts = queries_list.split(viewer, ask, where, found, tallies.TASK, known=known)
    near = queries_list.page_of(viewer, found, ask.but(lamps=SOON), ("owner",), size=15, known=known)
    waiting = ask.but(lamps=(Lamp.DONE,))
    done = (
        queries_list.page_of(viewer, found, waiting, ("owner",), size=10, known=known).rows
        if verifier
        else []
    )
    address = board_parts.address_of(tallies.TASK)
    context = {
        **_round(open_round, today),
        "reports": queries_today.own_reports(viewer, open_round.pk if open_round else None),
        "report_place": bool(navigation.address("my_reports")),
        "todo": _todo(queries_today.waiting(viewer), today),
        "total": queries_list.total(counts),
        "tiles": [
            {
                "lamp": count.lamp.value,
                "word": count.lamp.label,
                "n": str(count),
                "url": address.of(ask.but(lamps=(count.lamp,))),
            }
            for count in counts
            if address
        ],
        "segments": charts.segments({count.lamp.value: count.n for count in counts}),
        "all_url": address.of(ask) if address else "",
        "done": [rows.row_of(task, today) for task in done],
        "done_url": address.of(waiting) if address else "",
        "near": [rows.row_of(task, today) for task in near.rows],
        "verifier": verifier,
    }
    return render(request, "shell/today_unit.html", context)


def _leader_home(request: SignedInRequest) -> HttpResponse:
    """A leader of a unit: the problems led by name, what is late in sight."""
    viewer, today, open_round = request.user, clock.today(), frame_of(request).round
    worst = queries_today.worst_tasks(viewer, lamps=(Lamp.OVERDUE, Lamp.BEHIND), count=15)
    led = queries_today.led_problems(viewer)
    context = {
        **_round(open_round, today),
        "led": [rows.row_of(problem, today) for problem in led[:LED_SHOWN]],
        "led_total": len(led),
        "worst": [rows.row_of(task, today) for task in worst],
    }
    return render(request, "shell/today_leader.html", context)


def _round(open_round: Any, today: dt.date) -> dict[str, Any]:
    if open_round is None:
        return {"round": None}
    return {
        "round": open_round,
        "ruler": charts.ruler(open_round.starts_on, open_round.due_on, open_round.adopt_by, today),
        "round_url": navigation.address_of("round", open_round.pk),
    }


def _todo(found: list[Waiting], today: dt.date) -> list[Todo]:
    """Put what waits into words; a thing whose page the house does not have is left out."""
    words = {
        "review_desk": ("审核 {n} 份报告", "报送后等您单位审核"),
        "changes": ("审批 {n} 件调整申请", "时限、目标、责任单位或文字的调整"),
        "plans": ("审定 {n} 份整改方案", "报送审定，还没有意见"),
        "closeout": ("验收销号 {n} 件", "下一步等您核查、签字、公示、答复或销号"),
        "my_letters": ("办理 {n} 件信访件", "在您这里待办、待审或待续报的"),
        "indicator_alerts": ("看 {n} 个指标预警", "没有达到目标，或“只能更好、不能变坏”而变坏了"),
        "texts": ("核准 {n} 份文稿", "报来核准，不是您起草的"),
        "evidence_queue": ("审核 {n} 份佐证", "别的单位提交，等您审"),
    }
    lines = []
    for one in found:
        url = navigation.address(one.place)
        if url:
            what, why = words[one.place]
            when = ""
            if one.oldest:
                days = (today - clock.local(one.oldest).date()).days
                when = f"最早等了 {days} 天" if days else "今天报来"
            url += "?state=in_review" if one.place == "texts" else ""
            lines.append(Todo(what.format(n=one.count), why, when, url))
    return lines


def _consoles(role: str) -> list[Todo]:
    found = []
    for name, word, why in CONSOLES.get(Role(role), ()):
        url = navigation.address(name)
        if url:
            found.append(Todo(word, why, "", url))
    return found
