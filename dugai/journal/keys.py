"""The key that signs tree heads: Ed25519, one an installation, made at first use, kept in the data folder."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from dugai.kernel import whole


def key_path() -> Path:
    """Return where the key lies."""
    return Path(settings.DATA) / "journal.key"


def private_key() -> Ed25519PrivateKey:
    """Return the key, making it when there is none; only its owner may read the file."""
    place = key_path()
    if not place.exists():  # of several processes that find none, one makes it and all read the same
        made = Ed25519PrivateKey.generate()
        whole.write_new(
            place,
            made.private_bytes(
                serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
            ),
        )
    return Ed25519PrivateKey.from_private_bytes(place.read_bytes())


def public_key_hex() -> str:
    """Return the public key in hexadecimal, for receipts and the portal."""
    raw = private_key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def sign(text: str) -> str:
    """Return the signature of `text` in hexadecimal."""
    return private_key().sign(text.encode()).hex()


def signed_by_us(text: str, signature: str) -> bool:
    """Say whether this installation signed `text`."""
    try:
        private_key().public_key().verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
