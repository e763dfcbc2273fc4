"""Settings of the public portal, another program: it reads `portal.json` in its own folder, no `site.json`.

No sessions, no accounts, no secret: `SECRET_KEY` is drawn anew by each process and signs nothing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from dugai.settings.databases import database_from_url
from dugai.settings.site import load_site, text

PACKAGE = Path(__file__).resolve().parent.parent / "portal"
PORTAL = Path(os.environ.get("DUGAI_PORTAL", "var/portal")).resolve()
PORTAL_SITE = load_site(PORTAL / "portal.json")
_url = text(PORTAL_SITE, "DUGAI_PORTAL_DATABASE_URL", "")

SECRET_KEY = secrets.token_urlsafe(64)
DEBUG = False
ALLOWED_HOSTS = text(PORTAL_SITE, "DUGAI_PORTAL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
INSTALLED_APPS: list[str] = []
MIDDLEWARE = ["dugai.portal.gate.Gate"]
ROOT_URLCONF = "dugai.portal.urls"
WSGI_APPLICATION = "dugai.portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "context_processors": ["dugai.portal.frame.frame"],
            "builtins": ["dugai.portal.words"],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
            ],
        },
    }
]
DATABASES: dict[str, Any] = {
    "default": database_from_url(_url)
    if _url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        # Read-only by the way it is opened: no statement of this process can change the file.
        "NAME": f"file:{text(PORTAL_SITE, 'DUGAI_PORTAL_FILE', str(PORTAL / 'portal.sqlite3'))}?mode=ro",
        "OPTIONS": {"uri": True, "timeout": 5, "init_command": "PRAGMA query_only=ON"},
        "CONN_MAX_AGE": None,
    }
}
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = False
USE_TZ = True
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SECURE_HTTPS = text(PORTAL_SITE, "DUGAI_PORTAL_HTTPS", "0") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
PORTAL_NAME = text(PORTAL_SITE, "DUGAI_PORTAL_NAME", "督改")
PORTAL_URL = text(PORTAL_SITE, "DUGAI_PORTAL_URL", "").rstrip("/")
PORTAL_KEY = text(PORTAL_SITE, "DUGAI_PORTAL_KEY", "")
PORTAL_SPOOL = Path(text(PORTAL_SITE, "DUGAI_PORTAL_SPOOL", str(PORTAL / "spool")))
PORTAL_PROXIES = [one for one in text(PORTAL_SITE, "DUGAI_PORTAL_PROXIES", "").split(",") if one]
PORTAL_PER_HOUR = int(text(PORTAL_SITE, "DUGAI_PORTAL_PER_HOUR", "5"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "dugai.kernel.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
