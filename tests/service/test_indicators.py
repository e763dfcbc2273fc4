"""指标: readings with sources, corrected by versions, compared and held against targets; Excel in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from dugai.indicators import queries, services, services_target, sheet
from dugai.indicators.catalogue import shipped
from dugai.indicators.models import Indicator, IndicatorReading
from dugai.indicators.rules_span import parse_span
from dugai.indicators.services import Said
from dugai.indicators.states import Against, ComparisonKind, Nature, RowState
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.management import verification
from dugai.notices import services as notices
from dugai.notices.models import Message
from dugai.staging import export
from dugai.staging import services as staging
from dugai.staging.models import ImportBatch
from tests.cast import Cast
from tests.indicators import adopt, aim, enter, said, the
from tests.service.test_staging import book

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
WHY = "a test looks at its own rows"
HEAD = ("地区*", "指标*", "时段*", "数值*", "单位", "数据截至", "来源*", "样本量")
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast):
    """October 2026, with the shipped indicators."""
    with time_machine.travel(dt.datetime(2026, 10, 12, 9, tzinfo=SHANGHAI), tick=False):
        adopt(cast)
        yield cast


def kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_the_shipped_catalogue_says_what_each_number_is():
    assert (
        len(shipped()) == len({one["code"] for one in shipped()}) == len({one["name"] for one in shipped()})
    )
    for one in shipped():
        assert one["definition"].endswith("。"), one["code"]
        assert (one["nature"] == Nature.RATE) == (one["unit"] == "%"), one["code"]


def test_only_the_province_says_what_is_measured(world: Cast):
    again = services_target.adopt_catalogue(actor=world.province_manager)
    assert again == []
    for name in ("province_clerk", "city_reviewer", "county_clerk", "system_admin"):
        with pytest.raises(Forbidden):
            services_target.adopt_catalogue(actor=world.users[name])
    with pytest.raises(InvalidInput) as refusal:
        services_target.define_indicator(
            actor=world.province_manager,
            code="pm25",
            name="另一个名字",
            unit="万吨",
            kind="environmental",
            nature="rate",
            better="up",
            definition="",
        )
    assert set(refusal.value.fields) == {"code", "unit", "better", "definition"}
    assert Indicator.objects.count() == len(shipped())


def test_a_reading_is_corrected_by_a_new_version_and_never_overwritten(world: Cast):
    first = enter(world.county_clerk, world.county, "pm25", "2025年", "32", quote="年均 32 微克")
    with pytest.raises(Conflict):
        enter(world.county_office_clerk, world.county, "pm25", "2025年", "31")
    with pytest.raises(InvalidInput):
        services.correct_reading(
            actor=world.county_clerk,
            reading_id=first.pk,
            seen_version=first.version,
            said=said("31", "2025年"),
            reason=" ",
        )
    new = services.correct_reading(
        actor=world.county_clerk,
        reading_id=first.pk,
        seen_version=first.version,
        said=said("31", "2025年"),
        reason="省厅复核后调整",
    )
    first.refresh_from_db()
    assert (first.value, first.state, first.latest) == (Decimal(32), RowState.REPLACED, False)
    assert (new.edition, new.replaces_id, new.reason, new.latest) == (2, first.pk, "省厅复核后调整", True)
    assert [row.pk for row in queries.versions(world.county_clerk, new)] == [new.pk, first.pk]
    with pytest.raises(Refused):
        services.withdraw_reading(
            actor=world.county_clerk, reading_id=first.pk, seen_version=first.version, reason="重复"
        )
    services.withdraw_reading(
        actor=world.county_clerk, reading_id=new.pk, seen_version=new.version, reason="时段填错"
    )
    assert queries.sheet(world.county_clerk, world.county) == []
    assert enter(world.county_clerk, world.county, "pm25", "2025年", "33").edition == 1
    assert kinds()[-5:] == [
        "indicator_reading.entered",
        "indicator_reading.replaced",
        "indicator_reading.corrected",
        "indicator_reading.withdrawn",
        "indicator_reading.entered",
    ]
    assert verification.verify(("journal", "rows")).findings == []


def test_a_unit_enters_for_its_region_an_office_for_those_inside_and_nobody_for_a_neighbour(world: Cast):
    enter(world.county_clerk, world.county, "pm25", "2025年", "32")
    enter(world.city_clerk, world.neighbour, "pm25", "2025年", "35")
    before = IndicatorReading.objects.unscoped(WHY).count(), Event.objects.count()
    for name, region in (
        ("county_clerk", world.neighbour),
        ("county_office_clerk", world.city),
        ("city_bureau_clerk", world.county),
        ("verifier", world.province),
        ("leader", world.province),
    ):
        with pytest.raises(Forbidden):
            enter(world.users[name], region, "good_air", "2025年", "90")
    for name in ("system_admin", "public"):
        with pytest.raises(NotVisible):
            enter(world.users[name], world.county, "good_air", "2025年", "90")
    assert (IndicatorReading.objects.unscoped(WHY).count(), Event.objects.count()) == before


def test_a_region_sees_itself_and_what_is_inside(world: Cast):
    ours = enter(world.county_clerk, world.county, "pm25", "2025年", "32")
    enter(world.neighbour_clerk, world.neighbour, "pm25", "2025年", "35")
    for name, count in (
        ("county_reviewer", 1),
        ("city_leader", 2),
        ("province_clerk", 2),
        ("other_city_reviewer", 0),
        ("public", 0),
        ("system_admin", 0),
    ):
        assert IndicatorReading.objects.visible_to(world.users[name]).count() == count, name
    with pytest.raises(NotVisible):
        queries.get_reading(world.neighbour_clerk, ours.pk)
    with pytest.raises(NotVisible):
        queries.region_of(world.county_clerk, world.city.pk)


@pytest.mark.parametrize(
    ("value", "more", "field"),
    [
        ("26.20001", {}, "value"),
        ("NaN", {}, "value"),
        ("100000000000", {}, "value"),
        ("26", {"source": " "}, "source"),
        ("26", {"unit": "毫克/立方米"}, "unit"),
        ("26", {"as_of": dt.date(2026, 12, 31)}, "as_of"),
        ("26", {"as_of": dt.date(2024, 12, 31)}, "as_of"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(world: Cast, value, more, field):
    with pytest.raises(InvalidInput) as refusal:
        enter(world.county_clerk, world.county, "pm25", "2025年", value, **more)
    assert set(refusal.value.fields) == {field}
    assert not IndicatorReading.objects.unscoped(WHY).exists()


def test_alerts_follow_from_the_rules_and_reach_people(world: Cast):
    enter(world.city_clerk, world.city, "pm25", "2024年", "30")
    aim(world.city_clerk, world.city, "pm25", "2025年", high="29")
    row = enter(world.city_clerk, world.city, "pm25", "2025年", "31.5")
    assert (row.latest, row.against, row.worsened) == (True, Against.SHORT, True)
    enter(world.city_clerk, world.city, "good_air", "2024年", "88")
    fine = enter(world.city_clerk, world.city, "good_air", "2025年", "90.1")
    assert (fine.against, fine.worsened) == ("", False)
    enter(world.city_clerk, world.city, "green_mines", "2024年", "8")
    enter(world.city_clerk, world.city, "green_mines", "2025年", "7")  # may worsen: shown, no alert
    assert [one.pk for one in queries.alerts(world.city_reviewer)] == [row.pk]
    assert queries.alert_count(world.province_clerk) == 1
    assert queries.alerts(world.county_clerk) == []
    told = [kind for kind in kinds() if kind.endswith((".fell_behind", ".worsened"))]
    assert told == ["indicator_reading.fell_behind", "indicator_reading.worsened"]
    while notices.deliver():
        pass
    heard = Message.objects.filter(link=f"indicator_reading {row.pk}")
    assert {message.user.username for message in heard} == {"city_reviewer", "city_leader"}
    assert "朔岭市PM2.5浓度（2025年）31.5微克/立方米，没有达到目标" in {one.title for one in heard}


def test_a_target_that_changes_settles_the_alert_anew(world: Cast):
    row = enter(world.city_clerk, world.city, "sewage_collected", "2025年", "60")
    target = aim(world.city_clerk, world.city, "sewage_collected", "2025年", low="65")
    row.refresh_from_db()
    assert row.against == Against.SHORT
    with pytest.raises(InvalidInput):
        aim(world.city_clerk, world.city, "sewage_collected", "2025年", low="58")
    new = aim(world.city_clerk, world.city, "sewage_collected", "2025年", low="58", reason="方案调整")
    row.refresh_from_db()
    target.refresh_from_db()
    assert (row.against, target.state, new.edition) == (Against.MET, RowState.REPLACED, 2)
    services_target.withdraw_target(
        actor=world.city_clerk, target_id=new.pk, seen_version=new.version, reason="登记错了地区"
    )
    row.refresh_from_db()
    assert row.against == ""
    for name in ("county_office_clerk", "city_bureau_clerk", "leader"):
        with pytest.raises(Forbidden):
            aim(world.users[name], world.city, "sewage_collected", "2026年", low="70")


def test_the_year_is_not_judged_in_autumn_when_it_adds_up(world: Cast):
    aim(world.city_clerk, world.city, "drains", "2026年", low="120")
    aim(world.city_clerk, world.city, "pm25", "2026年", high="28")
    adding = enter(world.city_clerk, world.city, "drains", "2026年1—9月", "95", as_of=dt.date(2026, 9, 30))
    level = enter(world.city_clerk, world.city, "pm25", "2026年1—9月", "29", as_of=dt.date(2026, 9, 30))
    assert (adding.against, level.against) == (Against.OPEN, Against.SHORT_SO_FAR)
    assert [one.pk for one in queries.alerts(world.city_clerk)] == [level.pk]


def test_a_base_year_that_is_set_later_settles_every_region(world: Cast):
    for year, value in ((2020, "55"), (2024, "50"), (2025, "52")):
        enter(world.city_clerk, world.city, "sewage_collected", f"{year}年", value)
    indicator = the(world, "sewage_collected")
    services_target.change_indicator(
        actor=world.province_manager,
        code="sewage_collected",
        seen_version=indicator.version,
        base_year=2020,
        reason="按“十四五”口径",
    )
    (series,) = queries.sheet(world.city_clerk, world.city)
    assert [(one.kind, one.shown) for one in series.comparisons(series.latest)] == [
        (ComparisonKind.YEAR_ON_YEAR, "上升2个百分点"),
        (ComparisonKind.ON_BASE, "下降3个百分点"),
    ]
    assert series.latest.worsened


def test_a_sheet_can_be_asked_for_as_it_stood(world: Cast):
    row = enter(world.city_clerk, world.city, "pm25", "2025年", "31")
    with time_machine.travel(dt.datetime(2026, 10, 13, 9, tzinfo=SHANGHAI), tick=False):
        services.correct_reading(
            actor=world.city_clerk,
            reading_id=row.pk,
            seen_version=row.version,
            said=said("30", "2025年"),
            reason="复核",
        )
    at = dt.datetime(2026, 10, 13, tzinfo=SHANGHAI)
    (then,), (now,) = (
        queries.sheet(world.city_clerk, world.city, at=at),
        queries.sheet(world.city_clerk, world.city),
    )
    assert (then.latest.value, now.latest.value) == (Decimal(31), Decimal(30))
    assert queries.sheet(world.city_clerk, world.city, at=at - dt.timedelta(days=2)) == []


def stage(cast: Cast, data: bytes, actor: str = "city_clerk") -> ImportBatch:
    return staging.stage(
        actor=cast.users[actor], kind=sheet.KIND, file_name="指标.xlsx", data=data, context={}
    )


def test_readings_come_in_from_excel_with_every_error_named(world: Cast):
    enter(world.city_clerk, world.city, "pm25", "2024年", "30")
    data = book(
        HEAD,
        ("朔岭市", "PM2.5浓度", "2025年", 29.4, "微克/立方米", "2025-12-31", "市局通报", "6个站"),
        ("990121", "good_air", 2025, "97.3", "", "", "市局通报", ""),
        ("朔岭市", "PM2.5浓度", "2024年", 30, "", "", "市局通报", ""),
        ("朔岭市", "PM2.5浓度", "2024年", 31, "", "", "市局通报", ""),
        ("临砚市", "PM2.5", "去年", "约30", "毫克", "2025-13-01", "", ""),
        ("朔岭市", "PM2.5浓度", "2025年", 29.4, "", "", "市局通报", ""),
    )
    batch = stage(world, data)
    counts = batch.rows_read, batch.rows_good, batch.rows_rejected, batch.rows_duplicate
    assert counts == (6, 2, 2, 2)
    messages = [error["message"] for row in batch.rows.order_by("pk") for error in row.errors]
    assert messages[1:-1] == [
        "“表一”表 D5 单元格是“31”，2024年已经填过 30。导入不改已有的数；要改，请在指标页写明原因更正。",
        "“表一”表 A6 单元格是“临砚市”，不是本地区或下级地区。请填台账里的全名或区划代码。",
        "“表一”表 B6 单元格是“PM2.5”，没有这个指标。请填“指标”页上的名称或代码。",
        "“表一”表 C6 单元格是“去年”，读不懂。请写成 2026年5月、2026年第2季度、2026年 或 2026年1—11月。",
        "“表一”表 D6 单元格是“约30”，不是数。请只填数字，单位写在“单位”列。",
        "“表一”表 F6 单元格是“2025-13-01”，没有这一天。请改成日历上有的日期。",
        "“表一”表 G6 单元格是空的。这一列必填，请填写。",
    ]
    assert IndicatorReading.objects.unscoped(WHY).count() == 1
    staging.accept(actor=world.city_clerk, batch_id=batch.pk, seen_version=batch.version)
    rows = IndicatorReading.objects.unscoped(WHY).order_by("pk")
    assert [(row.region.name, row.shown) for row in rows] == [
        ("朔岭市", "30微克/立方米"),
        ("朔岭市", "29.4微克/立方米"),
        ("望渡县", "97.3%"),
    ]
    again = stage(world, data)
    assert (again.rows_good, again.rows_rejected, again.rows_duplicate) == (0, 2, 4)


def test_what_was_exported_comes_back_as_duplicates(world: Cast):
    enter(world.city_clerk, world.city, "pm25", "2025年", "29.4", sample_size="6个站", exclusions="扣除沙尘")
    enter(world.city_clerk, world.county, "drains", "2026年1—9月", "12.5", as_of=dt.date(2026, 9, 30))
    with export.write_list("指标数据", sheet.COLUMNS, sheet.rows(world.city_clerk)) as file:
        batch = stage(world, file.read())
    assert (batch.rows_read, batch.rows_duplicate) == (2, 2)
    with pytest.raises(Forbidden):
        stage(world, b"", actor="leader")


def test_a_workbook_overtaken_by_somebody_else_writes_nothing(world: Cast):
    data = book(
        HEAD,
        ("朔岭市", "PM10浓度", "2025年", 60, "", "", "市局通报", ""),
        ("朔岭市", "优良天数比例", "2025年", 90, "", "", "市局通报", ""),
    )
    batch = stage(world, data)
    enter(world.city_reviewer, world.city, "pm10", "2025年", "61")
    with pytest.raises(Refused):
        staging.accept(actor=world.city_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert IndicatorReading.objects.unscoped(WHY).count() == 1


def test_a_number_of_another_shape_is_no_said():
    with pytest.raises(InvalidInput):
        Said(Decimal("Infinity"), "源", dt.date(2026, 1, 1)).columns(
            Indicator(name="数", unit="个"), parse_span("2025年")
        )
