"""The pages of indicators: what a clerk fills in, what is drawn, what is said when something is wrong."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dugai.indicators import services_target
from dugai.indicators.models import Indicator, IndicatorReading, IndicatorTarget
from tests.cast import Cast
from tests.indicators import adopt, aim, enter, the
from tests.service.test_indicators import HEAD
from tests.service.test_staging import book
from tests.web.test_budgets import MOST, cost

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
WHY = "a test looks at its own rows"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast):
    """October 2026."""
    with time_machine.travel(dt.datetime(2026, 10, 12, 9, tzinfo=SHANGHAI), tick=False):
        yield cast


def browse(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name])
    return client


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(f"{reverse(name, args=args)}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def fill(client: Client, code: str, **values: str):
    body = {"act": "enter", **{f"r-{name}": value for name, value in values.items()}}
    return client.post(reverse("indicator", args=[code]), body)


def test_an_empty_house_takes_in_the_catalogue_from_its_first_page(world: Cast):
    manager = browse(world, "province_manager")
    assert "装入常用指标" in page(manager, "indicators")
    assert "装入常用指标" not in page(browse(world, "city_clerk"), "indicators")
    manager.post(reverse("indicator_adopt"))
    assert Indicator.objects.filter(code="pm25").exists()
    assert "还没有数的指标" in page(browse(world, "county_clerk"), "indicators")


def test_a_clerk_fills_in_a_reading_and_is_told_what_is_wrong(world: Cast):
    adopt(world)
    clerk = browse(world, "county_clerk")
    answer = fill(clerk, "pm25", period="去年", value="约30", source="")
    assert answer.status_code == 422
    text = answer.content.decode()
    for said in ("不是数。请只填数字，单位不用写。", "请填来源。"):
        assert said in text
    answer = fill(clerk, "pm25", period="去年", value="32", source="县监测站")
    assert "读不懂时段“去年”" in answer.content.decode()
    assert not IndicatorReading.objects.unscoped(WHY).exists()
    assert fill(clerk, "pm25", period="2025年", value="32", source="县监测站").status_code == 302
    row = IndicatorReading.objects.unscoped(WHY).get()
    assert (row.shown, row.as_of, row.region) == ("32微克/立方米", dt.date(2025, 12, 31), world.county)
    assert "已经填过" in fill(clerk, "pm25", period="2025年", value="33", source="县").content.decode()


def test_a_reading_is_corrected_and_taken_back_on_its_page(world: Cast):
    adopt(world)
    row = enter(world.county_clerk, world.county, "pm25", "2025年", "32")
    clerk, address = browse(world, "county_clerk"), reverse("indicator_reading", args=[row.pk])
    values = {"value": "31", "source": "县监测站", "seen_version": "1"}
    assert "请填更正的原因。" in clerk.post(address, values).content.decode()
    answer = clerk.post(address, {**values, "reason": "复核"})
    new = IndicatorReading.objects.unscoped(WHY).get(edition=2)
    assert answer["Location"] == reverse("indicator_reading", args=[new.pk])
    old = page(clerk, "indicator_reading", row.pk)
    assert "现行的数见" in old
    assert "更正为新的一版" not in old
    assert clerk.post(address, {**values, "reason": "复核"}).status_code == 409
    answer = clerk.post(
        answer["Location"], {"act": "withdraw", "seen_version": str(new.version), "reason": ""}
    )
    assert "请写明为什么撤销。" in answer.content.decode()
    clerk.post(
        reverse("indicator_reading", args=[new.pk]),
        {"act": "withdraw", "seen_version": str(new.version), "reason": "时段填错"},
    )
    assert "还没有数" in page(clerk, "indicator", "pm25")


def test_the_chart_shows_readings_targets_and_base_year_and_says_it_in_words(world: Cast):
    adopt(world)
    for year, value in ((2023, "34"), (2024, "33"), (2025, "31.5")):
        enter(world.city_clerk, world.city, "pm25", f"{year}年", value)
    services_target.change_indicator(
        actor=world.province_manager, code="pm25", seen_version=1, base_year=2023, reason="方案口径"
    )
    aim(world.city_clerk, world.city, "pm25", "2025年", high="30")
    text = page(browse(world, "city_clerk"), "indicator", "pm25")
    assert 'aria-label="PM2.5浓度，2023年到2025年，由 34微克/立方米 到 31.5微克/立方米"' in text
    assert len(re.findall(r'<circle class="f-dot"', text)) == 3
    assert "目标 ≤30" in text
    assert "基年 34" in text
    assert text.count("未达目标") == 2
    assert "style=" not in text
    listed = page(browse(world, "province_clerk"), "indicators", query=f"?region={world.city.pk}")
    assert "下降7.4%" in listed


def test_an_office_sets_and_takes_back_a_target(world: Cast):
    adopt(world)
    office, address = browse(world, "city_clerk"), reverse("indicator", args=["good_air"])
    wrong = {"act": "target", "t-period": "2026年", "t-low": "", "t-source": "方案"}
    assert "请写目标值" in office.post(address, wrong).content.decode()
    assert office.post(address, {**wrong, "t-low": "90"}).status_code == 302
    target = IndicatorTarget.objects.unscoped(WHY).get()
    assert "≥90%" in page(office, "indicator", "good_air")
    body = {"act": "withdraw_target", "target": target.pk, "seen_version": target.version, "reason": "登记错"}
    office.post(address, body)
    target.refresh_from_db()
    assert target.state == "withdrawn"
    assert "<summary>登记目标" in page(office, "indicator", "good_air")
    assert "<summary>登记目标" not in page(browse(world, "city_bureau_clerk"), "indicator", "good_air")


def test_alerts_are_listed_and_counted_on_the_way_in(world: Cast):
    adopt(world)
    assert "没有预警" in page(browse(world, "city_clerk"), "indicator_alerts")
    enter(world.county_clerk, world.county, "good_water", "2024年", "95.8")
    enter(world.county_clerk, world.county, "good_water", "2025年", "91.7")
    text = page(browse(world, "city_clerk"), "indicator_alerts")
    assert "下降4.1个百分点" in text
    assert "望渡县" in text
    assert "预警 1" in page(browse(world, "city_clerk"), "indicators")
    assert "没有预警" in page(browse(world, "neighbour_clerk"), "indicator_alerts")
    for name in ("city_clerk", "city_leader", "supervisor"):
        assert "看 1 个指标预警" in page(browse(world, name), "today")
    assert "指标预警" not in page(browse(world, "neighbour_office_clerk"), "today")


def test_the_province_defines_and_changes_an_indicator(world: Cast):
    manager = browse(world, "province_manager")
    values = {
        "code": "wetland",
        "name": "湿地保护率",
        "unit": "公顷",
        "kind": "environmental",
        "nature": "rate",
        "better": "higher",
        "definition": "受保护湿地占湿地总面积的比例。",
    }
    assert "比率的单位是 %" in manager.post(reverse("indicator_new"), values).content.decode()
    assert manager.post(reverse("indicator_new"), {**values, "unit": "%"}).status_code == 302
    edit = reverse("indicator_edit", args=["wetland"])
    change = {"definition": "受保护湿地的比例。", "base_year": "2020", "no_worse": "on", "seen_version": "1"}
    assert "请填修改原因。" in manager.post(edit, change).content.decode()
    assert manager.post(edit, {**change, "reason": "统一口径"}).status_code == 302
    row = the(world, "wetland")
    assert (row.base_year, row.no_worse, row.definition) == (2020, True, "受保护湿地的比例。")


def test_readings_come_in_from_a_workbook_and_go_out(world: Cast):
    adopt(world)
    clerk = browse(world, "city_clerk")
    data = book(HEAD, ("望渡县", "PM2.5浓度", "2025年", 31, "", "", "市局通报", ""))
    answer = clerk.post(
        reverse("people_import", args=["readings"]), {"file": SimpleUploadedFile("指标.xlsx", data)}
    )
    assert answer.status_code == 302
    assert "录入 1 行" in clerk.get(answer["Location"]).content.decode()
    batch = int(answer["Location"].rstrip("/").rpartition("/")[2])
    clerk.post(reverse("people_batch_accept", args=[batch]), {"seen_version": "1"})
    assert IndicatorReading.objects.unscoped(WHY).get().region == world.county
    assert "从 Excel 导入指标数据" in page(clerk, "people_import", "readings")
    for name in ("people_export", "people_template"):
        answer = clerk.get(reverse(name, args=["readings"]))
        assert b"".join(answer.streaming_content).startswith(b"PK")


def test_pages_cost_the_same_with_three_readings_and_with_many(world: Cast):
    adopt(world)
    pages = [
        reverse("indicators"),
        reverse("indicator_alerts"),
        reverse("indicator", args=["good_water"]),
    ]
    row = None
    for year in (2021, 2022, 2023):
        row = enter(world.city_clerk, world.city, "good_water", f"{year}年", str(99 - year % 10))
    pages.append(reverse("indicator_reading", args=[row.pk]))
    few = [cost(world.city_reviewer, one)[0] for one in pages]
    for code in ("pm25", "good_air", "sewage_collected"):
        for month in range(1, 10):
            enter(world.county_clerk, world.county, code, f"2026年{month}月", str(90 - month))
            enter(world.city_clerk, world.city, code, f"2026年{month}月", str(90 - month))
    assert [cost(world.city_reviewer, one)[0] for one in pages] == few
    assert max(few) <= MOST
