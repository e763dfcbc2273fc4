"""Pages of the letters: what they cost, what they show, and every move made through them."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dugai.complaints.models import Letter, LetterBatch
from dugai.disclosure import services_text
from dugai.kernel import clock
from tests.cast import Cast, make_inspection, make_problem
from tests.letters import make_batch, make_letter
from tests.sheets import workbook
from tests.web.test_budgets import MOST, cost

pytestmark = pytest.mark.django_db
HEAD = ["受理编号", "交办问题基本情况", "行政区域", "污染类型", "举报人", "联系电话"]


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def stored(letter: Letter) -> Letter:
    return Letter.objects.unscoped("a test looks at its own row").get(pk=letter.pk)


def act(client: Client, letter: Letter, name: str, **values):
    address = reverse("letter_act", args=[letter.pk])
    return client.post(address, {"act": name, "seen_version": stored(letter).version, **values})


def test_pages_cost_the_same_for_one_letter_and_for_twelve(cast: Cast):
    inspection = make_inspection(cast)
    batch = make_batch(cast, inspection=inspection)
    letter = make_letter(cast, batch)
    addresses: tuple[tuple[str, list[int]], ...] = (
        ("letters", []),
        ("my_letters", []),
        ("letter_batch", [batch.pk]),
        ("letter", [letter.pk]),
    )

    def costs() -> dict[str, int]:
        return {
            f"{name} {who}": cost(cast.users[who], reverse(name, args=args))[0]
            for name, args in addresses
            for who in ("city_reviewer", "county_clerk")
        }

    few = costs()
    for serial in range(2, 13):
        make_letter(cast, batch, serial)
    make_letter(cast, make_batch(cast, 2, inspection), 50)
    assert costs() == few
    assert max(few.values()) <= MOST, few


def test_a_letter_goes_its_way_through_the_pages(cast: Cast):
    problem = make_problem(cast)
    office, unit, reviewer = (
        as_(cast.users[name]) for name in ("city_clerk", "county_clerk", "city_reviewer")
    )
    answer = office.post(
        reverse("letter_batch_new"),
        {
            "inspection": problem.inspection_id,
            "region": "朔岭市",
            "number": 3,
            "handed_on": clock.today().isoformat(),
        },
    )
    batch = LetterBatch.objects.unscoped("the one just made").get()
    assert answer["Location"] == reverse("letter_batch", args=[batch.pk])
    typed = {
        "number": "D3JY202605280001",
        "region": "望渡县",
        "types": ["water", "noise"],
        "grade": "key",
        "summary": "工厂排污，举报人王建国电话13912345678。",
        "lead": "望渡县住建局",
    }
    refused = office.post(reverse("letter_new", args=[batch.pk]), typed)
    assert refused.status_code == 422
    assert "疑似个人信息" in refused.content.decode()
    assert not Letter.objects.unscoped("nothing came in").exists()
    office.post(reverse("letter_new", args=[batch.pk]), {**typed, "summary": "工厂排污。"})
    letter = Letter.objects.unscoped("the one just made").get()
    assert (letter.types, letter.grade, letter.lead_id) == (["water", "noise"], "key", cast.county_bureau.pk)
    assert "签收" in unit.get(reverse("my_letters")).content.decode()
    act(unit, letter, "take")
    told = {
        "verdict": "partly",
        "findings": "部分车间漏水。",
        "handling": "已修复。",
        "persons": 1,
        "person_times": 1,
    }
    address = reverse("letter_answer", args=[letter.pk])
    stale = unit.post(address, {**told, "seen_version": 1})
    assert stale.status_code == 422
    unit.post(address, {**told, "seen_version": stored(letter).version})
    assert stored(letter).state == "review"
    missing = act(reviewer, letter, "send_back", text=" ")
    assert (missing.status_code, stored(letter).state) == (422, "review")
    act(reviewer, letter, "stage", text="继续", follow_up=(clock.today() + dt.timedelta(days=9)).isoformat())
    assert stored(letter).state == "staged"
    act(reviewer, letter, "reopen", text="又漏了")
    assert stored(letter).state == "returned"
    act(office, letter, "reassign", lead="朔岭市住建局", text="归市局")
    assert stored(letter).lead_id == cast.city_bureau.pk
    unknown = act(office, letter, "link", problem="没有这个")
    assert unknown.status_code == 422
    act(office, letter, "link", problem=problem.code)
    page = office.get(reverse("letter", args=[letter.pk])).content.decode()
    assert problem.code in page
    assert "按新文件" not in page


def test_every_count_of_the_batch_opens_its_rows(cast: Cast):
    batch = make_batch(cast)
    make_letter(cast, batch, 1)
    make_letter(cast, batch, 2, types=("noise",), state="done", verdict="untrue", findings="无")
    make_letter(
        cast, batch, 3, types=("noise", "air"), state="staged", verdict="true", persons=2, person_times=3
    )
    client = as_(cast.city_clerk)
    address = reverse("letter_batch", args=[batch.pk])

    def numbers(query: str) -> list[str]:
        return [row.number[-1] for _, row in client.get(f"{address}?{query}").context["rows"]]

    assert numbers("") == ["1", "2", "3"]
    assert numbers("state=done") == ["2"]
    assert numbers("state=open") == ["1"]
    assert numbers("type=noise") == ["2", "3"]
    assert numbers("verdict=true") == ["3"]
    assert numbers("blank=1") == ["1"]
    assert numbers("held=1") == ["3"]
    assert numbers("time=running") == ["1"]
    assert numbers("state=nonsense") == ["1", "2", "3"]
    counts = client.get(address).context["counts"]
    assert (counts.persons, counts.person_times, counts.rate_a, counts.rate_b) == (2, 3, "33.3%", "66.7%")


def test_the_table_comes_from_excel_and_goes_back_without_the_complainant(cast: Cast):
    batch = make_batch(cast)
    client = as_(cast.city_clerk)
    rows = [["D3JY202605280007", "采石扬尘。", "望渡县", "扬尘", "王建国", "13912345678"]]
    file = SimpleUploadedFile("交办单.xlsx", workbook(HEAD, rows))
    staged = client.post(reverse("letter_import", args=[batch.pk]), {"file": file})
    page = client.get(staged["Location"])
    assert "可录入 1" in page.content.decode()
    assert "13912345678" not in page.content.decode()
    accepted = client.post(staged["Location"] + "accept", {"seen_version": 1})
    assert accepted["Location"] == reverse("letter_batch", args=[batch.pk])
    sheet = client.get(reverse("letter_sheet", args=[batch.pk]))
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    (head, row) = book.active.iter_rows(values_only=True)
    assert [title.rstrip("*") for title in head] == [
        *("序号", "受理编号", "交办问题基本情况", "行政区域", "污染类型"),
        *("调查核实情况", "是否属实", "处理和整改情况", "是否办结", "责任人被处理情况"),
    ]
    assert [cell or "" for cell in row] == [
        *("1", "D3JY202605280007", "采石扬尘。", "望渡县", "扬尘", "", "", "", "未办结", "无"),
    ]
    assert as_(cast.neighbour_clerk).get(reverse("letter_sheet", args=[batch.pk])).status_code == 404


def test_the_home_says_what_waits(cast: Cast):
    letter = make_letter(cast)
    text = services_text.draft_text(
        actor=cast.city_clerk, genre="quarterly", region=cast.city, period="2026-Q2"
    )
    services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
    unit, reviewer = as_(cast.county_clerk).get("/"), as_(cast.city_reviewer).get("/")
    assert "办理 1 件信访件" in unit.content.decode()
    assert "核准 1 份文稿" in reviewer.content.decode()
    assert "核准" not in as_(cast.city_clerk).get("/").content.decode()
    assert "信访件</span>" not in as_(cast.neighbour_clerk).get("/").content.decode()
    assert act(as_(cast.county_clerk), letter, "take").status_code == 302
    assert "办理 1 件信访件" in as_(cast.county_clerk).get("/").content.decode()
