"""The portal as its own process would run it: its settings, its addresses, its one ring."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from dugai.disclosure import snapshots
from dugai.disclosure.models import Snapshot, SnapshotFile
from dugai.kernel import dropbox
from dugai.portal.gate import PAGES
from dugai.portal.pace import PACE
from dugai.settings import portal as own

PRIVATE = dropbox.new_key()


@pytest.fixture
def portal(settings, tmp_path, db):
    """A reader of the portal. The tables are those of the test; the settings are the portal's own."""
    for name in (
        "MIDDLEWARE",
        "ROOT_URLCONF",
        "TEMPLATES",
        "USE_I18N",
        "APPEND_SLASH",
        "PORTAL_URL",
        "PORTAL_NAME",
    ):
        setattr(settings, name, getattr(own, name))
    settings.STATIC_URL = "/none/"
    settings.PORTAL_NAME = "江源省"
    settings.PORTAL_KEY = dropbox.public_half(PRIVATE)
    settings.PORTAL_SPOOL = tmp_path / "portal" / "spool"
    settings.PORTAL_PROXIES = []
    settings.PORTAL_PER_HOUR = 5
    PAGES.clear()
    PACE.clear()
    yield Client(raise_request_exception=True)
    PAGES.clear()


def show(
    kind: str,
    key: str,
    payload: dict[str, Any],
    *,
    title: str = "",
    region: str = "990000",
    release: str = "",
) -> Snapshot:
    """Put one row where the portal reads it, as disclosure does."""
    return Snapshot.objects.create(
        kind=kind,
        key=key,
        region_code=region,
        title=title,
        release=release,
        payload=payload,
        released_at=dt.datetime(2026, 6, 10, 1, tzinfo=dt.UTC),
        **snapshots.digests(payload),
    )


def a_release(number: str = "990000ZGB-2026-001", **values: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "number": number,
        "genre": "progress_public",
        "genre_label": "整改落实情况（公开稿）",
        "title": "江源省督察整改落实情况",
        "document_number": "",
        "office": "江源省整改办",
        "region": "江源省",
        "region_code": "990000",
        "period": "",
        "as_of": "2026-06-10",
        "released_on": "2026-06-10",
        "channels": [{"channel": "公众门户", "address": "", "date": "2026-06-10"}],
        "corrects": "",
        "blocks": [
            {"kind": "p", "text": "督察反馈的2个问题，已完成整改1个。"},
            {"kind": "h1", "text": "一、加强领导"},
            {"kind": "table", "caption": "一览表", "head": ["编号", "状态"], "rows": [["JY3-01", "已销号"]]},
        ],
        "figures": [
            {
                "number": "1",
                "name": "问题总数",
                "shown": "2个",
                "meaning": "督察反馈的问题",
                "how": "台账",
                "as_of": "2026-06-10",
                "note": "",
            }
        ],
        "files": [],
        **values,
    }


def a_problem(code: str = "JY3-01", **values: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "code": code,
        "number": 1,
        "inspection": "第三轮中央督察",
        "category": "水",
        "title": "柳汀河水质反弹",
        "text": "督察发现，柳汀河沿岸有生活污水直排。\n下游断面水质反弹。",
        "goal": "断面达到Ⅲ类。",
        "deadline": "2026年12月底前",
        "lead": "朔岭市人民政府",
        "region": "望渡县",
        "region_code": "990101",
        "status": "达到序时进度",
        "closure": "open",
        "as_of": "2026-06-10",
        "measures": [
            {
                "number": 1,
                "text": "建设管网 6.4 公里。",
                "deadline": "2026年6月底前",
                "owners": ["望渡县住建局"],
                "status": "已完成",
                "told": ["已建成通水。"],
            }
        ],
        **values,
    }


def an_overview(region: str = "江源省", code: str = "990000") -> dict[str, Any]:
    def figure(name: str, words: str, value: str, unit: str = "个") -> dict[str, Any]:
        return {
            "code": name,
            "name": words,
            "unit": unit,
            "value": value,
            "numerator": 1,
            "denominator": 2,
            "meaning": f"{words}的定义",
            "formula": "",
        }

    return {
        "schema": 1,
        "region": region,
        "region_code": code,
        "as_of": "2026-06-10",
        "inspection": "",
        "figures": [
            figure("problem_total", "问题总数", "2个"),
            figure("problem_closed", "问题已销号", "1个"),
            figure("task_due_rate", "任务到期完成率", "50%"),
        ],
    }


