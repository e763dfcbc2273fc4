"""Shapes that the pages of 调度 share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template

from dugai.ledger.states import Lamp
from dugai.progress.entries import plain as exact

if TYPE_CHECKING:
    from dugai.journal.models import Event

register = template.Library()


@register.filter
def get(values: Mapping[str, Any], key: object) -> Any:
    """Return the value under a key that is itself a variable; empty when there is none."""
    return values.get(str(key), "")


@register.filter
def plain(value: Decimal | None) -> str:
    """Return a decimal exactly, without needless noughts."""
    return "" if value is None else exact(Decimal(value))


@register.filter
def hundredths(value: int | None) -> str:
    """Return hundredths of a percent with one place, cut and not rounded up: 9583 is 95.8%."""
    return "—" if value is None else f"{value // 100}.{value % 100 // 10}%"


@register.filter
def left_words(days: int) -> str:
    """Return how long still: 剩 7 天, 今天截止, 已过 3 天."""
    if days < 0:
        return f"已过 {-days} 天"
    return f"剩 {days} 天" if days else "今天截止"


@register.filter
def fours(digest: str) -> str:
    """Return a digest in groups of four, as people compare it."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


LAMPS = dict(Lamp.choices)
EVENTS = {
    "report.owed": "要求填报",
    "report.started": "开始填写",
    "report.submitted": "报送",
    "report.withdrawn": "撤回",
    "report.passed_up": "审核通过并上报",
    "report.sent_back": "退回",
    "report.adopted": "采纳",
    "report.excused": "免报",
    "report.missed": "记为未报",
    "report.reopened": "准予补报",
}


@register.simple_tag
def lamp_word(lamp: str) -> str:
    """Return the word of a lamp."""
    return LAMPS.get(lamp, "")


@register.simple_tag
def event_word(kind: str) -> str:
    """Return what an event of a report is called."""
    return EVENTS.get(kind, kind)


@register.filter
def reason(event: Event) -> str:
    """Return the reason an event gives, if any."""
    return str(json.loads(event.body).get("reason", ""))
