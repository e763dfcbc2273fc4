"""Pages of close-out: what they show and refuse, what stays typed, and what arrives once however often sent."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dugai.acceptance.models import CloseoutProposal, ClosureEntry, SiteVisit, VisitPhoto
from dugai.files import services_upload
from tests import closeout as way
from tests.cast import Cast, make_problem
from tests.closeout import day, fresh
from tests.pictures import photo

pytestmark = pytest.mark.django_db


def browser(cast: Cast, username: str) -> Client:
    client = Client()
    client.force_login(cast.users[username])
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_gates_stand_on_the_problem_from_the_first_day(cast: Cast):
    problem = make_problem(cast)
    client = browser(cast, "city_bureau_clerk")
    page = text_of(client.get(reverse("problem", args=[problem.pk])))
    assert reverse("closeout_summary", args=[problem.pk]) in page
    section = text_of(client.get(reverse("closeout_summary", args=[problem.pk])))
    assert "1/10 关已满足" in section
    assert "措施 1 还没有采纳为“已完成”" in section
    assert "申请验收（措施 1 还没有采纳为“已完成”）" in section
    assert reverse("closeout_apply", args=[problem.pk]) not in section


def test_a_conflict_is_explained_and_what_was_typed_stays(cast: Cast):
    problem = make_problem(cast)
    case = way.bring(cast, problem, "applied")
    address = reverse("closeout_check", args=[case.pk])
    line = case.lines.get()
    with time_machine.travel(day(1)):
        client = browser(cast, "city_clerk")
        answer = client.post(
            address,
            {
                "seen_version": case.version + 7,
                "act": "pass",
                "opinion": "资料齐全，竣工验收已附",
                f"met_{line.measure_id}": "met",
            },
        )
        page = text_of(answer)
        assert answer.status_code == 422
        assert "您打开以后别人改过这一件" in page
        assert "资料齐全，竣工验收已附" in page
        assert f'name="seen_version" value="{case.version}"' in page
        again = client.post(
            address,
            {"seen_version": case.version, "act": "pass", f"met_{line.measure_id}": "met"},
        )
    assert again.status_code == 302
    assert fresh(case).waiting_for == "visit"


def test_a_return_without_a_reason_and_a_wanting_measure_without_a_word_come_back(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    line = case.lines.get()
    sent = {"seen_version": case.version, "act": "return", f"met_{line.measure_id}": "not_met"}
    with time_machine.travel(day(1)):
        client = browser(cast, "city_clerk")
        answer = client.post(reverse("closeout_check", args=[case.pk]), sent)
    assert answer.status_code == 422
    assert "没有落实的措施要写明差在哪里" in text_of(answer)
    assert case.verifications.count() == 0


def test_who_may_not_is_told_whose_turn_it_is(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    answer = browser(cast, "city_bureau_clerk").get(reverse("closeout_check", args=[case.pk]))
    assert answer.status_code == 403
    assert "现在等“资料初审”" in text_of(answer)
    assert (
        browser(cast, "other_city_reviewer")
        .get(reverse("problem_closeout", args=[case.problem_id]))
        .status_code
        == 404
    )


def test_no_page_skips_a_gate(cast: Cast):
    """A form sent straight to an act whose turn it is not changes nothing."""
    case = way.bring(cast, make_problem(cast), "applied")
    tries: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("city_reviewer", "closeout_sign", {"step": "sign_city", "act": "pass"}),
        ("city_clerk", "closeout_notice", {"address": "网站", "contact": "电话", "act": "publish"}),
        ("province_clerk", "closeout_close", {}),
        ("province_clerk", "closeout_file", {"filed_with": "部里"}),
        ("city_bureau_clerk", "closeout_check", {"act": "pass"}),
    )
    with time_machine.travel(day(2)):
        for username, name, values in tries:
            answer = browser(cast, username).post(
                reverse(name, args=[case.pk]), {"seen_version": case.version, **values}
            )
            assert answer.status_code in {403, 422}, name
    assert fresh(case).version == case.version
    assert not ClosureEntry.objects.exists()


def send_photo(client: Client, cast: Cast, case: Any, key: str) -> Any:
    """Send a photo as the phone does: in pieces first, then by its keys."""
    data = photo("phone")
    upload = services_upload.begin_upload(
        actor=cast.verifier, name="排口.jpg", size=len(data), purpose="visit"
    )
    services_upload.put_chunk(
        actor=cast.verifier, key=upload.pk, offset=0, stream=io.BytesIO(data), length=len(data)
    )
    values = {"upload": upload.pk, "visit_key": "v-1", "photo_key": key, "taken_at": "1772416800000"}
    return client.post(reverse("closeout_visit_photo", args=[case.pk]), values)


def test_a_phone_may_send_everything_twice(cast: Cast):
    case = way.bring(cast, make_problem(cast), "checked_papers")
    line = case.lines.get()
    values = {
        "seen_version": case.version,
        "draft_key": "v-1",
        "members": "沈岩、江月",
        "place": "柳汀河段",
        "began_at": "2026-03-04T06:00",
        "ended_at": "2026-03-04T08:00",
        "findings_text": "已通水",
        "passed": "pass",
        f"met_{line.measure_id}": "met",
    }
    there = reverse("closeout_visit_send", args=[case.pk])
    with time_machine.travel(day(2)):
        client = browser(cast, "verifier")
        early = client.post(there, values)
        assert (early.status_code, early.json()["code"]) == (422, "photos_missing")
        first, second = send_photo(client, cast, case, "p-1"), send_photo(client, cast, case, "p-1")
        assert first.json() == second.json()
        alone = client.post(there, {**values, "members": "沈岩"})
        assert alone.json()["fields"]["members"] == "现场核查要 2 人以上，现在 1 人"
        answers = [client.post(there, values).json() for _ in range(2)]
        assert answers[0] == answers[1]
        other = client.post(there, {**values, "place": "别处"})
    assert other.status_code == 409
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)
    with time_machine.travel(day(2)):
        picture = client.get(reverse("closeout_photo", args=[case.pk, first.json()["photo"]]))
    assert picture["Content-Type"] == "image/jpeg"
    assert b"".join(picture.streaming_content) == photo("phone")


def test_the_register_and_its_workbook_say_the_same(cast: Cast):
    way.bring(cast, make_problem(cast), "closed")
    client = browser(cast, "province_clerk")
    page = text_of(client.get(reverse("closeout_register")))
    assert "江源省督改销号〔2026〕1号" in page
    assert "江源省督改销号" not in text_of(client.get(reverse("closeout_register") + "?year=2025"))
    answer = client.get(reverse("closeout_register_sheet") + "?year=2026")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "销号文号"
    assert [row[0] for row in rows[1:]] == ["江源省督改销号〔2026〕1号"]


@pytest.mark.parametrize(
    ("stage", "queue"),
    [
        ("done", "to_apply"),
        ("applied", "to_check"),
        ("checked", "to_sign"),
        ("verified", "to_publish"),
        ("in_notice", "in_notice"),
        ("proposed", "to_decide"),
        ("closed", "to_file"),
    ],
)
def test_each_stage_stands_in_its_queue(cast: Cast, stage: str, queue: str):
    problem = make_problem(cast)
    way.bring(cast, problem, stage)
    client = browser(cast, "province_manager")
    page = text_of(client.get(f"{reverse('closeout')}?queue={queue}"))
    assert reverse("problem_closeout", args=[problem.pk]) in page
    assert client.get(f"{reverse('closeout')}?queue=nothing").status_code == 404


def test_what_one_proposes_another_decides(cast: Cast):
    problem = make_problem(cast)
    next_round = make_problem(cast, problem.inspection, number=2)
    way.bring(cast, problem, "applied")
    clerk, manager = browser(cast, "province_clerk"), browser(cast, "province_manager")
    address = reverse("closeout_propose", args=[problem.pk, "carry_over"])
    seen = fresh(problem).version
    unknown = clerk.post(address, {"seen_version": seen, "reason": "完不成", "successor": "没有的号"})
    assert unknown.status_code == 422
    assert "没有这个编号的问题" in text_of(unknown)
    made = clerk.post(address, {"seen_version": seen, "reason": "完不成", "successor": next_round.code})
    assert made.status_code == 302
    proposal = CloseoutProposal.objects.get()
    there = reverse("closeout_decide", args=[proposal.pk])
    own = clerk.post(there, {"seen_version": 1, "act": "approve"})
    assert own.status_code == 403
    silent = manager.post(there, {"seen_version": 1, "act": "refuse"})
    assert (silent.status_code, "请写不同意的理由" in text_of(silent)) == (422, True)
    assert manager.post(there, {"seen_version": 1, "act": "approve"}).status_code == 302
    assert fresh(problem).closure == "carried_over"
    over = text_of(manager.get(reverse("problem_closeout", args=[problem.pk])))
    assert "第 1 次验收已结束：已转入下一轮" in over


def test_an_application_is_taken_back_with_its_reason(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    client = browser(cast, "city_bureau_clerk")
    address = reverse("closeout_withdraw", args=[case.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"seen_version": case.version, "reason": ""}).status_code == 422
    assert client.post(address, {"seen_version": case.version, "reason": "补一张竣工图"}).status_code == 302
    again = text_of(client.get(reverse("closeout_apply", args=[case.problem_id])))
    assert "上次写的：管网 6.4 公里已建成通水。" in again
    assert again.count("管网 6.4 公里已建成通水。") == 2
    assert ">已逐条自查自验，全部达到要求。</textarea>" in again.replace("\n", "")
    assert fresh(case).state == "withdrawn"
