"""The way out for mail: one server, named by the installation, over a checked certificate.

    mailing.send(letter, handing=mark)

`handing` is called once everything but the letter itself has been said: what fails before it was not handed
over, what fails after it may have been. So the caller knows three ends apart: `OutboundUnreached` and
`OutboundRejected` (not taken), no error (taken), any other `OutboundFailed` (nobody knows).
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from django.conf import settings

from dugai.kernel import clock
from dugai.kernel.outbound import OutboundFailed, OutboundRejected, OutboundUnreached

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 15.0
PERMANENT = 500
TLS_KINDS = ("tls", "starttls", "none")
# Chinese is sent in base64: not every relay takes eight bits.
PLAIN = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. `key` names it: the same letter has the same Message-ID at every try."""

    to: str
    subject: str
    text: str
    html: str
    key: str
    settings_url: str = ""


def wrong_settings() -> str:
    """Return what is wrong with the settings of mail, in words; empty when a letter could be sent."""
    if not settings.MAIL_HOST:
        return "没有设发件服务器（DUGAI_MAIL_HOST），不发邮件"
    if "@" not in settings.MAIL_FROM or not settings.MAIL_FROM.isascii():
        return "没有设发件人地址（DUGAI_MAIL_FROM）"
    if settings.MAIL_TLS not in TLS_KINDS:
        return f"DUGAI_MAIL_TLS 只能是 {'、'.join(TLS_KINDS)}"
    if settings.MAIL_TLS == "none" and (settings.MAIL_USER or settings.MAIL_PASSWORD):
        return "DUGAI_MAIL_TLS 是 none，口令会明文传输。请改成 tls 或 starttls"
    if not settings.PUBLIC_URL.startswith(("https://", "http://")):
        return "没有设本站网址（DUGAI_URL），邮件里没有可点的链接"
    return ""


def message_id(key: str) -> str:
    """Return the Message-ID of the letter called `key`."""
    return f"<{key}@{settings.MAIL_FROM.rsplit('@', 1)[-1]}>"


def compose(letter: Letter) -> EmailMessage:
    """Return a letter as it travels: plain text first, the same as a page behind it."""
    message = EmailMessage(policy=PLAIN)
    message["From"] = formataddr((settings.DUGAI_NAME, settings.MAIL_FROM))
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(letter.key)
    message["Auto-Submitted"] = "auto-generated"
    if letter.settings_url:
        message["List-Unsubscribe"] = f"<{letter.settings_url}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def send(letter: Letter, handing: Callable[[], None]) -> None:
    """Hand one letter to the server; returns when the server has taken it."""
    wrong = wrong_settings()
    if wrong:
        raise OutboundUnreached(wrong)
    data = compose(letter).as_bytes()
    try:
        server = _connect()
    except smtplib.SMTPAuthenticationError:
        raise OutboundUnreached("发件账户登录不了邮件服务器，请查账户和口令") from None
    except (OSError, smtplib.SMTPException) as error:
        raise OutboundUnreached(f"连不上邮件服务器（{type(error).__name__}）") from None
    with contextlib.closing(server):
        try:
            _answered(server.mail(settings.MAIL_FROM))
            _answered(server.rcpt(letter.to))
        except OSError as error:
            raise OutboundUnreached(f"邮件服务器断开了（{type(error).__name__}）") from None
        handing()
        try:
            _answered(server.data(data))
        except smtplib.SMTPDataError as error:
            raise _rejected(error.smtp_code) from None
        except OSError as error:
            raise OutboundFailed(f"信已交出，没有等到答复（{type(error).__name__}）") from None
        with contextlib.suppress(OSError):
            server.quit()


def _connect() -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = settings.MAIL_HOST, settings.MAIL_PORT
    said = settings.MAIL_FROM.rsplit("@", 1)[-1]  # not this machine's name, and no look-up of it
    if settings.MAIL_TLS == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, local_hostname=said, timeout=SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, port, local_hostname=said, timeout=SECONDS)
    try:
        if settings.MAIL_TLS == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.MAIL_USER:
            server.login(settings.MAIL_USER, settings.MAIL_PASSWORD)
    except BaseException:
        server.close()
        raise
    return server


def _answered(answer: tuple[int, bytes]) -> None:
    if not 200 <= answer[0] < 300:
        raise _rejected(answer[0])


def _rejected(code: int) -> OutboundRejected:
    permanent = code >= PERMANENT
    words = "邮件服务器不收这封信" if permanent else "邮件服务器暂时不收"
    return OutboundRejected(f"{words}（{code}）", permanent=permanent)
