"""A one-way letter box between two programs: whoever puts a letter in cannot read any letter again.

Each entry is one file, sealed to the reader's public key (X25519, HKDF-SHA256, AES-256-GCM) and named by
its writer. The folder may lie on another host; carrying its files over is all that is needed.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dugai.kernel import whole

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "portal.key"
"""The file, in the office's data folder, of the key that opens the drop-box."""
SUFFIX = ".entry"
KEY, NONCE = 32, 12
LARGEST = 64 * 1024


class Unreadable(ValueError):
    """The entry was not sealed to this key, or was damaged."""


def new_key() -> bytes:
    """Return a fresh private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_half(private: bytes) -> str:
    """Return the public key of a private one, in hexadecimal."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def seal(public: str, entry: dict[str, Any]) -> bytes:
    """Return an entry so that only the owner of the key can read it."""
    once = X25519PrivateKey.generate()
    mine = once.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(NONCE)
    shared = once.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    return mine + nonce + AESGCM(_derive(shared, mine)).encrypt(nonce, json.dumps(entry).encode(), mine)


def unseal(private: bytes, data: bytes) -> dict[str, Any]:
    """Return a sealed entry. Raises `Unreadable`."""
    mine, nonce, sealed = data[:KEY], data[KEY : KEY + NONCE], data[KEY + NONCE :]
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(mine)
        )
        found = json.loads(AESGCM(_derive(shared, mine)).decrypt(nonce, sealed, mine))
    except (InvalidTag, ValueError) as trouble:
        message = "sealed to another key, or damaged"
        raise Unreadable(message) from trouble
    if not isinstance(found, dict):
        message = "no entry"
        raise Unreadable(message)
    return found


def put(folder: Path, name: str, public: str, entry: dict[str, Any]) -> bool:
    """Put an entry into the box; False when one of that name lies there already. Raises `OSError`."""
    return whole.write_new(folder / f"{name}{SUFFIX}", seal(public, entry))


def waiting(folder: Path) -> list[Path]:
    """Return the entries that nobody has taken yet, by name."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def holds(folder: Path, name: str) -> bool:
    """Say whether an entry of that name waits."""
    return (folder / f"{name}{SUFFIX}").exists()


def _derive(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"dugai dropbox 1").derive(shared)
