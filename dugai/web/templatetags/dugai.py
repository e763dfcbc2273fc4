"""Words and shapes that templates share."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html

from dugai.kernel import ids

from dugai.kernel import clock

register = template.Library()
THOUSAND = 1000


@register.filter(expects_localtime=True)
def day(value: dt.date | None, today: dt.date | None = None) -> str:
    """Return `5月18日` for a day of this year and `2027-05-18` for another; nothing for None."""
    if value is None:
        return ""
    if today is not None and value.year != today.year:
        return value.isoformat()
    return f"{value.month}月{value.day}日"


@register.filter
def thousands(value: int | str | None) -> str:
    """Return a whole number with separators: 30,412; what is text already stays as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,}"


@register.simple_tag
def once() -> str:
    """Return the hidden field that makes a form safe to send twice: put `{% once %}` beside `{% csrf_token %}`."""
    return format_html('<input type="hidden" name="_once" value="{}">', ids.secret(128))


@register.filter
def weekday(value: dt.date) -> str:
    """Return 周一 to 周日."""
    return "周" + "一二三四五六日"[value.weekday()]


@register.filter
def moment(value: dt.datetime | None, today: dt.date | None = None) -> str:
    """Return `5月18日 09:31` in the time of the office, with the year when it is another one."""
    if value is None:
        return ""
    local = clock.local(value)
    return f"{day(local.date(), today)} {local:%H:%M}"


LAMP_NOTES = {
    "overdue": "时限已过",
    "behind": "节点或完成量没跟上",
    "soon": "临近到期",
    "ontrack": "按节点推进",
    "done": "自报完成，未销号",
    "closed": "验收公示完毕",
}


@register.filter
def lamp_note(lamp: str) -> str:
    """Return what a lamp means, in a few words."""
    return LAMP_NOTES.get(lamp, "")


BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


@register.filter
def device(agent: str) -> str:
    """Return what a browser calls itself in words: `Windows 电脑 · Edge`, or 未知设备."""
    found = [next((word for sign, word in signs if sign in agent), "") for signs in (SYSTEMS, BROWSERS)]
    return " · ".join(word for word in found if word) or "未知设备"
