"""What every installation shares. Each environment variable is described in docs/reference/settings.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF  # noqa: F401  NONCE is offered to local settings

from dugai.settings.databases import database_from_url, default_sqlite
from dugai.settings.site import flag, load_site, text

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DUGAI_DATA", "var")).resolve()
SITE = load_site(DATA / "site.json")

SECRET_KEY = text(SITE, "DUGAI_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = text(SITE, "DUGAI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in text(SITE, "DUGAI_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "dugai.apps.DugaiConfig",
]

MIDDLEWARE = [
    "dugai.web.edge.EdgeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "dugai.web.middleware.RequestIdMiddleware",
    "dugai.web.health.TallyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dugai.web.sessions.SessionGuardMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "dugai.web.middleware.ViewerMiddleware",
    "dugai.api.middleware.TokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dugai.web.once.OnceMiddleware",
    "dugai.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "dugai.urls"
WSGI_APPLICATION = "dugai.wsgi.application"
AUTH_USER_MODEL = "dugai.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign_in"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dugai.web.context.shell",
            ],
            "builtins": ["dugai.web.templatetags.dugai"],
            "libraries": {
                "evidence_words": "dugai.web.templatetags.evidence_words",
                "ledger_acts": "dugai.web.templatetags.ledger_acts",
                "progress_words": "dugai.web.templatetags.progress_words",
            },
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

_url = text(SITE, "DUGAI_DATABASE_URL", "")
DATABASES: dict[str, Any] = {
    "default": database_from_url(_url) if _url else default_sqlite(DATA / "dugai.sqlite3")
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["dugai.people.backend.AccountBackend"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
FILES_ROOT = Path(text(SITE, "DUGAI_FILES", str(DATA / "files")))
S3_BUCKET = text(SITE, "DUGAI_S3_BUCKET", "")
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSION_LIMIT = 3
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HTTPS = flag(SITE, "DUGAI_HTTPS", default=False)
if SECURE_HTTPS:
    SESSION_COOKIE_NAME = "__Host-dugai"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = flag(SITE, "DUGAI_REDIRECT_HTTPS", default=False)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PROXIES = [peer for peer in text(SITE, "DUGAI_PROXIES", "").split(",") if peer]
CSRF_FAILURE_VIEW = "dugai.web.errors.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
UPLOAD_LARGEST = int(text(SITE, "DUGAI_UPLOAD_LARGEST_MB", "2048")) * 1024 * 1024
UPLOAD_SHARE = 4 * UPLOAD_LARGEST
UPLOAD_CHUNK = 8 * 1024 * 1024
SPACE_LEAST = int(float(text(SITE, "DUGAI_SPACE_LEAST_GB", "2")) * (1 << 30))
SPACE_SHARE = float(text(SITE, "DUGAI_SPACE_LEAST_PERCENT", "5")) / 100

BACKUP_TO = text(SITE, "DUGAI_BACKUP_TO", "")
DRILL_DATABASE = text(SITE, "DUGAI_DRILL_DATABASE_URL", "")
SCRUB_RATE = int(text(SITE, "DUGAI_SCRUB_MB_PER_SECOND", "20"))
MONITORS: list[str] = [peer for peer in text(SITE, "DUGAI_MONITORS", "127.0.0.1,::1").split(",") if peer]

# Hosts that webhooks may speak to (D18); none by default, so nothing leaves. Loopback is for tests alone.
OUTBOUND_HOSTS = frozenset(host for host in text(SITE, "DUGAI_OUTBOUND_HOSTS", "").lower().split(",") if host)
OUTBOUND_LOOPBACK = False

# Notices by e-mail: no host, no mail. The pages' own address goes into the mails as links.
MAIL_HOST = text(SITE, "DUGAI_MAIL_HOST", "")
MAIL_PORT = int(text(SITE, "DUGAI_MAIL_PORT", "465"))
MAIL_TLS = text(SITE, "DUGAI_MAIL_TLS", "tls")  # tls | starttls | none
MAIL_USER = text(SITE, "DUGAI_MAIL_USER", "")
MAIL_PASSWORD = text(SITE, "DUGAI_MAIL_PASSWORD", "")
MAIL_FROM = text(SITE, "DUGAI_MAIL_FROM", "")
PUBLIC_URL = text(SITE, "DUGAI_URL", "").rstrip("/")
# Requests of one token a minute (0: no limit); days that attempts to sign in are kept, at least 180.
API_PER_MINUTE = int(text(SITE, "DUGAI_API_PER_MINUTE", "600"))
SIGN_IN_KEPT_DAYS = max(180, int(text(SITE, "DUGAI_SIGN_IN_KEPT_DAYS", "180")))

# Above so many rows or tasks a worker does what the page would: an import, the opening and closing of rounds.
IMPORT_ROWS_IN_REQUEST = int(text(SITE, "DUGAI_IMPORT_ROWS_IN_REQUEST", "2000"))
ROUND_TASKS_IN_REQUEST = int(text(SITE, "DUGAI_ROUND_TASKS_IN_REQUEST", "2000"))

DUGAI_PROFILE = text(SITE, "DUGAI_PROFILE", "standard")  # standard | dengbao3
DUGAI_NAME = text(SITE, "DUGAI_NAME", "督改")
DUGAI_DEMO_PASSWORD = text(SITE, "DUGAI_DEMO_PASSWORD", "")
OIDC_ISSUER = text(SITE, "DUGAI_OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID = text(SITE, "DUGAI_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = text(SITE, "DUGAI_OIDC_CLIENT_SECRET", "")
OIDC_NAME = text(SITE, "DUGAI_OIDC_NAME", "统一身份认证")
OIDC_CLAIM = text(SITE, "DUGAI_OIDC_CLAIM", "sub")
DUGAI_DEMO = flag(SITE, "DUGAI_DEMO", default=False)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "dugai.kernel.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"dugai": {"level": "INFO"}, "django.server": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