def letters() -> dict[str, Any]:
    return {
        "schema": 1,
        "inspection": "第三轮中央督察",
        "batch": 3,
        "batch_name": "第三批",
        "handed_on": "2026-05-03",
        "region": "江源省",
        "region_code": "990000",
        "as_of": "2026-06-10",
        "total": 1,
        "by_verdict": [{"label": "属实", "count": 1}],
        "by_state": [{"label": "已办结", "count": 1}],
        "rows": [
            {
                "number": "X990000202605030001",
                "region": "望渡县",
                "types": ["水", "噪声"],
                "summary": "汽修店夜间喷漆异味扰民。",
                "verdict": "属实",
                "findings": "无环保手续。",
                "handling": "已停业整改。",
                "state": "已办结",
                "accountability": "",
            }
        ],
    }


def indicator() -> dict[str, Any]:
    def reading(period: str, value: str, months: int = 12) -> dict[str, Any]:
        return {
            "period": period,
            "months": months,
            "value": value,
            "as_of": "2026-06-10",
            "source": "省环境监测中心",
            "sample_size": 12,
            "exclusions": "",
        }

    return {
        "schema": 1,
        "code": "pm25",
        "name": "PM2.5平均浓度",
        "unit": "微克/立方米",
        "region": "江源省",
        "region_code": "990000",
        "better": "lower",
        "target": {"value": "30", "period": "2026", "months": 12, "source": "省十四五规划"},
        "readings": [reading("2024", "36"), reading("2025", "33.5"), reading("2026Q1", "31", 3)],
        "comparisons": [
            {
                "kind": "yoy",
                "label": "同比",
                "value": "-2.5",
                "unit": "微克/立方米",
                "words": "下降2.5微克/立方米",
                "period": "2025年",
            }
        ],
    }


@pytest.fixture
def filled(portal: Client) -> Client:
    """A portal with one thing of every kind."""
    show(
        "release",
        "990000ZGB-2026-001",
        a_release(),
        title="江源省督察整改落实情况",
        release="990000ZGB-2026-001",
    )
    show(
        "release",
        "990000ZGB-2026-002",
        a_release("990000ZGB-2026-002", genre="accountability", title="责任追究通报"),
        title="责任追究通报",
        release="990000ZGB-2026-002",
    )
    SnapshotFile.objects.create(
        release="990000ZGB-2026-001",
        name="附表 1.xlsx",
        media_type="application/octet-stream",
        size=4,
        sha256="0" * 64,
        data=b"PK\x03\x04",
    )
    show(
        "problem",
        "JY3-01",
        a_problem(),
        title="柳汀河水质反弹",
        region="990101",
        release="990000ZGB-2026-001",
    )
    show("overview", "990000", an_overview(), title="江源省整改总体情况", release="990000ZGB-2026-001")
    show("letters", "JY3/3", letters(), title="第三批")
    show("indicator", "990000/pm25", indicator(), title="PM2.5平均浓度")
    show(
        "root",
        "2026-06-10",
        {
            "schema": 1,
            "day": "2026-06-10",
            "size": 7,
            "sha256": "a" * 64,
            "sm3": "b" * 64,
            "at": "2026-06-10T00:05:00+08:00",
            "signature": "c" * 128,
            "public_keys": ["d" * 64],
        },
        title="2026-06-10 留痕树根",
        region="",
    )
    day = dt.datetime.now(tz=dt.UTC).date()
    show(
        "notice", "20260610-1",
        {
            "schema": 1, "title": "关于JY3-01问题整改完成情况的公示", "code": "JY3-01", "problem": "柳汀河水质反弹。", "goal": "",
            "lead": "朔岭市人民政府", "lines": [{"number": 1, "measure": "建设管网。", "done": "已通水。"}], "starts_on": "2026-06-10",
            "until": (day + dt.timedelta(days=7)).isoformat(), "objections_until": (day + dt.timedelta(days=9)).isoformat(),
            "channel": "公众门户", "address": "本站", "contact": "整改办信箱", "region": "望渡县", "region_code": "990101",
        },
        title="关于JY3-01问题整改完成情况的公示", region="990101",
    )  # fmt: skip
    show(
        "picture",
        "JY3-01/1",
        {
            "schema": 1,
            "code": "JY3-01",
            "phase": "before",
            "phase_label": "整改前",
            "pair": "p1",
            "caption": "排口",
            "taken_on": "2026-01-05",
            "width": 4,
            "height": 3,
            "file": {"release": "990000ZGB-2026-001", "name": "picture-1.jpg"},
        },
        title="整改前：排口",
        region="990101",
    )
    SnapshotFile.objects.create(
        release="990000ZGB-2026-001",
        name="picture-1.jpg",
        media_type="image/jpeg",
        size=4,
        sha256="0" * 64,
        data=b"\xff\xd8\xff\xd9",
    )
    PAGES.clear()
    return portal
