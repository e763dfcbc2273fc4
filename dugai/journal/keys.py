"""The key that signs tree heads: Ed25519, one an installation, made at first use, kept in the data folder."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
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


def known_path() -> Path:
    """Return where the public keys lie that signed before: of a lost key, or of where a backup came from."""
    return Path(settings.DATA) / "journal.known.json"


def known_keys() -> list[str]:
    """Return the earlier public keys of this installation in hexadecimal."""
    place = known_path()
    return [str(key) for key in json.loads(place.read_text(encoding="utf-8"))] if place.exists() else []


def signed_by_us(text: str, signature: str) -> bool:
    """Say whether this installation signed `text`, with its key or with an earlier one."""
    return any(_signed(key, text, signature) for key in (public_key_hex(), *known_keys()))


def _signed(key: str, text: str, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
