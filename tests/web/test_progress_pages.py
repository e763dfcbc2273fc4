"""The pages of 调度 without a line of JavaScript: a month turned by clicking, and what a wrong form says."""

from __future__ import annotations

from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dugai.progress import services_report
from dugai.progress.models import Report, Round
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import JUNE_1, MAY_18, WHY, fresh, open_may, report_of, submit, typed, walk_up

pytestmark = pytest.mark.django_db
BUDGET = 15
"""Queries a page may cost, the session and the frame included; the same for one row and for many."""


def browse(cast: Cast, who: str) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(cast.users[who])
    return client


def form_of(report: Report, **values: str) -> dict[str, str]:
    """Return what a browser sends for a filled form."""
    seen = fresh(report)
    edition = str(seen.draft.edition) if hasattr(seen, "draft") else "0"
    return {
        **typed(seen),
        "seen_version": str(seen.version),
        "seen_edition": edition,
        "act": "submit",
        **values,
    }


def test_a_month_by_clicking(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        office = browse(cast, "province_clerk")
        choice = {"kind": "monthly", "day": "2026-05-18", "region": str(cast.province.pk)}
        shown = office.post(reverse("round_new"), {**choice, "act": "preview"}).content.decode()
        assert '<strong class="big-n">1</strong> 项任务、<strong>1</strong> 个单位' in shown
        assert not Round.objects.unscoped(WHY).exists()
        office.post(reverse("round_new"), {**choice, "act": "open"})
        round_ = Round.objects.unscoped(WHY).get()
        report = report_of(round_)
        clerk = browse(cast, "county_clerk")
        assert "还有 <strong>1</strong> / 1 项要报" in clerk.get(reverse("my_reports")).content.decode()
        sent = clerk.post(reverse("report", args=[report.pk]), form_of(report))
        assert sent["Location"] == reverse("report_receipt", args=[report.pk])
        receipt = clerk.get(sent["Location"]).content.decode()
        assert "JY-990121-260518-0001" in receipt
        assert "0＋2＝2 公里，总量 6.4 公里" in receipt
        for who in ("county_reviewer", "county_office_reviewer", "city_reviewer", "province_reviewer"):
            desk = browse(cast, who)
            assert "待审 1 份" in desk.get(reverse("review_desk")).content.decode()
            page = {"act": "approve", "seen_version": str(fresh(report).version)}
            assert desk.post(reverse("report_review", args=[report.pk]), page).status_code == 302
        assert fresh(report).state == "adopted"
    with time_machine.travel(JUNE_1, tick=False):
        manager = browse(cast, "province_manager")
        seen = {"seen_version": str(Round.objects.unscoped(WHY).get().version)}
        closed = manager.post(reverse("round_close", args=[round_.pk]), seen)
        assert closed["Location"] == reverse("round_figures", args=[round_.pk])
        figures = manager.get(closed["Location"]).content.decode()
        assert "100.0%" in figures
        assert "和关账时一致" in figures


@time_machine.travel(MAY_18, tick=False)
def test_a_wrong_form_keeps_what_was_typed_and_says_what_to_change(cast: Cast):
    make_problem(cast)
    report = report_of(open_may(cast))
    page = browse(cast, "county_clerk").post(
        reverse("report", args=[report.pk]), form_of(report, progress="done", summary="全线通水")
    )
    shown = page.content.decode()
    assert page.status_code == 422
    assert "还有 1 处要改，改好就能报送" in shown
    assert "还差 4.4 公里。请改自评，或补上数量。" in shown
    assert "全线通水" in shown
    assert fresh(report).state == "owed"


@time_machine.travel(MAY_18, tick=False)
def test_a_conflict_shows_both_texts(cast: Cast):
    make_problem(cast)
    report = report_of(open_may(cast))
    mine = form_of(report, summary="我写的", act="save")
    services_report.save_draft(
        actor=cast.county_reviewer, report_id=report.pk, seen_edition=0, values={"summary": "同事写的"}
    )
    page = browse(cast, "county_clerk").post(reverse("report", args=[report.pk]), mine)
    shown = page.content.decode()
    assert page.status_code == 409
    assert "许诚 09:00 改过这一份" in shown
    assert ("同事写的" in shown, "我写的" in shown) == (True, True)


@time_machine.travel(MAY_18, tick=False)
def test_autosave_answers_with_the_next_edition(cast: Cast):
    make_problem(cast)
    report = report_of(open_may(cast))
    page = browse(cast, "county_clerk").post(
        reverse("report_draft", args=[report.pk]),
        form_of(report, summary="写到一半"),
        headers={"HX-Request": "true"},
    )
    shown = page.content.decode()
    assert "草稿 9:00 已存" in shown
    assert 'id="seen-edition" name="seen_edition" value="1"' in shown
    assert (fresh(report).state, fresh(report).draft.values["summary"]) == ("draft", "写到一半")


@time_machine.travel(MAY_18, tick=False)
def test_proof_is_attached_taken_off_and_downloaded(cast: Cast):
    make_problem(cast)
    report = report_of(open_may(cast))
    clerk = browse(cast, "county_clerk")
    photo = BytesIO("通水记录".encode())
    photo.name = "通水记录.txt"
    clerk.post(reverse("report", args=[report.pk]), {**form_of(report, act="upload"), "files": photo})
    kept = fresh(report).attachments.get()
    answer = clerk.get(reverse("report_file", args=[report.pk, kept.pk]))
    assert answer.getvalue() == "通水记录".encode()
    assert answer["Content-Type"] == "application/octet-stream"
    clerk.post(reverse("report", args=[report.pk]), form_of(report, act=f"remove-{kept.pk}"))
    assert fresh(report).attachments.get().removed


@time_machine.travel(MAY_18, tick=False)
def test_a_batch_on_the_desk_says_what_became_of_each(cast: Cast):
    inspection = make_inspection(cast)
    tasks = [task_of(make_problem(cast, inspection, number)) for number in (1, 2)]
    round_ = open_may(cast)
    first, second = (submit(cast.county_clerk, report_of(round_, task)) for task in tasks)
    reviewer = browse(cast, "county_reviewer")
    chosen = [f"{first.pk}:{first.version}", f"{second.pk}:{second.version - 1}"]
    shown = reviewer.post(reverse("review_batch"), {"id": chosen, "act": "approve"}).content.decode()
    assert "1 份已办，1 份没有办成" in shown
    assert [fresh(first).at_desk_of, fresh(second).at_desk_of] == [cast.county_office, cast.county_bureau]
    refused = reviewer.post(reverse("review_batch"), {"id": chosen[1:], "act": "send_back"})
    assert "请写明退回原因" in refused.content.decode()


def test_no_change_takes_one_tap(cast: Cast):
    task = task_of(make_problem(cast))
    with time_machine.travel(MAY_18, tick=False):
        walk_up(cast, submit(cast.county_clerk, report_of(open_may(cast), task)))
    with time_machine.travel(JUNE_1, tick=False):
        report = report_of(open_may(cast, day=JUNE_1.date()), task)
        clerk = browse(cast, "county_clerk")
        tap = {"reason": "季节性停工", "seen_version": str(report.version)}
        assert clerk.post(reverse("report_no_change", args=[report.pk]), tap).status_code == 302
        assert (fresh(report).state, fresh(report).no_change_reason) == ("submitted", "季节性停工")


@time_machine.travel(MAY_18, tick=False)
@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("my_reports", "county_clerk"),
        ("review_desk", "county_reviewer"),
        ("round", "province_clerk"),
        ("round_reports", "province_clerk"),
        ("rounds", "province_clerk"),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_many(cast: Cast, name, who, django_assert_max_num_queries):
    inspection = make_inspection(cast)
    make_problem(cast, inspection)
    used = []
    for number in (2, 3):
        if number == 3:
            for more in range(10, 16):
                make_problem(cast, inspection, more)
        round_ = open_may(cast, kind="special", title=f"第 {number} 次")
        for report in Report.objects.unscoped(WHY).filter(round=round_):
            submit(cast.county_clerk, report)
        args = [round_.pk] if name in {"round", "round_reports"} else []
        client = browse(cast, who)
        with django_assert_max_num_queries(BUDGET) as counted:
            assert client.get(reverse(name, args=args)).status_code == 200
        used.append(len(counted))
    assert used[0] == used[1] <= BUDGET
