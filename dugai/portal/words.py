"""Tags and filters every template of the portal has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template

from dugai.portal import assets

register = template.Library()

PLAIN = (
    ("已销号", "整改已通过验收、公示没有异议，正式销号。"),
    ("巩固", "已经销号，还在巩固期内，会组织“回头看”。"),
    ("备案", "已经销号，并已报上级备案。"),
    ("公示有异议", "正在公示，收到了异议，要先查清楚。"),
    ("公示", "验收已通过，正在公示，任何人都可以提出异议。"),
    ("验收通过", "验收已通过，接下来公示。"),
    ("申请验收", "责任单位说做完了，正在等验收。"),
    ("核查", "验收单位已经核查，等待签字。"),
    ("重新整改", "查出没有真正改好，退回重新整改。"),
    ("转入下一轮", "这一轮没有改完，转入下一轮继续整改。"),
    ("强化整改", "效果不稳固，转为强化整改。"),
    ("未按期完成", "过了承诺的期限，还没有完成。"),
    ("未达序时进度", "比计划慢了，期限还没有到。"),
    ("基本完成", "大部分做完了；“基本完成”不算完成。"),
    ("部分已完成", "一部分做完了，其余还在进行。"),
    ("已完成", "责任单位报告完成并经审核，还没有验收销号。"),
    ("达到序时进度", "按计划推进，期限还没有到。"),
    ("持续推进", "这是长期任务，正在持续推进。"),
    ("正在整改", "正在整改。"),
    ("未启动", "还没有开始。"),
)
"""The published labels, in the words of a neighbour; the first that fits speaks."""


@register.filter
def plain_status(label: str) -> str:
    """Return what a published label means."""
    return next((words for word, words in PLAIN if word in str(label)), "")


@register.filter
def day_words(text: Any) -> str:
    """Return 2026年6月30日 for an ISO day; other texts stay."""
    try:
        day = dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return str(text)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def paragraphs(text: Any) -> list[str]:
    """Return the lines of a text that hold words."""
    return [line.strip() for line in str(text).splitlines() if line.strip()]


@register.filter
def kilobytes(size: Any) -> str:
    """Return a size in words."""
    number = int(size)
    return f"{number / 1024 / 1024:.1f} MB" if number >= 1024 * 1024 else f"{max(1, round(number / 1024))} KB"


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a file beside the pages."""
    return assets.address(name)
