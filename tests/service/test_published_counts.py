"""A ledger with the published counts of 广西 states in its drafted text what 广西 stated (issue 5, last line)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import time_machine

from dugai.disclosure import queries_figure, rules_body, services_check, services_text
from dugai.disclosure.models import Finding
from dugai.ledger import services_entry, standing
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.states import Progress
from tests.cast import Cast, deadline, make_inspection
from tests.indicators import adopt, enter
from tests.sheets import find_document

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
REGION = "广西壮族自治区"
ISSUED = dt.date(2021, 9, 1)
pytestmark = pytest.mark.django_db


def published() -> dict[str, str]:
    """Return what 广西 published, by the names of the corpus; skip where the corpus is not beside the checkout."""
    document = find_document("001_eight_provinces.txt")
    if document is None:
        pytest.skip("the corpus (../shared/corpus) is not beside this checkout")
    gold = json.loads((document.parents[1] / "gold" / f"{document.stem}.json").read_text(encoding="utf-8"))
    return {one["name"]: f"{one['value']:g}" for one in gold["figures"] if one["region"] == REGION}


def entry(cast: Cast, number: int, *, done: bool) -> NewProblem:
    """Return a problem with one measure and one task: due in 2022 and done, or due in 2025 and on its way."""
    when = deadline("2022年12月底前" if done else "2025年12月底前", ISSUED)
    progress = Progress.DONE if done else Progress.IN_PROGRESS
    task = NewTask(owner=cast.city_bureau, deadline=when, progress=progress)
    return NewProblem(
        number=number,
        home=cast.city,
        lead=cast.city_bureau,
        columns={
            "title": f"第 {number} 个问题",
            "text": f"督察反馈的第 {number} 个问题。",
            "kind": "report",
            "source": "central_inspection",
            "source_class": "central",
            "deadline": when,
        },
        measures=(NewMeasure(number=number, columns={"text": "整改。", "deadline": when}, tasks=(task,)),),
    )


def test_the_totals_paragraph_states_what_was_published(cast: Cast):
    told = published()
    total, due = int(told["反馈问题总数"]), int(told["反馈问题应完成数"])
    with time_machine.travel(dt.datetime(2021, 9, 1, 9, tzinfo=SHANGHAI), tick=False):
        inspection = make_inspection(cast)
        services_entry.register_problems(
            actor=cast.province_clerk,
            inspection_id=inspection.pk,
            problems=[entry(cast, number, done=number <= due) for number in range(1, total + 1)],
        )
    with time_machine.travel(dt.datetime(2023, 3, 1, 9, tzinfo=SHANGHAI), tick=False):
        standing.roll_day()
        text, lines = drafted(cast, inspection, told)
        services_check.check_text(actor=cast.province_clerk, text_id=text.pk)
        sheet = queries_figure.sheet(cast.province_clerk, cast.province)
        for code in ("problem_total", "problem_due", "problem_done"):
            assert len(sheet.rows(code)) == int(sheet.value(code).numerator)
    (totals,) = [line for line in lines if line.startswith("督察反馈的")]
    assert totals.startswith(
        f"督察反馈的{told['反馈问题总数']}个问题，应完成整改{told['反馈问题应完成数']}个，"
        f"已完成整改{told['反馈问题已完成数']}个，达到序时进度{told['反馈问题达到序时进度数']}个；"
        "已完成的里面，已销号0个。"
    )
    pm25 = f"细颗粒物平均浓度{told['PM2.5平均浓度']}微克/立方米。"
    assert lines[-1] == pm25
    wrong = Finding.objects.filter(text=text, rule__in=["arithmetic", "rounding", "ledger", "typed_wrong"])
    assert list(wrong.values_list("message", flat=True)) == []


def drafted(cast: Cast, inspection: Any, told: dict[str, str]) -> tuple[Any, list[str]]:
    """Draft the public text, add the sentence on the air as a writer does, and return it line by line."""
    adopt(cast)
    enter(cast.province_clerk, cast.province, "pm25", "2022年", told["PM2.5平均浓度"])
    text = services_text.draft_text(
        actor=cast.province_clerk, genre="progress_public", region=cast.province, inspection=inspection
    )
    kept: list[dict[str, Any]] = [{"keep": at} for at in range(len(text.body["blocks"]))]
    text = services_text.save_text(
        actor=cast.province_clerk,
        text_id=text.pk,
        seen_version=text.version,
        title=text.title,
        parts=[*kept, {"kind": "p", "text": "细颗粒物平均浓度⟦PM2.5浓度@2022年⟧。"}],
    )
    return text, [line for _, line in rules_body.lines_of(text.body)]
