"""Settings of a real installation. A weak secret or an unsafe switch stops the start (rule D26)."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from dugai.settings.base import *  # noqa: F403
from dugai.settings.base import DATA, DUGAI_PROFILE, S3_BUCKET, SECRET_KEY, SITE, STORAGES
from dugai.settings.site import text

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 10
KNOWN_PROFILES = ("standard", "dengbao3")
WEAK_WORDS = ("changeme", "secret", "insecure", "example", "test", "password")

_weak = any(word in SECRET_KEY.lower() for word in WEAK_WORDS) or len(set(SECRET_KEY)) < FEWEST_CHARACTERS
if len(SECRET_KEY) < SHORTEST_SECRET or _weak:
    message = f"密钥太短或是示例值，不能启动。请运行 dugai init，它会在 {DATA} 生成新的密钥。"
    raise ImproperlyConfigured(message)

if DUGAI_PROFILE not in KNOWN_PROFILES:
    message = f"DUGAI_PROFILE 是“{DUGAI_PROFILE}”，只能是 {' 或 '.join(KNOWN_PROFILES)}。请改正后再启动。"
    raise ImproperlyConfigured(message)

if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": text(SITE, "DUGAI_S3_ENDPOINT", "") or None,
            "access_key": text(SITE, "DUGAI_S3_KEY", "") or None,
            "secret_key": text(SITE, "DUGAI_S3_SECRET", "") or None,
            "signature_version": "s3v4",
            "file_overwrite": False,
        },
    }
