"""Production settings: clean under Django's own checks, and no start with a weak secret (S23, S24)."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(tmp_path: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python under the production settings in a process of its own."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DUGAI_DATA": str(tmp_path)}
    settings = {
        "DJANGO_SETTINGS_MODULE": "dugai.settings.production",
        "DUGAI_HTTPS": "1",
        "DUGAI_HOSTS": "dugai.example",
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**own, **settings, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )


CHECK = """
import django
django.setup()
from django.core.management import call_command
call_command("check", "--deploy", "--fail-level", "WARNING")
"""


def test_the_deployment_check_is_clean(tmp_path: Path):
    done = run(tmp_path, CHECK, DUGAI_SECRET_KEY=secrets.token_urlsafe(64), DUGAI_REDIRECT_HTTPS="1")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "django-insecure-" + "a1B2c3D4" * 8,
        "changeme" * 8,
        "example-key-" * 6,
        "x" * 49,
        "k" * 80,
    ],
)
def test_a_weak_secret_stops_the_start(tmp_path: Path, key: str):
    done = run(tmp_path, "import django; django.setup()", DUGAI_SECRET_KEY=key)
    assert done.returncode != 0
    assert "密钥" in done.stderr
    assert not key or key not in done.stderr


@pytest.mark.parametrize("name", ["DEBUG", "DUGAI_DEBUG", "DJANGO_DEBUG"])
def test_debugging_cannot_be_switched_on(tmp_path: Path, name: str):
    code = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)"
    done = run(tmp_path, code, DUGAI_SECRET_KEY=secrets.token_urlsafe(64), **{name: "1"})
    assert done.stdout.strip() == "False"


def test_cookies_are_for_this_host_over_https_only(tmp_path: Path):
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH,"
        "s.SECURE_HSTS_SECONDS)"
    )
    done = run(tmp_path, code, DUGAI_SECRET_KEY=secrets.token_urlsafe(64))
    assert done.stdout.split() == [
        "__Host-dugai",
        "__Host-csrf",
        "True",
        "True",
        "True",
        "Lax",
        "None",
        "/",
        "31536000",
    ]


def test_an_unknown_profile_stops_the_start(tmp_path: Path):
    done = run(
        tmp_path,
        "import django; django.setup()",
        DUGAI_SECRET_KEY=secrets.token_urlsafe(64),
        DUGAI_PROFILE="lax",
    )
    assert done.returncode != 0
    assert "DUGAI_PROFILE" in done.stderr
