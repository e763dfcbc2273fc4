"""Pages on which a measure, a 点位 and a problem are corrected, and two people who correct at once (C04)."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.urls import reverse

from dugai.journal.models import Event
from dugai.ledger import services_edit, services_entry, services_plan
from dugai.ledger.models import Measure, Problem, Site, Task
from tests.cast import Cast, make_inspection, make_problem
from tests.web.test_ledger_pages import as_, words

pytestmark = pytest.mark.django_db


def measure_of(problem: Problem) -> Measure:
    return Measure.objects.unscoped("test").get(problem=problem)


def approve_plan(cast: Cast, problem: Problem) -> None:
    version = services_plan.open_plan(
        actor=cast.city_clerk,
        inspection_id=problem.inspection_id,
        organisation=cast.city,
        title="朔岭市整改方案",
    )
    services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=1)
    services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=2, opinion="")


def test_a_measure_is_corrected_and_its_tasks_follow_the_new_date(cast: Cast):
    problem = make_problem(cast)
    measure = measure_of(problem)
    client, address = as_(cast.city_clerk), reverse("measure_edit", args=[measure.pk])
    assert address in client.get(reverse("problem", args=[problem.pk])).content.decode()
    assert address in client.get(reverse("measure", args=[measure.pk])).content.decode()
    page = client.get(address)
    assert 'value="2026年12月底前"' in page.content.decode()
    values = {
        "seen_version": 1,
        "text": measure.text,
        "narrative": "管材已进场",
        "note": "",
        "reason": "核对",
    }
    wrong = client.post(address, {**values, "deadline": "尽快"})
    assert wrong.status_code == 422
    assert "读不出日期" in words(wrong)
    assert "管材已进场" in words(wrong)
    done = client.post(address, {**values, "deadline": "2026年10月底前"})
    assert done["Location"] == reverse("measure", args=[measure.pk])
    measure.refresh_from_db()
    assert measure.narrative == "管材已进场"
    assert Task.objects.unscoped("test").get().due == dt.date(2026, 10, 31)
    assert Event.objects.get(kind="measure.edited").subject_id == measure.pk


def test_looking_and_saving_changes_nothing(cast: Cast):
    problem = make_problem(cast)
    measure = measure_of(problem)
    text = "第一行\n第二行"
    services_edit.edit_measure(actor=cast.city_clerk, measure_id=measure.pk, seen_version=1, text=text)
    values = {"seen_version": 2, "text": "第一行\r\n第二行", "deadline": "2026年12月底前"}
    as_(cast.city_clerk).post(reverse("measure_edit", args=[measure.pk]), values)
    measure.refresh_from_db()
    assert (measure.version, measure.text) == (2, text)


def test_what_a_plan_binds_is_locked_and_leads_to_the_request(cast: Cast):
    problem = make_problem(cast)
    approve_plan(cast, problem)
    measure = measure_of(problem)
    client, address = as_(cast.city_clerk), reverse("measure_edit", args=[measure.pk])
    page = client.get(address).content.decode()
    assert f"{reverse('change_new', args=[problem.pk])}?measure={measure.pk}" in page
    client.post(address, {"seen_version": 1, "text": "别的话", "deadline": "立行立改", "note": "附图一张"})
    measure.refresh_from_db()
    assert (measure.note, measure.text) == ("附图一张", "改造老城区污水管网 6.4 公里。")
    asked = client.get(f"{reverse('change_new', args=[problem.pk])}?measure={measure.pk}")
    assert "措施 1" in words(asked)


def test_the_second_of_two_sees_both_texts_and_may_then_decide(cast: Cast):
    problem = make_problem(cast)
    measure = measure_of(problem)
    address = reverse("measure_edit", args=[measure.pk])
    values = {"seen_version": 1, "text": measure.text, "deadline": "2026年12月底前"}
    as_(cast.city_clerk).post(address, {**values, "narrative": "何晓写的", "note": "一号附件"})
    second = as_(cast.city_reviewer)
    page = second.post(address, {**values, "narrative": "罗平写的", "note": ""})
    assert page.status_code == 409
    said, markup = words(page), html.unescape(page.content.decode())
    assert "何晓" in said
    assert "您写的还在下面，请对照后再存" in said
    assert "现在台账里是 何晓写的" in said
    assert "现在台账里是 一号附件" in said
    assert "罗平写的</textarea>" in markup
    assert 'name="seen_version" value="2"' in markup
    measure.refresh_from_db()
    assert measure.narrative == "何晓写的"
    second.post(address, {**values, "seen_version": 2, "narrative": "两人合写", "note": "一号附件"})
    measure.refresh_from_db()
    assert (measure.narrative, measure.note, measure.version) == ("两人合写", "一号附件", 3)


def test_the_second_of_two_on_a_problem_sees_both_texts(cast: Cast):
    problem = make_problem(cast)
    services_edit.edit_problem(
        actor=cast.city_clerk, problem_id=problem.pk, seen_version=1, note="先写的", engineering=True
    )
    address = reverse("problem_edit", args=[problem.pk])
    values = {"seen_version": 1, "text": problem.text, "title": problem.title, "note": "后写的"}
    page = as_(cast.city_reviewer).post(address, values)
    assert page.status_code == 409
    assert "现在台账里是 先写的" in words(page)
    assert "后写的</textarea>" in page.content.decode()
    problem.refresh_from_db()
    assert problem.note == "先写的"


def test_a_site_is_corrected_with_every_mistake_beside_its_field(cast: Cast):
    problem = make_problem(cast)
    other = make_problem(cast, make_inspection(cast, "JY4"), number=9)
    site = services_entry.add_site(
        actor=cast.city_clerk, problem_id=problem.pk, region=cast.county, name="一号泵站"
    )
    client, address = as_(cast.city_clerk), reverse("site_edit", args=[site.pk])
    for page in (reverse("problem", args=[problem.pk]), reverse("problem_parts", args=[problem.pk])):
        assert address in client.get(page).content.decode()
    values = {"seen_version": 1, "name": "一号泵站", "region": "望渡县", "disposition": "改造"}
    half = client.post(address, {**values, "longitude": "113.2"})
    assert half.status_code == 422
    assert "经度和纬度要一起填" in words(half)
    no_datum = client.post(address, {**values, "longitude": "113.2", "latitude": "34.1"})
    assert "填了坐标就要说明坐标系" in words(no_datum)
    nowhere = client.post(address, {**values, "region": "没有县"})
    assert nowhere.status_code == 422
    alien = client.post(address, {**values, "measure": measure_of(other).pk})
    assert (alien.status_code, "没有这个所属措施" in words(alien)) == (422, True)
    client.post(
        address,
        {
            **values,
            "longitude": "113.2",
            "latitude": "34.1",
            "datum": "CGCS2000",
            "measure": measure_of(problem).pk,
            "plan": "一点一策",
            "done_on": "2026-05-18",
        },
    )
    site.refresh_from_db()
    assert (site.disposition, site.datum, site.done_on) == ("改造", "CGCS2000", dt.date(2026, 5, 18))
    assert site.measure == measure_of(problem)
    stale = as_(cast.city_reviewer).post(address, {**values, "disposition": "拆除"})
    assert stale.status_code == 409
    assert "现在台账里是 改造" in words(stale)
    assert Site.objects.get().disposition == "改造"
