"""Words and shapes that templates share."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html

from dugai.kernel import ids

register = template.Library()
THOUSAND = 1000


@register.filter
def day(value: dt.date | None, today: dt.date | None = None) -> str:
    """Return `5月18日` for a day of this year and `2027-05-18` for another; nothing for None."""
    if value is None:
        return ""
    if today is not None and value.year != today.year:
        return value.isoformat()
    return f"{value.month}月{value.day}日"


@register.filter
def thousands(value: int | None) -> str:
    """Return a whole number with separators: 30,412."""
    return "" if value is None else f"{value:,}"


@register.simple_tag
def once() -> str:
    """Return the hidden field that makes a form safe to send twice: put `{% once %}` beside `{% csrf_token %}`."""
    return format_html('<input type="hidden" name="_once" value="{}">', ids.secret(128))


@register.filter
def weekday(value: dt.date) -> str:
    """Return 周一 to 周日."""
    return "周" + "一二三四五六日"[value.weekday()]
