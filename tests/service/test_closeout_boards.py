"""What waits for whom, the register, the boards and the page of one case, through each viewer's eyes."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.acceptance import queries_after, queries_case, queries_notice, queries_page, services_look_back
from dugai.acceptance.models import CloseoutCase
from dugai.acceptance.queries_after import Queue
from dugai.kernel.errors import InvalidInput, NotVisible, Refused
from dugai.rulebook import queries as rulebook
from dugai.rulebook import services as rules
from tests import closeout as way
from tests.cast import Cast, make_inspection, make_problem
from tests.closeout import day, fresh

pytestmark = pytest.mark.django_db
STAGES = ("done", "applied", "checked_papers", "checked", "signed", "verified", "in_notice", "closed")


@pytest.fixture
def board(cast: Cast) -> dict[str, CloseoutCase | None]:
    """One problem at each stage."""
    inspection = make_inspection(cast)
    return {
        stage: way.bring(cast, make_problem(cast, inspection, number=number), stage)
        for number, stage in enumerate(STAGES, 1)
    }


def test_each_case_is_in_its_queue(cast: Cast, board: dict[str, CloseoutCase | None]):
    expected = {
        Queue.TO_CHECK: {"applied": False, "checked_papers": True},
        Queue.TO_SIGN: {"checked": False, "signed": True},
        Queue.TO_PUBLISH: {"verified": False},
        Queue.IN_NOTICE: {"in_notice": False},
        Queue.TO_CLOSE: {},
        Queue.OBJECTED: {},
        Queue.TO_FILE: {"closed": False},
    }
    names = {case.pk: stage for stage, case in board.items() if case is not None}
    with time_machine.travel(day(6), tick=False):
        found = {
            which: {names[row.case.pk]: row.mine for row in queries_after.queue(cast.verifier, which).rows}
            for which in expected
        }
    # The verifier read no papers here, and signs for the province alone.
    assert found == expected | {Queue.TO_CHECK: {"applied": True, "checked_papers": True}} | {
        Queue.TO_SIGN: {"checked": True, "signed": True}
    }
    with time_machine.travel(day(14), tick=False):
        rows = queries_after.queue(cast.province_clerk, Queue.TO_CLOSE).rows
    assert [(names[row.case.pk], row.step, row.mine) for row in rows] == [("in_notice", "销号", True)]
    assert [row.pk for row in queries_after.done_not_closed(cast.city_clerk).rows] == [
        min(case.problem_id for case in board.values() if case) - 1
    ]


def test_whose_turn_it_is_is_counted_for_the_home(cast: Cast, board: dict[str, CloseoutCase | None]):
    queues = (Queue.TO_CHECK, Queue.TO_SIGN)
    with time_machine.travel(day(6), tick=False):
        mine = [row for which in queues for row in queries_after.queue(cast.verifier, which).rows if row.mine]
        assert queries_after.my_turn(cast.verifier) == len(mine) == 4
        before = queries_after.my_turn(cast.province_clerk)
    with time_machine.travel(day(14), tick=False):  # the notice is over: one more waits for its number
        assert queries_after.my_turn(cast.province_clerk) == before + 1
    for stranger in ("neighbour_clerk", "other_city_reviewer", "system_admin", "public"):
        assert queries_after.my_turn(cast.users[stranger]) == 0, stranger


def test_numbers_are_those_of_the_viewer(cast: Cast, board: dict[str, CloseoutCase | None]):
    counts = queries_after.numbers(cast.city_clerk)
    assert {state: n for state, n in counts.items() if n} == {
        "applied": 2,
        "checked": 2,
        "verified": 1,
        "in_notice": 1,
        "closed": 1,
    }
    for stranger in ("neighbour_clerk", "other_city_reviewer", "system_admin", "public"):
        assert not any(queries_after.numbers(cast.users[stranger]).values()), stranger


def test_out_of_sight_is_not_there(cast: Cast, board: dict[str, CloseoutCase | None]):
    case = board["in_notice"]
    for stranger in ("neighbour_clerk", "other_city_reviewer", "system_admin"):
        viewer = cast.users[stranger]
        with pytest.raises(NotVisible):
            queries_case.get_case(viewer, case.pk)
        with pytest.raises(NotVisible):
            queries_page.case_page(viewer, case.problem_id)
        assert queries_after.register(viewer).rows == []
        assert queries_after.queue(viewer, Queue.TO_CHECK).rows == []


def test_the_register_pages_by_key(cast: Cast):
    inspection = make_inspection(cast)
    for number in (1, 2, 3):
        way.bring(cast, make_problem(cast, inspection, number=number), "closed")
    first = queries_after.register(cast.province_clerk, limit=2)
    second = queries_after.register(cast.province_clerk, limit=2, after=first.next.pk)
    assert [entry.number for entry in [*first.rows, *second.rows]] == [3, 2, 1]
    assert second.next is None
    assert queries_after.register(cast.province_clerk, year=2025).rows == []


def test_the_page_of_one_case(cast: Cast, board: dict[str, CloseoutCase | None]):
    with time_machine.travel(day(6), tick=False):
        page = queries_page.case_page(cast.province_reviewer, board["signed"].problem_id)
        assert [(step.step.key, step.next) for step in page.steps] == [
            ("documents", False),
            ("visit", False),
            ("sign_city", False),
            ("sign_province", True),
            ("notice", False),
        ]
        assert page.acts == {"sign_off", "propose_carry_over"}
        assert (len(page.lines), len(page.visits), len(page.photos), page.running) == (1, 1, 1, True)
    held, data = queries_page.open_photo(cast.city_clerk, board["signed"].pk, page.photos[0].pk)
    with data:
        assert (held.name, data.read(2)) == ("现场.jpg", b"\xff\xd8")
    with pytest.raises(NotVisible):
        queries_page.open_photo(cast.city_clerk, board["closed"].pk, page.photos[0].pk)
    nothing = queries_page.case_page(cast.city_bureau_clerk, board["applied"].problem_id - 1)
    assert nothing.case is None
    assert nothing.acts == {"apply"}
    closed = queries_page.case_page(cast.province_clerk, board["closed"].problem_id)
    assert closed.acts == {"file", "consolidate", "propose_reopen"}
    assert closed.entry.number == 1


def test_the_notice_says_what_the_ledger_says(cast: Cast, board: dict[str, CloseoutCase | None]):
    with time_machine.travel(day(5), tick=False):
        text = queries_notice.notice_text(cast.city_clerk, board["verified"], contact="0000")
    assert (text.starts_on, text.until) == (dt.date(2026, 3, 7), dt.date(2026, 3, 13))
    assert text.lines[0].done == "管网 6.4 公里已建成通水。"
    assert text.paragraphs[0].startswith("一、整改任务：督察发现，望渡县老城区污水管网缺口较大")
    assert "公示期：2026年3月7日至2026年3月13日" in "".join(text.paragraphs)
    stored = board["in_notice"].notice.text
    assert stored["lines"][0]["done"] == text.lines[0].done


def test_working_days_follow_the_edited_calendar(cast: Cast):
    rules.set_calendar_day(actor=None, day=dt.date(2026, 3, 9), works=False, name="停电", source="市政府通知")
    days = rulebook.public_workdays(dt.date(2026, 3, 6), dt.date(2026, 3, 11))
    assert sorted(days) == [dt.date(2026, 3, 6), dt.date(2026, 3, 10), dt.date(2026, 3, 11)]
    far = rulebook.public_workdays(dt.date(2150, 1, 1), dt.date(2150, 1, 4))
    assert sorted(far) == [dt.date(2150, 1, 1), dt.date(2150, 1, 2)]


def test_a_look_back_is_visited_by_others(cast: Cast, board: dict[str, CloseoutCase | None]):
    given = {
        "actor": cast.supervisor,
        "region_id": cast.province.pk,
        "seed": "甲",
        "due": dt.date(2026, 12, 1),
    }
    with time_machine.travel(day(200), tick=False):
        for visitors in ([cast.city_bureau.pk], [cast.neighbour_office.pk]):
            with pytest.raises(Refused):
                services_look_back.plan_look_back(title="回头看", visitor_ids=visitors, **given)
        with pytest.raises(InvalidInput):
            services_look_back.plan_look_back(
                title="回头看", visitor_ids=[cast.city_office.pk], share_percent=1, **given
            )
        plan = services_look_back.plan_look_back(
            title="回头看", visitor_ids=[cast.city_bureau.pk, cast.city_office.pk], **given
        )
    assert plan.items.get().visitor_unit == cast.city_office
    mine = queries_after.look_back_items(cast.city_clerk, mine=True).rows
    assert [item.case_id for item in mine] == [fresh(board["closed"]).pk]
    assert queries_after.look_back_items(cast.neighbour_clerk).rows == []
    (line,) = queries_after.look_back_plans(cast.city_clerk).rows
    assert (line.drawn, line.done, line.rebound) == (1, 0, 0)
    with pytest.raises(Refused), time_machine.travel(day(60), tick=False):
        services_look_back.plan_look_back(title="太早", visitor_ids=[cast.city_office.pk], **given)
