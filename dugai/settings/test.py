"""Settings of the tests: real databases, real files, cheap password hashes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dugai.settings.base import *  # noqa: F403
from dugai.settings.databases import database_from_url, default_sqlite

SECRET_KEY = "test-only-" + "k" * 50
_room = Path(tempfile.mkdtemp(prefix="dugai-test-"))
DATA = _room
FILES_ROOT = _room / "files"
STATIC_ROOT = _room / "static"
STATIC_ROOT.mkdir()
_url = os.environ.get("DUGAI_TEST_DATABASE_URL", "")
DATABASES = {"default": database_from_url(_url) if _url else default_sqlite(_room / "dugai.sqlite3")}
if "options" in DATABASES["default"]["OPTIONS"]:
    # PostgreSQL. The tests share few cores: a statement may wait for many others before it is called lost.
    DATABASES["default"]["OPTIONS"]["options"] += " -c statement_timeout=120000 -c lock_timeout=30000"
if not _url:
    DATABASES["default"]["TEST"] = {"NAME": str(_room / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SPACE_LEAST, SPACE_SHARE = 0, 0.0  # a full test machine is no full office; the guard's own test sets them
MONITORS = []  # nobody is a monitor but where a test says so
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
API_PER_MINUTE = 0  # the tests ask as often as they like; those of the limit set one
