"""文稿 from draft to release: figures stay figures, two people, planted faults are caught, the past stays."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
import time_machine
from docx import Document
from openpyxl import load_workbook

from dugai.disclosure import (
    catalogue,
    pages,
    queries_text,
    rules_body,
    services_check,
    services_release,
    services_text,
)
from dugai.disclosure.models import Finding, Release, Snapshot, SnapshotFile, Text
from dugai.disclosure.states import Genre
from dugai.disclosure.templates import shipped
from dugai.disclosure.writing import excel, pdf, word
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, InvalidInput, NotVisible, Refused
from dugai.ledger import services_task, standing
from dugai.management import verification
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.letters import make_batch, make_letter

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
JUNE_10 = dt.datetime(2026, 6, 10, 9, tzinfo=SHANGHAI)
WHY = "a test looks at its own rows"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast):
    """June: one task overdue since March, two due in December."""
    with time_machine.travel(dt.datetime(2026, 1, 20, 9, tzinfo=SHANGHAI), tick=False):
        inspection = make_inspection(cast)
        make_problem(cast, inspection, 1, when="2026年3月底前")
        make_problem(
            cast, inspection, 2, owners=(cast.county_bureau, cast.neighbour_bureau), when="2026年12月底前"
        )
    with time_machine.travel(JUNE_10, tick=False):
        standing.roll_day()
        yield cast


def draft(cast: Cast, genre: str = "monthly", **values: Any) -> Text:
    values = {"region": cast.city, "period": "2026-06", **values}
    return services_text.draft_text(actor=cast.users["city_clerk"], genre=genre, **values)


def parts_of(text: Text) -> list[dict[str, Any]]:
    """Return what the editor posts when nothing was changed."""
    figures = text.body["figures"]
    return [
        {"keep": at}
        if block.get("maker") or block["kind"] == "table"
        else {"kind": block["kind"], "text": rules_body.editable(block["runs"], figures)}
        for at, block in enumerate(text.body["blocks"])
    ]


def save(cast: Cast, text: Text, *more: str, actor: str = "city_clerk") -> Text:
    parts = [*parts_of(text), *({"kind": "p", "text": words} for words in more)]
    return services_text.save_text(
        actor=cast.users[actor], text_id=text.pk, seen_version=text.version, title=text.title, parts=parts
    )


def rules_of(text: Text) -> dict[str, str]:
    return dict(Finding.objects.filter(text=text, edition=text.edition).values_list("rule", "message"))


def walk(cast: Cast, text: Text) -> Text:
    """Submit and approve by two people."""
    text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
    return services_text.approve_text(actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version)


def release(cast: Cast, text: Text, **values: Any) -> Release:
    text.refresh_from_db()
    channels = [{"channel": "portal"}, {"channel": "site", "address": "朔岭市人民政府网站"}]
    return services_release.release_text(
        actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version, channels=channels, **values
    )


def test_a_draft_states_the_ledger_and_nothing_typed(world: Cast):
    text = draft(world)
    printed = rules_body.plain(text.body)
    assert text.title == "关于2026年6月生态环境保护督察整改调度情况的通报"
    assert "整改任务共3项，已完成0项，未完成3项" in printed
    assert "达到序时进度2项，未达序时进度1项，其中超期1项" in printed
    assert "应完成的任务1项，其中已完成0项，到期完成率0%" in printed
    assert "JY3-01-001-01" in printed
    assert "超期 71 天" in printed
    assert "【待填" not in printed
    ranking = next(block for block in text.body["blocks"] if block["kind"] == "table")
    cells = [[rules_body.words_of(cell, text.body["figures"]) for cell in row] for row in ranking["rows"]]
    assert [row[:3] for row in cells] == [["1", "望渡县", "2项"], ["2", "雁回县", "1项"]]
    assert queries_text.versions(world.city_clerk, text)[0].number == 1


@pytest.mark.parametrize("genre", list(Genre))
def test_every_shipped_template_can_be_drafted_checked_and_printed(world: Cast, genre: Genre):
    problem = queries_text.problem_named(world.city_clerk, "JY3-01")
    letters = make_batch(world, inspection=problem.inspection)
    make_letter(world, letters)
    text = draft(world, genre, problem=problem, inspection=problem.inspection, batch=letters)
    assert text.body["blocks"]
    found = services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    assert {row.rule for row in found} <= {"mask", "empty_rate", "typed", "copy"}
    page = pages.page_of(text)
    assert Document(io.BytesIO(word.document(page))).paragraphs[0].text == text.title
    assert pdf.document(page).startswith(b"%PDF")
    assert "⟦" not in json.dumps(page, ensure_ascii=False)


def test_typing_over_a_figure_changes_nothing(world: Cast):
    text = draft(world)
    parts = parts_of(text)
    at = next(n for n, part in enumerate(parts) if "⟦1·" in part.get("text", ""))
    parts[at]["text"] = parts[at]["text"].replace("⟦1·任务总数 3项⟧", "⟦1·任务总数 999项⟧")
    saved = services_text.save_text(
        actor=world.city_clerk, text_id=text.pk, seen_version=text.version, title="改了标题", parts=parts
    )
    assert "共3项" in rules_body.plain(saved.body)
    parts[at]["text"] = "写坏的记号 ⟦99·没有⟧"
    with pytest.raises(InvalidInput) as refused:
        services_text.save_text(
            actor=world.city_clerk, text_id=text.pk, seen_version=saved.version, title="改", parts=parts
        )
    assert list(refused.value.fields) == [f"part_{at}"]


def test_a_writer_asks_for_figures_and_states_numbers_with_their_source(world: Cast):
    text = save(world, draft(world), "其中望渡县⟦任务总数@望渡县⟧，市委研究⟦=6次·市委办会议台账⟧。")
    assert rules_body.plain(text.body).endswith("其中望渡县2项，市委研究6次。")
    sources = queries_text.sources(world.city_clerk, text)
    assert [(one.shown, one.how) for one in sources][-1] == ("6次", "来源：市委办会议台账")
    number = sources[0].number
    noted = services_text.annotate_figure(
        actor=world.city_clerk, text_id=text.pk, seen_version=text.version, figure=number, note="含省级交办"
    )
    assert queries_text.sources(world.city_clerk, noted)[0].note == "含省级交办"


def test_planted_faults_are_caught_before_release(world: Cast):
    text = save(
        world,
        draft(world),
        "全市排查矿山 60 座，已完成整治 30 座，未完成 20 座。",
        "全市排查入河排污口，其中工业口 30 个，生活口 20 个，合计 60 个。",
        "联系人手机 13800138000，身份证 11010519491231002X。",
        "任务总数5项。",
        "已走访群众 45 家。",
        "临砚市的做法值得借鉴，会议时间×××。",
    )
    text = services_text.submit_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    found = rules_of(text)
    assert set(found) == {
        "arithmetic",
        "phone",
        "identity",
        "typed_wrong",
        "typed",
        "place",
        "mask",
        "empty_rate",
    }
    assert "台账的 3项" in found["typed_wrong"]
    quotes = dict(Finding.objects.filter(text=text).values_list("rule", "quote"))
    assert quotes["phone"] == "138****8000"
    with pytest.raises(Refused, match="须处理"):
        services_text.approve_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    text.refresh_from_db()
    assert text.state == "in_review"
    assert not Release.objects.exists()


def test_a_finding_is_overruled_by_another_person_with_a_reason(world: Cast):
    text = save(world, draft(world), "全市排查入河排污口，其中工业口 30 个，生活口 20 个，合计 60 个。")
    text = services_text.submit_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    row = Finding.objects.get(text=text, rule="arithmetic")
    for actor, reason, error in (
        (world.city_clerk, "可以", Refused),
        (world.city_reviewer, " ", InvalidInput),
        (world.neighbour_clerk, "可以", NotVisible),
    ):
        with pytest.raises(error):
            services_check.overrule_finding(
                actor=actor, finding_id=row.pk, seen_version=text.version, reason=reason
            )
    services_check.overrule_finding(
        actor=world.city_reviewer, finding_id=row.pk, seen_version=text.version, reason="另有 10 个混合口"
    )
    text = services_text.approve_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    assert text.state == "approved"
    event = Event.objects.filter(kind="text.overruled").get()
    assert json.loads(event.body)["reason"] == "另有 10 个混合口"


def test_nobody_approves_their_own_text(world: Cast):
    text = services_text.draft_text(
        actor=world.city_reviewer, genre="monthly", region=world.city, period="2026-06"
    )
    text = services_text.submit_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    with pytest.raises(Refused, match="另一位"):
        services_text.approve_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    with pytest.raises(Refused):
        services_text.approve_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    with pytest.raises(NotVisible):
        services_text.approve_text(actor=world.other_city_reviewer, text_id=text.pk, seen_version=1)


def test_when_the_ledger_moves_the_text_must_be_refreshed(world: Cast):
    text = draft(world)
    make_problem(world, make_more(world), 3)
    text = services_text.submit_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    assert "台账是 4项" in Finding.objects.filter(text=text, rule="ledger").order_by("pk")[0].message
    with pytest.raises(Refused):
        services_text.approve_text(actor=world.city_reviewer, text_id=text.pk, seen_version=text.version)
    text = services_text.send_back_text(
        actor=world.city_reviewer, text_id=text.pk, seen_version=text.version, reason="刷新数据"
    )
    text = services_text.refresh_text(actor=world.city_clerk, text_id=text.pk, seen_version=text.version)
    assert "整改任务共4项" in rules_body.plain(text.body)
    assert walk(world, text).state == "approved"


def make_more(cast: Cast) -> Any:
    from dugai.ledger.models import Inspection  # noqa: PLC0415  the story's own row

    return Inspection.objects.get()


def test_a_text_about_yesterday_reads_the_past(world: Cast):
    text = draft(world, as_of=dt.date(2026, 3, 15), period="2026-03")
    assert "达到序时进度3项，未达序时进度0项" in rules_body.plain(text.body)
    found = services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    assert [(row.rule, row.severity) for row in found] == [("empty_rate", "warn")] * 2


def test_release_keeps_a_snapshot_and_its_digests(world: Cast):
    text = walk(world, draft(world))
    made = release(world, text)
    assert made.number == "990100ZG-2026-001"
    payload = made.snapshot
    assert payload["title"] == text.title
    assert payload["channels"][1]["address"] == "朔岭市人民政府网站"
    event = json.loads(Event.objects.get(kind="release.made").body)
    assert event["after"]["sha256"] == made.sha256
    assert event["after"]["sm3"] == made.sm3
    shown = Snapshot.objects.get(kind="release", withdrawn_at=None)
    assert (shown.key, shown.payload, shown.sha256) == (made.number, payload, made.sha256)
    assert sorted(one.name.rpartition(".")[2] for one in SnapshotFile.objects.all()) == [
        "docx",
        "pdf",
        "xlsx",
    ]
    whole = json.dumps(payload, ensure_ascii=False)
    assert "何晓" not in whole
    assert "罗平" not in whole
    assert verification.verify(("journal", "rows", "tallies")).findings == []


def test_a_release_is_withdrawn_and_leaves_the_portal(world: Cast):
    made = release(world, walk(world, draft(world)))
    with pytest.raises(InvalidInput):
        services_release.withdraw_release(
            actor=world.city_reviewer, release_id=made.pk, seen_version=made.version, reason=""
        )
    services_release.withdraw_release(
        actor=world.city_reviewer, release_id=made.pk, seen_version=made.version, reason="附表有误"
    )
    assert not Snapshot.objects.filter(withdrawn_at=None).exists()
    gone = Snapshot.objects.get()
    assert (gone.payload, gone.title) == ({}, "")
    assert {bytes(one.data) for one in SnapshotFile.objects.all()} == {b""}
    made.refresh_from_db()
    assert (made.state, made.snapshot["number"]) == ("withdrawn", made.number)


def test_a_correction_takes_the_place_of_what_was_released(world: Cast):
    made = release(world, walk(world, draft(world)))
    again = services_release.correct_release(
        actor=world.city_clerk, release_id=made.pk, seen_version=made.version
    )
    again = save(world, again, "本稿更正附表。")
    again = walk(world, again)
    with pytest.raises(InvalidInput, match="更正的原因"):
        release(world, again)
    better = release(world, again, reason="附表漏列一项")
    made.refresh_from_db()
    assert (made.state, better.corrects_id, better.snapshot["corrects"]) == (
        "corrected",
        made.pk,
        made.number,
    )
    assert [row.key for row in Snapshot.objects.filter(kind="release", withdrawn_at=None)] == [better.number]


def test_the_annex_makes_problems_and_the_overview_readable(world: Cast):
    inspection = make_more(world)
    text = walk(world, draft(world, "task_annex", inspection=inspection))
    release(world, text)
    rows = Snapshot.objects.filter(withdrawn_at=None)
    assert sorted(rows.values_list("kind", "key")) == [
        ("overview", "990100"),
        ("problem", "JY3-01"),
        ("problem", "JY3-02"),
        ("release", "990100ZG-2026-001"),
    ]
    problem = rows.get(key="JY3-01").payload
    assert problem["status"] == "未按期完成"
    assert set(problem) == {
        *("schema", "code", "number", "inspection", "category", "title", "text", "goal", "deadline", "lead"),
        *("region", "region_code", "status", "closure", "as_of", "measures"),
    }
    figures = {one["code"]: one["value"] for one in rows.get(kind="overview").payload["figures"]}
    assert (figures["task_total"], figures["task_overdue"]) == ("3项", "1项")


def test_an_old_page_is_told_and_overwrites_nothing(world: Cast):
    text = draft(world)
    seen = text.version
    save(world, text, "先到的一句。")
    with pytest.raises(Conflict):
        services_text.save_text(
            actor=world.city_clerk, text_id=text.pk, seen_version=seen, title="晚到", parts=parts_of(text)
        )
    text.refresh_from_db()
    assert "先到的一句" in rules_body.plain(text.body)
    lines = rules_body.differences(queries_text.versions(world.city_clerk, text)[1].body, text.body)
    assert [line for sign, line in lines if sign != " "] == ["先到的一句。"]


def test_near_copies_of_another_office_are_named(world: Cast):
    story = "我县成立由主要领导任组长的整改工作专班，逐项制定任务书和路线图，每周调度进展、每月通报排名，对进度滞后的乡镇开展约谈督办，推动问题整改到位见底清零，群众满意度明显提升，生态环境质量持续改善。"
    other = services_text.draft_text(
        actor=world.county_office_clerk, genre="monthly", region=world.county, period="2026-06"
    )
    services_text.save_text(
        actor=world.county_office_clerk,
        text_id=other.pk,
        seen_version=other.version,
        title=other.title,
        parts=[*parts_of(other), {"kind": "p", "text": story}],
    )
    text = save(world, draft(world), story.replace("我县", "我市"))
    found = services_check.check_text(actor=world.city_clerk, text_id=text.pk)
    assert [row.rule for row in found] == ["empty_rate", "copy"]


def test_an_office_words_its_own_template(world: Cast):
    mine = shipped(Genre.MONTHLY).replace("现将", "现就")
    with pytest.raises(Refused):
        services_text.set_template(actor=world.city_clerk, genre="monthly", lines=mine)
    with pytest.raises(InvalidInput, match="没有“不存在的数”"):
        services_text.set_template(actor=world.province_manager, genre="monthly", lines="共⟦不存在的数⟧。")
    services_text.set_template(actor=world.province_manager, genre="monthly", lines=mine)
    text = services_text.draft_text(
        actor=world.province_manager, genre="monthly", region=world.province, period="2026-06"
    )
    assert "现就江源省" in rules_body.plain(text.body)


def test_word_keeps_the_layout_of_the_standard(world: Cast):
    page = pages.page_of(draft(world))
    made = Document(io.BytesIO(word.document(page, with_sources=True)))
    section = made.sections[0]
    margins = [round(getattr(section, f"{side}_margin").mm) for side in ("top", "bottom", "left", "right")]
    assert (margins, round(section.page_width.mm), round(section.page_height.mm)) == (
        [37, 35, 28, 26],
        210,
        297,
    )
    assert section._sectPr.xpath("w:docGrid/@w:linePitch") == ["579"]
    fonts = {
        block["text"]: made_paragraph.runs[0]._element.xpath("w:rPr/w:rFonts/@w:eastAsia")[0]
        for block in page["blocks"]
        for made_paragraph in made.paragraphs
        if block["kind"] in {"h1", "to"} and made_paragraph.text == block["text"]
    }
    assert fonts["一、总体情况"] == "黑体"
    assert "PAGE" in section.footer._element.xml
    assert made.core_properties.author == ""
    assert made.tables[-1].rows[0].cells[0].text == "数"
    book = load_workbook(io.BytesIO(excel.annexes(page)))
    assert book.sheetnames[-1] == "数据来源表"
    assert book["数据来源表"]["B2"].value == catalogue.get("task_total").name


def test_the_totals_paragraph_states_published_counts(cast: Cast):
    """39 problems, 19 done and 20 on schedule, as one autonomous region published at the end of 2022."""
    with time_machine.travel(dt.datetime(2026, 1, 20, 9, tzinfo=SHANGHAI), tick=False):
        inspection = make_inspection(cast)
        problems = [make_problem(cast, inspection, number, when="2026年12月底前") for number in range(1, 40)]
        for problem in problems[:19]:
            task = task_of(problem)
            services_task.apply_progress(
                actor=cast.province_reviewer,
                task_id=task.pk,
                progress="done",
                done={target.pk: target.amount for target in task.targets.all()},
                reported_on=dt.date(2026, 1, 20),
            )
        text = services_text.draft_text(
            actor=cast.province_clerk, genre="progress_public", region=cast.province, inspection=inspection
        )
    printed = rules_body.plain(text.body)

    assert (
        "督察反馈的39个问题，应完成整改0个，已完成整改19个，达到序时进度20个；已完成的里面，已销号0个"
        in printed
    )
    assert "未完成的20项里，达到序时进度20项，未达序时进度0项" in printed
    assert "2026年1月10日反馈督察意见" in printed
