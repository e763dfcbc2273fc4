"""Every address of the portal: what it answers, to whom caches may give it, and what is never in it."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from dugai.disclosure.models import Snapshot, SnapshotFile
from dugai.portal import provinces
from dugai.portal.charts import chart
from dugai.portal.datasets import DATASETS
from dugai.portal.gate import HEADERS, PAGES
from dugai.portal.urls import urlpatterns
from tests.portal.addresses import ACCESS
from tests.portal.conftest import a_problem, indicator, show

pytestmark = pytest.mark.django_db


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(ACCESS)


@pytest.mark.parametrize("name", ACCESS)
def test_an_address_answers_as_the_table_says(filled: Client, name: str):
    path, got, posted, kept = ACCESS[name]
    answer = filled.get(path)
    assert answer.status_code == got
    assert ("public, max-age=20" in answer["Cache-Control"]) is (kept and got == 200)
    assert kept or answer["Cache-Control"] == "no-store"
    post = filled.post(path)
    assert post.status_code == posted
    assert post["Cache-Control"] == "no-store"
    for one in (answer, post):
        assert {header: one[header] for header in HEADERS} == HEADERS
        assert not one.cookies
    assert filled.put(path).status_code == 405


def test_pages_tell_what_is_there(filled: Client):
    home = text(filled, "/")
    assert "任务到期完成率" in home
    assert "任务到期完成率的定义" in home
    assert "数据截至" in home
    page = text(filled, "/problems/JY3-01/")
    assert "按计划推进，期限还没有到" in page
    assert "生活污水直排" in page
    assert "正在公示" in page
    assert "/pictures/990000ZGB-2026-001/picture-1.jpg" in page
    assert "已停业整改" in text(filled, "/letters/JY3/3/")
    drawn = text(filled, "/indicators/990000/pm25/")
    assert drawn.count('class="dot"') == 2  # the two years; one quarter makes no line, and none with years
    assert "目标 30" in drawn
    assert "2025 33.5 微克/立方米" in drawn
    assert "2025年同比下降2.5微克/立方米" in drawn
    assert "责任追究通报" in text(filled, "/accountability/")
    assert "责任追究通报" not in text(filled, "/provinces/")


def test_an_empty_portal_says_so(portal: Client):
    for path in (
        "/",
        "/problems/",
        "/notices/",
        "/letters/",
        "/indicators/",
        "/accountability/",
        "/releases/",
        "/journal/",
    ):
        assert 'class="empty"' in text(portal, path)
    assert portal.get("/problems/JY3-01/").status_code == 404


def test_two_characters_find(filled: Client):
    assert "/problems/JY3-01/" in text(filled, "/search?q=柳汀")
    assert "/letters/JY3/3/" in text(filled, "/search?q=喷漆")
    assert "/problems/JY3-01/" in text(filled, "/search?q=污水 直排")
    for nothing in ("柳%汀", "没有这个词", "柳", "_汀"):
        assert "/problems/JY3-01/" not in text(filled, f"/search?q={nothing}")


def test_a_region_sees_what_lies_in_it(filled: Client):
    assert "JY3-01" in text(filled, "/problems/?region=990100")
    assert "JY3-01" not in text(filled, "/problems/?region=990200")
    for wrong in ("page=0", "page=2", "page=x", "region=99%25"):
        assert filled.get(f"/problems/?{wrong}").status_code == 404


def test_open_data_names_every_field(filled: Client):
    show("problem", "JY3-02", a_problem("JY3-02", title="=HYPERLINK(1)"), title="x", region="990101")
    PAGES.clear()
    for name, dataset in DATASETS.items():
        told = json.loads(text(filled, f"/data/{name}.json"))
        names = [field.name for field in dataset.fields]
        assert [field["name"] for field in told["fields"]] == names
        assert told["rows"], name
        assert all(list(row) == names for row in told["rows"])
        assert all(field["meaning"] for field in told["fields"])
        lines = list(csv.reader(io.StringIO(text(filled, f"/data/{name}.csv").lstrip("\ufeff"))))
        assert lines[0] == names
        assert len(lines) == 1 + len(told["rows"])
    assert "'=HYPERLINK(1)" in text(filled, "/data/problems.csv")
    assert filled.get("/data/users.json").status_code == 404


def test_feeds_and_sitemap_are_sound(filled: Client):
    atom = "{http://www.w3.org/2005/Atom}"
    for path, least in (("/feed.xml", 6), ("/regions/990000/feed.xml", 6), ("/problems/JY3-01/feed.xml", 3)):
        tree = ET.fromstring(filled.get(path).content)  # noqa: S314  our own answer
        entries = tree.findall(f"{atom}entry")
        assert len(entries) >= least
        assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries)
        for link in tree.iter(f"{atom}link"):
            assert filled.get(link.attrib["href"].removeprefix("http://testserver")).status_code == 200
    places = ET.fromstring(filled.get("/sitemap.xml").content)  # noqa: S314  the same
    addresses = [
        place.text.removeprefix("http://testserver") for place in places.iter() if place.tag.endswith("loc")
    ]
    assert "/problems/JY3-01/" in addresses
    assert [path for path in addresses if filled.get(path).status_code != 200] == []


def test_a_page_is_kept_compressed_and_known_by_its_tag(filled: Client, django_assert_num_queries):
    first = filled.get("/problems/", headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    with django_assert_num_queries(0):
        again = filled.get("/problems/?utm=1", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert "Content-Encoding" not in filled.get("/problems/")
    assert filled.head("/problems/").content == b""


def test_a_list_costs_the_same_however_long(portal: Client, django_assert_max_num_queries):
    for number in range(60):
        show(
            "problem",
            f"JY3-{number:02d}",
            a_problem(f"JY3-{number:02d}"),
            title=f"问题{number}",
            region="990101",
        )
    PAGES.clear()
    with django_assert_max_num_queries(6):
        page = text(portal, "/problems/")
    assert page.count('class="status"') == 50
    assert text(portal, "/problems/?page=2").count('class="status"') == 10


def test_other_hosts_are_refused(portal: Client):
    assert portal.get("/", headers={"host": "evil.example"}).status_code == 400


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identities(page: str) -> list[str]:
    """Numbers whose check digit is that of an identity card; the number of a letter is as long, and is none."""
    found = re.findall(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])", page)
    return [
        one
        for one in found
        if "10X98765432"[sum(int(a) * b for a, b in zip(one, WEIGHTS, strict=False)) % 11] == one[-1].upper()
    ]


LEAKS = {
    "phone": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "bank card": re.compile(r"(?<!\d)62\d{14,17}(?!\d)"),
    "a staff address": re.compile(r"/(?:sign-in|ledger|texts|api/v1)\b"),
}


def test_the_crawl_finds_nothing_dead_and_nobody(filled: Client):
    """P10: from the first page and the map over every link and download."""
    seen: set[str] = set()
    waiting = [
        "/",
        "/sitemap.xml",
        "/feed.xml",
        *(f"/data/{name}.{kind}" for name in DATASETS for kind in ("csv", "json")),
    ]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = filled.get(path)
        assert answer.status_code == 200, path
        if not answer["Content-Type"].startswith(
            ("text/", "application/json", "application/xml", "application/atom")
        ):
            continue
        page = answer.content.decode()
        assert [name for name, leak in LEAKS.items() if leak.search(page)] == [], path
        assert identities(page) == [], path
        links = re.findall(
            r'(?:href|src|action)="(/[^"#]*)"', page.replace("http://testserver", "").replace("&amp;", "&")
        )
        waiting += [link for link in links if link not in seen]
    assert len(seen) > 45
    assert "/releases/990000ZGB-2026-001/files/%E9%99%84%E8%A1%A8%201.xlsx" in seen


def test_eight_provinces_side_by_side(portal: Client):
    page = text(portal, "/provinces/")
    names = [province["name"] for province in provinces.facts()["provinces"]]
    assert names == ["山西省", "辽宁省", "安徽省", "江西省", "河南省", "湖南省", "广西壮族自治区", "云南省"]
    assert all(name in page for name in names)
    lines = {line.code: line for line in provinces.lines()}
    assert [cell.shown for cell in lines["letter_total"].cells] == [
        "3123",
        "",
        "",
        "3435",
        "3968",
        "3321",
        "3917",
        "3069",
    ]
    assert lines["letter_total"].missing == ["辽宁省", "安徽省"]
    assert all(len(line.cells) == 8 for line in lines.values())
    assert page.count("未公布") >= sum(len(line.missing) for line in lines.values())


def test_a_chart_needs_two_numbers_and_a_round_scale():
    readings = indicator()["readings"]
    assert chart(readings[:1], None) is None
    assert chart([{"period": "a", "value": "x"}, {"period": "b", "value": None}], None) is None
    drawn = chart(readings, {"value": "30"})
    assert [level.words for level in drawn.levels] == ["30", "32", "34", "36"]
    flat = chart([{"period": "a", "value": 5}, {"period": "b", "value": 5}], None)
    assert len(flat.dots) == 2


def test_a_withdrawn_row_is_nowhere(filled: Client):
    Snapshot.objects.filter(kind="problem").update(
        withdrawn_at="2026-06-11T00:00:00Z", payload={}, title="", words=""
    )
    SnapshotFile.objects.update(withdrawn_at="2026-06-11T00:00:00Z", data=b"")
    PAGES.clear()
    for path in (
        "/problems/JY3-01/",
        "/problems/JY3-01/feed.xml",
        "/pictures/990000ZGB-2026-001/picture-1.jpg",
        "/releases/990000ZGB-2026-001/files/附表 1.xlsx",
    ):
        assert filled.get(path).status_code == 404, path
    for path in ("/", "/problems/", "/search?q=柳汀河沿岸", "/data/problems.csv", "/data/measures.json"):
        assert "生活污水" not in text(filled, path)
