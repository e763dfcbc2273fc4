"""What is said outside the house: the same few lines as a letter, as a page of it, or as a robot's text.

A letter says what its reader may see at this moment. A robot speaks to a whole chat group, so it says only
what kind of thing waits, and never a title.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from dugai.kernel.mailing import Letter
from dugai.notices.states_delivery import RobotKind

if TYPE_CHECKING:
    import datetime as dt

STRICT = "dengbao3"
FOOT = "这是系统自动发的，请不要回复。不想再收，到“通知设置”里改。"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, and the address of the page it leads to; no address for a mere heading."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says. `brief` is what a robot may say of it: kinds and numbers."""

    subject: str
    lines: list[Line] = field(default_factory=list)
    brief: str = ""
    url: str = ""


def url_of(link: str) -> str:
    """Return the full address of a page such as `task 12` or `my_reports`; of the inbox when there is none.

    Empty when the installation does not know its own address.
    """
    if not settings.PUBLIC_URL:
        return ""
    name, _, argument = link.partition(" ")
    try:
        path = reverse(name, args=[argument] if argument else [])
    except NoReverseMatch:
        path = reverse("messages")
    return f"{settings.PUBLIC_URL}{path}"


def head(words: str) -> str:
    """Return a subject under the name of the site."""
    return f"【{settings.DUGAI_NAME}】{words}"


def letter(said: Said, *, to: str, name: str, key: str) -> Letter:
    """Return the letter that says it."""
    settings_url = url_of("notice_settings")
    text = [f"{name}：", ""]
    text += [f"{line.words}\n  {line.url}" if line.url else line.words for line in said.lines]
    text += ["", FOOT, settings_url]
    rows = format_html_join(
        "", "<li>{}</li>", ((_linked(line),) for line in said.lines)
    )  # each piece is escaped on its way in
    html = format_html(
        '<!doctype html><html lang="zh-CN"><body><p>{}：</p><ul>{}</ul><p><small>{} <a href="{}">通知设置</a>'
        "</small></p></body></html>",
        name,
        rows,
        FOOT,
        settings_url,
    )
    return Letter(to, head(said.subject), "\n".join(text) + "\n", str(html), key, settings_url)


def _linked(line: Line) -> str:
    if not line.url:
        return format_html("{}", line.words)
    return format_html('<a href="{}">{}</a>', line.url, line.words)


def robot_body(kind: str, said: Said) -> bytes:
    """Return what a robot of a group is sent; the two makers agree on the shape of plain text."""
    content = "\n".join(part for part in (head(said.brief), said.url) if part)
    del kind
    return json.dumps({"msgtype": "text", "text": {"content": content}}, ensure_ascii=False).encode()


def robot_url(kind: str, url: str, secret: str, moment: dt.datetime) -> str:
    """Return the address to post to: DingTalk wants the moment (milliseconds) and a signature over it."""
    if kind != RobotKind.DINGTALK or not secret:
        return url
    stamp = str(int(moment.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def robot_took(body: bytes) -> bool:
    """Say whether a robot's answer means yes: both makers answer 200 and say in `errcode` what they think."""
    try:
        return bool(json.loads(body).get("errcode") == 0)
    except (ValueError, AttributeError):
        return False
