"""What the doctor says of mail: what is missing, what is unsafe, and never a password."""

from __future__ import annotations

import pytest

from dugai.management import examine
from dugai.management.examine import GOOD, MIND, WRONG


@pytest.fixture
def _mail(settings):
    settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = "mail.dept.example", 465, "tls"
    settings.MAIL_FROM, settings.MAIL_USER, settings.MAIL_PASSWORD = "a@dept.example", "a", "hush-hush"
    settings.PUBLIC_URL = "https://dugai.example"


def verdict() -> tuple[str, str]:
    found = next(iter(examine.mail()))
    return found.verdict, found.text


def test_a_site_without_mail_is_told_so(settings):
    settings.MAIL_HOST = ""
    assert verdict()[0] == MIND


@pytest.mark.usefixtures("_mail")
def test_good_settings_are_good_and_show_no_password():
    judged, text = verdict()
    assert judged == GOOD
    assert "hush" not in text
    assert "mail.dept.example:465" in text


@pytest.mark.usefixtures("_mail")
@pytest.mark.parametrize(
    ("name", "value"), [("MAIL_FROM", ""), ("MAIL_TLS", "none"), ("MAIL_TLS", "ssl3"), ("PUBLIC_URL", "")]
)
def test_what_is_wrong_is_named(settings, name, value):
    setattr(settings, name, value)
    judged, text = verdict()
    assert judged == WRONG
    assert "hush" not in text


@pytest.mark.usefixtures("_mail")
def test_a_relay_without_a_password_may_be_plain(settings):
    settings.MAIL_TLS, settings.MAIL_USER, settings.MAIL_PASSWORD = "none", "", ""
    assert verdict()[0] == MIND
