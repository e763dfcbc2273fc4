"""Small secrets at rest: sealed with a key that lives outside the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _box() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"dugai people sealed").derive(
        key.encode()
    )
    return base64.urlsafe_b64encode(derived)


def seal(text: str) -> str:
    """Return `text` so that a stolen database does not show it."""
    return _box().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Return what was sealed; empty when the site's key is no longer the one that sealed it."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken:
        return ""
