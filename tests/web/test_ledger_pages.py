"""Pages on which the ledger changes, as a person goes through them."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dugai.ledger.entries import NewTarget
from dugai.ledger.models import ChangeRequest, Inspection, Participation, PlanVersion, Problem, Site, Task
from dugai.people.models import User
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.service.test_ledger_import import HEADERS, row
from tests.sheets import workbook

pytestmark = pytest.mark.django_db


def as_(person: User) -> Client:
    """Sign a person in."""
    client = Client()
    client.force_login(person)
    return client


def words(response) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_an_office_registers_an_inspection_and_a_problem(cast: Cast):
    client = as_(cast.city_clerk)
    form = {
        "code": "SJ1",
        "name": "市级例行督察",
        "level": "municipal",
        "type": "routine",
        "object": "朔岭市",
    }
    client.post(reverse("inspection_new"), form)
    inspection = Inspection.objects.get()
    assert client.get(reverse("problem_new")).status_code == 200
    values = {
        "inspection": inspection.pk,
        "number": 1,
        "text": "污水直排柳汀河。雨季更甚。",
        "kind": "report",
        "source": "municipal_inspection",
        "source_class": "provincial",
        "home": "朔岭市",
        "lead": "市住建局",
        "supervising": "省住建厅",
        "m_number": ["1", "2", "3"],
        "m_text": ["建管网", "建泵站", ""],
        "m_deadline": ["2026年12月底前", "立行立改，长期坚持", ""],
        "m_responsible": ["望渡县住建局、雁回县住建局", "", ""],
        "m_person": ["孟晴", "", ""],
        "m_narrative": ["", "", ""],
    }
    wrong = client.post(reverse("problem_new"), {**values, "m_deadline": ["尽快", "", ""]})
    assert wrong.status_code == 422
    assert "第 1 条措施的时限“尽快”" in words(wrong)
    assert "建管网" in wrong.content.decode()
    more = client.post(reverse("problem_new"), {**values, "more": "1"})
    assert more.content.decode().count("data-row>") == 6
    assert not Problem.objects.unscoped("test").exists()
    client.post(reverse("problem_new"), values)
    problem = Problem.objects.unscoped("test").get()
    assert (problem.title, problem.lead) == ("污水直排柳汀河", cast.city_bureau)
    owners = Task.objects.unscoped("test").order_by("code").values_list("owner__name", flat=True)
    assert list(owners) == ["望渡县住建局", "雁回县住建局", "朔岭市住建局"]


def test_an_unknown_unit_is_said_beside_its_field(cast: Cast):
    make_inspection(cast)
    client = as_(cast.city_clerk)
    page = client.post(reverse("problem_new"), {"home": "朔岭市", "lead": "市住建局局", "text": "问题"})
    assert page.status_code == 422
    assert "请选督察" in words(page)


def test_a_split_writes_its_sum_out_and_refuses_a_difference(cast: Cast):
    problem = make_problem(cast, owners=(cast.city_bureau,), targets=(NewTarget("矿点", "处", Decimal(38)),))
    task = task_of(problem)
    target = task.targets.get()
    client = as_(cast.city_clerk)
    address = reverse("task_split", args=[task.pk])
    values = {
        "seen_version": 1,
        "s_owner": ["望渡县住建局", "雁回县住建局", ""],
        f"s_amount_{target.pk}": ["19", "18", ""],
        "s_title": ["", "", ""],
        "s_deadline": ["", "", ""],
        "s_person": ["", "", ""],
    }
    short = client.post(address, values)
    assert short.status_code == 422
    assert "19＋18＝37" in words(short)
    assert "与总数 38 差 1 处" in words(short)
    assert Task.objects.unscoped("test").count() == 1
    client.post(address, {**values, f"s_amount_{target.pk}": ["19", "19", ""]})
    assert Task.objects.unscoped("test").filter(parent=task).count() == 2
    assert "已经分解过" in words(client.get(address))


def test_a_change_is_asked_for_on_a_page_and_decided_on_another(cast: Cast):
    problem = make_problem(cast)
    task = task_of(problem)
    clerk, reviewer = as_(cast.county_clerk), as_(cast.city_reviewer)
    address = f"{reverse('change_new', args=[problem.pk])}?task={task.pk}"
    values = {"field": "deadline", "deadline": "改日", "reason": "征地没有完成", "seen_version": 1}
    wrong = clerk.post(address, values)
    assert wrong.status_code == 422
    assert "读不出日期" in words(wrong)
    clerk.post(address, {**values, "deadline": "2027年6月底前"})
    request = ChangeRequest.objects.get()
    page = reverse("change", args=[request.pk])
    assert "延期申请，此前没有延过" in words(reviewer.get(page))
    assert "撤回" in words(clerk.get(page))
    assert "等我审批 1 份" in words(reviewer.get(reverse("changes")))
    blocked = as_(cast.city_clerk).get(page).content.decode()
    assert "同意（要由整改办的审核或管理人员审批）" in blocked
    decide = reverse("change_decide", args=[request.pk])
    assert clerk.post(decide, {"move": "approve", "seen_version": 1}).status_code == 403
    assert reviewer.post(decide, {"move": "refuse", "seen_version": 1}).status_code == 422
    reviewer.post(decide, {"move": "approve", "seen_version": 1, "opinion": "同意"})
    request.refresh_from_db()
    assert request.state == "approved"
    assert str(Task.objects.unscoped("test").get().due) == "2027-06-30"


def test_a_plan_goes_its_way_on_pages(cast: Cast):
    problem = make_problem(cast)
    clerk, reviewer = as_(cast.city_clerk), as_(cast.city_reviewer)
    clerk.post(
        reverse("plan_new"),
        {"inspection": problem.inspection_id, "organisation": "朔岭市", "title": "朔岭市整改方案"},
    )
    version = PlanVersion.objects.get()
    move, page = reverse("plan_version_move", args=[version.pk]), reverse("plan_version", args=[version.pk])
    clerk.post(move, {"move": "submit", "seen_version": 1})
    assert "审定（方案是您报送的，要由另一个人审定）" in clerk.get(page).content.decode()
    reviewer.post(move, {"move": "approve", "seen_version": 2})
    version.refresh_from_db()
    assert version.state == "approved"
    assert "朔岭市整改方案" in words(clerk.get(reverse("plans")))
    edit = clerk.get(reverse("problem_edit", args=[problem.pk])).content.decode()
    assert "方案已经审定" in edit
    clerk.post(reverse("plan_next", args=[version.plan_id]), {"reason": "增补"})
    assert PlanVersion.objects.count() == 2
    assert clerk.get(reverse("plan", args=[version.plan_id])).status_code == 200


def test_parts_sites_and_links_are_added_on_one_page(cast: Cast):
    problem = make_problem(cast)
    other = make_problem(cast, inspection=problem.inspection, number=2)
    client = as_(cast.city_clerk)
    address = reverse("problem_parts", args=[problem.pk])
    client.post(address, {"what": "part", "part-organisation": "雁回县住建局", "part-part": "cooperating"})
    part = Participation.objects.get(organisation=cast.neighbour_bureau)
    client.post(address, {"what": "site", "site-name": "三道沟", "site-region": "雁回县"})
    assert Site.objects.get().region == cast.neighbour
    bad = client.post(
        address, {"what": "site", "site-name": "石门坎", "site-region": "雁回县", "site-longitude": "110.1"}
    )
    assert "要说明坐标系" in words(bad)
    client.post(address, {"what": "link", "link-earlier": other.code, "link-relation": "analogy"})
    assert problem.earlier_links.count() == 1
    client.post(reverse("part_end", args=[part.pk]), {"seen_version": 1, "reason": "职责划转"})
    assert not Participation.objects.filter(organisation=cast.neighbour_bureau).exists()


def test_a_list_is_sent_in_looked_at_and_accepted(cast: Cast):
    inspection = make_inspection(cast)
    client = as_(cast.city_clerk)
    data = workbook(HEADERS, [row(), row(序号=2, 反馈问题="别的。", 措施序号=2, 完成时限="6月31日")])
    values = {"inspection": inspection.pk, "home": "朔岭市", "issued": "2026-01-10"}
    answer = client.post(
        reverse("ledger_imports"), {**values, "file": SimpleUploadedFile("清单.xlsx", data)}, follow=True
    )
    said = words(answer)
    assert "读到 2 行 ＝ 可入账 1 ＋ 有误 1 ＋ 重复 0" in said
    assert "“措施清单”表 F4 单元格是“6月31日”" in said
    batch = answer.context["batch"]
    marked = client.get(reverse("ledger_import_marked", args=[batch.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content))).active
    assert sheet.cell(4, 1).value == "2"
    client.post(
        reverse("ledger_import_decide", args=[batch.pk]), {"move": "accept", "seen_version": batch.version}
    )
    assert Problem.objects.unscoped("test").count() == 1
    assert as_(cast.city_reviewer).get(reverse("ledger_import", args=[batch.pk])).status_code == 404
    out = client.get(reverse("ledger_export"))
    assert openpyxl.load_workbook(io.BytesIO(b"".join(out.streaming_content))).active.max_row == 4


def test_a_file_that_is_no_workbook_is_refused_in_words(cast: Cast):
    inspection = make_inspection(cast)
    values = {
        "inspection": inspection.pk,
        "home": "朔岭市",
        "file": SimpleUploadedFile("清单.xlsx", b"%PDF-1.4"),
    }
    page = as_(cast.city_clerk).post(reverse("ledger_imports"), values)
    assert page.status_code == 422
    assert "这不是 xlsx 文件" in words(page)


def test_the_internal_date_is_set_on_its_page(cast: Cast):
    task = task_of(make_problem(cast))
    client = as_(cast.county_clerk)
    address = reverse("task_internal_due", args=[task.pk])
    late = client.post(address, {"day": "2027-01-01", "seen_version": 1})
    assert "只能提前" in words(late)
    client.post(address, {"day": "2026-11-30", "seen_version": 1})
    assert str(Task.objects.unscoped("test").get().internal_due) == "2026-11-30"


def test_the_acts_of_a_page_follow_the_viewer(cast: Cast):
    problem = make_problem(cast)
    office = words(as_(cast.city_clerk).get(reverse("problem", args=[problem.pk])))
    assert all(word in office for word in ("修改", "加措施", "分工与点位", "申请调整", "导出清单"))
    unit = words(as_(cast.verifier).get(reverse("problem", args=[problem.pk])))
    assert "申请调整" not in unit.replace("申请调整 地区", "").split("公布口径")[1].split("问题原文")[0]
    task_page = words(as_(cast.county_clerk).get(reverse("task", args=[task_of(problem).pk])))
    assert "分解任务" in task_page
