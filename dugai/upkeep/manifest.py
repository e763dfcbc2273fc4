"""The manifest of a backup: what it holds, with counts and digests, signed; written last of all.

A folder without one is an unfinished backup, whatever else lies in it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dugai.files import store
from dugai.journal import keys
from dugai.kernel import canonical
from dugai.kernel.errors import Refused
from dugai.upkeep import pool
from dugai.upkeep.tables import Held

NAME = "manifest.json"
FORMAT = "dugai-backup-1"
HEAD = "dugai-backup-manifest-1\n"


@dataclass(frozen=True)
class Part:
    """One file of a backup: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """All that a backup says of itself. Sizes in bytes, digests in hexadecimal, times in UTC."""

    version: str
    engine: str
    engine_version: str
    began_at: str
    finished_at: str
    host: str
    by: str
    migrations: list[str]
    tables: dict[str, Held]
    parts: list[Part]
    files: dict[str, int]
    lost: list[str]
    journal: dict[str, Any]
    config: dict[str, str]
    format: str = FORMAT
    notes: dict[str, str] = field(default_factory=dict)


def write(folder: Path, manifest: Manifest) -> None:
    """Sign a manifest and put it into its folder in one step."""
    body = canonical.dump(asdict(manifest))
    content = {"body": body, "signature": keys.sign(HEAD + body), "public_key": keys.public_key_hex()}
    part = folder / f"{NAME}.part"
    with part.open("x", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.replace(folder / NAME)
    store.sync_folder(folder)


def read(folder: Path) -> tuple[Manifest, str]:
    """Return the manifest and the public key that signed it.

    Raises `Refused`: `backup_unfinished`, `backup_unreadable`, `backup_forged`.
    """
    place = folder / NAME
    if not place.exists():
        raise Refused(
            f"{folder} 里没有备份清单：不是完成的备份（可能中途停了，或只是拷贝了数据目录），不能用来恢复。",
            code="backup_unfinished",
        )
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
        body, public = str(content["body"]), str(content["public_key"])
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(content["signature"]), (HEAD + body).encode())
        values = json.loads(body)
        if values["format"] != FORMAT:
            raise Refused(f"备份的格式是 {values['format']}，本版本只认 {FORMAT}", code="backup_unreadable")
        values["tables"] = {name: Held(**held) for name, held in values["tables"].items()}
        values["parts"] = [Part(**part) for part in values["parts"]]
        return Manifest(**values), public
    except InvalidSignature:
        raise Refused("备份清单的签名不对：清单被改过", code="backup_forged") from None
    except (ValueError, KeyError, TypeError) as trouble:
        raise Refused(f"备份清单读不出来：{trouble}", code="backup_unreadable") from None


def part_of(folder: Path, name: str) -> Part:
    """Return one file of a backup as the manifest lists it."""
    place = folder / name
    return Part(name, place.stat().st_size, str(pool.digest_of(place)))


def known_signer(public: str) -> bool | None:
    """Say whether this installation signed; None where there is no key to compare with."""
    if not keys.key_path().exists() and not keys.known_keys():
        return None
    return public in keys.known_keys() or (keys.key_path().exists() and public == keys.public_key_hex())
