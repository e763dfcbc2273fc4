"""Words of the evidence pages."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from django import template

from dugai.evidence.rules_claims import known_datum
from dugai.evidence.states import ReadingState
from dugai.insight.event_words import words_of
from dugai.kernel import clock

if TYPE_CHECKING:
    import datetime as dt

    from dugai.web.evidence_rows import Card

register = template.Library()


@register.filter
def file_kind(name: str) -> str:
    """Return the ending of a file's name in capitals: PDF, DOCX."""
    return PurePath(name).suffix.lstrip(".").upper() or "文件"


@register.filter
def full_moment(value: dt.datetime | None) -> str:
    """Return `2026-05-18 09:31` in China's time, as records write it; nothing for None."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def happened(kind: str) -> str:
    """Return what happened in an event of `kind`."""
    return words_of(kind)


@register.filter
def no_fact(card: Card) -> str:
    """Say why the file's own time or place is not there."""
    if card.reading is None:
        return "还没有读取"
    return "未能解析" if card.reading.state == ReadingState.UNREADABLE else "文件里没有"


@register.filter
def same_datum(datum: str) -> bool:
    """Say whether a site's coordinates may be drawn beside those of a camera."""
    return known_datum(datum)
