"""Settings of a real installation. A weak secret or an unsafe switch stops the start (rule D26)."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from dugai.settings.base import *  # noqa: F403
from dugai.settings.base import DATA, S3_BUCKET, SECRET_KEY, SITE, STORAGES
from dugai.settings.site import text

SHORTEST_SECRET = 50
WEAK_WORDS = ("changeme", "secret", "insecure", "example", "test", "password")

if len(SECRET_KEY) < SHORTEST_SECRET or any(word in SECRET_KEY.lower() for word in WEAK_WORDS):
    message = f"密钥太短或是示例值，不能启动。请运行 dugai init，它会在 {DATA} 生成新的密钥。"
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
