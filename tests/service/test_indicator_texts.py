"""指标 in texts: a number opens its reading, follows a correction, and is readable once two people released it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.disclosure import (
    queries_text,
    rules_body,
    services_check,
    services_release,
    services_text,
    snapshots,
)
from dugai.disclosure.models import Finding, Snapshot, Text
from dugai.indicators import services
from dugai.kernel.errors import InvalidInput, Refused
from tests.cast import Cast
from tests.indicators import adopt, aim, enter, said

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast):
    """January 2026: two years of two indicators of 朔岭市, one behind its target."""
    with time_machine.travel(dt.datetime(2026, 1, 20, 9, tzinfo=SHANGHAI), tick=False):
        adopt(cast)
        for code, period, value in (
            ("pm25", "2024年", "30"),
            ("pm25", "2025年", "31.5"),
            ("good_water", "2024年", "83.3"),
            ("good_water", "2025年", "91.7"),
        ):
            enter(cast.city_clerk, cast.city, code, period, value, sample_size="12个断面")
        aim(cast.city_clerk, cast.city, "pm25", "2025年", high="29")
        yield cast


def draft(cast: Cast, genre: str = "indicators") -> Text:
    return services_text.draft_text(actor=cast.city_clerk, genre=genre, region=cast.city, period="2026-01")


def write(cast: Cast, text: Text, words: str) -> Text:
    kept = [{"keep": at} for at in range(len(text.body["blocks"]))]
    return services_text.save_text(
        actor=cast.city_clerk,
        text_id=text.pk,
        seen_version=text.version,
        title=text.title,
        parts=[*kept, {"kind": "p", "text": words}],
    )


def approved(cast: Cast, text: Text) -> Text:
    text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
    found = [(one.rule, one.message) for one in Finding.objects.filter(text=text) if one.stops]
    assert found == []
    return services_text.approve_text(actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version)


def test_a_bulletin_says_how_the_indicators_stand(world: Cast):
    text = draft(world)
    lines = [line for _, line in rules_body.lines_of(text.body)]
    assert (
        "PM2.5浓度\t2025年\t31.5微克/立方米\t上升5%\t—\t≤29微克/立方米\t未达目标，变坏（只能更好、不能变坏）"
        in lines
    )
    assert "国考断面优良水质比例\t2025年\t91.7%\t上升8.4个百分点\t—\t—\t—" in lines
    assert (
        "PM2.5浓度（2025年）31.5微克/立方米，目标≤29微克/立方米，同比上升5%：未达目标，变坏（只能更好、不能变坏）。"
        in lines
    )
    (row,) = [one for one in queries_text.sources(world.city_clerk, text) if one.shown == "上升8.4个百分点"]
    assert row.name == "国考断面优良水质比例同比（2025年）"
    assert "2025年为 91.7%，2024年为 83.3%；变动以个百分点计。来源：省生态环境厅通报" in row.how
    assert row.how.endswith("指标代码：good_water")


def test_a_writer_asks_for_a_reading_by_name_place_and_period(world: Cast):
    enter(world.county_clerk, world.county, "pm25", "2025年", "28")
    text = draft(world, "monthly")
    text = write(
        world,
        text,
        "全市PM2.5浓度⟦PM2.5浓度⟧，同比⟦PM2.5浓度同比⟧，望渡县⟦PM2.5浓度@望渡县@2025年⟧，目标⟦pm25目标⟧。",
    )
    last = rules_body.lines_of(text.body)[-1][1]
    assert last == "全市PM2.5浓度31.5微克/立方米，同比上升5%，望渡县28微克/立方米，目标≤29微克/立方米。"
    services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    about = Finding.objects.filter(text=text, rule__in=["ledger", "stale", "typed", "typed_wrong"])
    assert not about.filter(quote__contains="PM2.5").exists()
    for words in (
        "⟦PM2.5浓度@2023年⟧",
        "⟦PM2.5浓度环比⟧",
        "⟦PM2.5浓度@雁回县⟧",
        "⟦国考断面优良水质比例目标⟧",
    ):
        with pytest.raises(InvalidInput) as refusal:
            write(world, text, words)
        assert refusal.value.code == "part_unreadable"


def test_a_corrected_reading_makes_the_text_say_so_until_it_is_refreshed(world: Cast):
    text = write(world, draft(world, "monthly"), "全市PM2.5浓度⟦PM2.5浓度⟧。")
    row = services.queries.alerts(world.city_clerk)[0]
    services.correct_reading(
        actor=world.city_clerk,
        reading_id=row.pk,
        seen_version=row.version,
        said=said("30.9", "2025年"),
        reason="复核",
    )
    services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    (found,) = Finding.objects.filter(text=text, rule="ledger", edition=text.edition)
    assert (
        found.message == "“PM2.5浓度（2025年）”文中是 31.5微克/立方米，台账是 30.9微克/立方米。请刷新数据。"
    )
    text = services_text.refresh_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    assert rules_body.lines_of(text.body)[-1][1] == "全市PM2.5浓度30.9微克/立方米。"


def test_a_reading_that_is_taken_back_stops_the_text(world: Cast):
    text = write(world, draft(world, "monthly"), "全市PM2.5浓度⟦PM2.5浓度⟧。")
    row = services.queries.alerts(world.city_clerk)[0]
    services.withdraw_reading(
        actor=world.city_clerk, reading_id=row.pk, seen_version=row.version, reason="填错地区"
    )
    text = services_text.refresh_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    (found,) = Finding.objects.filter(text=text, rule="ledger", edition=text.edition)
    assert "朔岭市没有2025年“PM2.5浓度”的数" in found.message


def test_indicators_are_readable_only_when_two_people_released_them(world: Cast):
    text = draft(world)
    assert not Snapshot.objects.exists()
    text = services_text.submit_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    with pytest.raises(Refused):
        services_text.approve_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    text = services_text.approve_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    release = services_release.release_text(
        actor=world.city_reviewer,
        text_id=text.pk,
        seen_version=text.version,
        channels=[{"channel": "portal"}],
    )
    enter(world.city_clerk, world.city, "pm10", "2025年", "55")  # entered later, not printed, not readable
    rows = {row.key: row for row in Snapshot.objects.filter(kind="indicator", withdrawn_at=None)}
    assert set(rows) == {"990100:pm25", "990100:good_water"}
    row = rows["990100:pm25"]
    assert (row.release, row.region_code, row.title) == (release.number, "990100", "朔岭市PM2.5浓度")
    assert row.payload == {
        "schema": 1,
        "code": "pm25",
        "name": "PM2.5浓度",
        "unit": "微克/立方米",
        "definition": "细颗粒物在时段内的平均浓度，实况或标况按来源注明。",
        "region": "朔岭市",
        "region_code": "990100",
        "better": "lower",
        "target": {"value": "29", "period": "2025年", "months": 12, "source": "省整改方案"},
        "readings": [
            {
                "period": period,
                "months": 12,
                "value": value,
                "as_of": f"{period[:4]}-12-31",
                "source": "省生态环境厅通报",
                "sample_size": "12个断面",
                "exclusions": "",
            }
            for period, value in (("2024年", "30"), ("2025年", "31.5"))
        ],
        "comparisons": [
            {
                "kind": "year_on_year",
                "label": "同比",
                "value": "5",
                "unit": "%",
                "words": "上升5%",
                "period": "2025年",
            }
        ],
    }
    assert row.sha256 == snapshots.digests(row.payload)["sha256"]
    (points,) = rows["990100:good_water"].payload["comparisons"]
    assert (points["value"], points["unit"]) == ("8.4", "个百分点")
    release.refresh_from_db()
    services_release.withdraw_release(
        actor=world.city_reviewer, release_id=release.pk, seen_version=release.version, reason="数据有误"
    )
    assert not Snapshot.objects.filter(withdrawn_at=None).exists()
    assert {row.title for row in Snapshot.objects.all()} == {""}


def test_a_bulletin_without_any_reading_says_so(cast: Cast):
    adopt(cast)
    text = draft(cast)
    assert "还没有填报指标数据。" in [line for _, line in rules_body.lines_of(text.body)]


def test_an_office_may_put_indicators_into_its_templates(world: Cast):
    services_text.set_template(
        actor=world.province_manager, genre="monthly", lines="# 通报\n全省⟦PM2.5浓度@2025年⟧。\n@指标预警"
    )
    with pytest.raises(InvalidInput):
        services_text.set_template(
            actor=world.province_manager, genre="monthly", lines="# 通报\n全省⟦没有的指标⟧。"
        )


def test_a_checked_bulletin_has_nothing_that_stops_it(world: Cast):
    assert approved(world, draft(world)).state == "approved"
