"""`dugai backup verify`: is what the manifest says really there, whole and unchanged?"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from dugai import __version__
from dugai.journal import keys
from dugai.kernel.errors import Refused
from dugai.upkeep import child, databases, manifest, pool, postgres_copy, sqlite_copy, tables
from dugai.upkeep.manifest import Manifest
from dugai.upkeep.refilling import LISTING

Tell = Callable[[str, int, int], None]
JOURNAL = ("journal", "rows")


@dataclass
class Verdict:
    """What was looked at, in counts, and what does not hold, in sentences."""

    folder: Path
    made: Manifest
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Say whether everything held."""
        return not self.findings


def verify(folder: Path, tell: Tell = tables.silent) -> Verdict:
    """Check one backup from end to end. Raises `Refused` when it is unfinished, forged or newer than us."""
    verdict = verify_parts(folder, tell)
    verdict.findings += verify_files(verdict, tell)
    if verdict.findings:
        return verdict
    if verdict.made.engine == "sqlite":
        verdict.findings += _open_sqlite(verdict, tell)
    else:
        verdict.findings += postgres_copy.check(folder / postgres_copy.NAME)
    return verdict


def verify_parts(folder: Path, tell: Tell = tables.silent) -> Verdict:
    """Check manifest, signature, version and the digest of every part."""
    made, public = manifest.read(folder)
    refuse_newer(made)
    verdict = Verdict(folder, made)
    if manifest.known_signer(public) is False:
        verdict.findings.append("备份清单由别的密钥签名；如是本站旧密钥，请把公钥写入 journal.known.json")
    for number, part in enumerate(made.parts):
        tell("核对摘要", number, len(made.parts))
        place = folder / Path(part.name).name
        if not place.exists():
            verdict.findings.append(f"备份里缺 {part.name}")
        elif (place.stat().st_size, pool.digest_of(place)) != (part.size, part.sha256):
            verdict.findings.append(f"{part.name} 与清单不符：已损坏，或被运行中的数据文件替换")
    verdict.counts |= {"parts": len(made.parts), "rows": sum(held.count for held in made.tables.values())}
    if made.lost:
        verdict.findings.append(f"备份时就有 {len(made.lost)} 个文件读不出来，如 {made.lost[0][:16]}…")
    return verdict


def verify_files(verdict: Verdict, tell: Tell = tables.silent) -> list[str]:
    """Hash every file of the backup again."""
    listing = verdict.folder / LISTING
    if not listing.exists():
        return []
    found, total = [], verdict.made.files["count"]
    for number, (sha256, _) in enumerate(pool.listed(listing)):
        if number % 50 == 0:
            tell("核对文件", number, total)
        there = pool.digest_of(pool.place_of(verdict.folder.parent, sha256))
        if there != sha256:
            found.append(f"文件 {sha256[:16]}… " + ("不在备份里" if there is None else "在备份里已损坏"))
    verdict.counts["files"] = total
    return found


def refuse_newer(made: Manifest) -> None:
    """Refuse a backup of a newer version: this program does not know its tables."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    unknown = [name for name in made.migrations if name.startswith("dugai.") and name not in known]
    if unknown or _number(made.version) > _number(__version__):
        raise Refused(
            f"备份是 {made.version} 版做的，本程序是 {__version__} 版。请先升级程序再恢复。",
            code="backup_newer",
        )


def same_tables(made: Manifest) -> bool:
    """Say whether the backup's tables are those of this version, so that digests can be compared."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    return {name for name in made.migrations if name in known} == known


def _open_sqlite(verdict: Verdict, tell: Tell) -> list[str]:
    """Open a copy of the copy: SQLite's own check, counts and digests, then the journal."""
    source = verdict.folder / sqlite_copy.NAME
    sqlite_copy.refuse_live(source)
    if found := sqlite_copy.check(source):
        return found
    scratch = verdict.folder.parent / f".verify-{secrets.token_hex(4)}"
    scratch.mkdir(mode=0o700)
    try:
        place = scratch / "dugai.sqlite3"
        shutil.copyfile(source, place)
        if same_tables(verdict.made):
            with databases.opened(databases.sqlite_file(place)) as alias:
                found = tables.differences(verdict.made.tables, tables.held(alias, tell))
        report = child.settle(
            scratch,
            scratch_values(verdict.folder, scratch),
            {"migrate": not same_tables(verdict.made), "verify": JOURNAL},
            tell,
        )
    finally:
        shutil.rmtree(scratch)
    verdict.counts["events"] = report["journal"]["events"]
    return [*found, *report["findings"], *root_differs(verdict.made, report)]


def root_differs(made: Manifest, report: dict[str, dict[str, object]]) -> list[str]:
    """Compare the journal's root with the one in the manifest."""
    there = report["journal"]
    if (there["size"], there["sha256"]) != (made.journal["size"], made.journal["sha256"]):
        return [f"留痕的树根与清单不同：清单 {made.journal['size']} 叶，这里 {there['size']} 叶"]
    return []


def scratch_values(folder: Path, scratch: Path) -> dict[str, str]:
    """Return the settings of a scratch installation, its files the backups' own pool; writes its keys."""
    known_keys(folder, scratch)
    return {
        "DUGAI_SECRET_KEY": secrets.token_urlsafe(64),
        "DUGAI_FILES": str(folder.parent / pool.POOL),
        "DUGAI_DATABASE_URL": "",
        "DUGAI_S3_BUCKET": "",
        "DUGAI_OPERATOR": "scratch",
    }


def known_keys(folder: Path, into: Path) -> None:
    """Let an installation at `into` accept what the keys of this one and of the backup have signed."""
    _, public = manifest.read(folder)
    own = [keys.public_key_hex()] if keys.key_path().exists() else []
    listed = list(dict.fromkeys([public, *own, *keys.known_keys()]))
    (into / "journal.known.json").write_text(json.dumps(listed), encoding="utf-8")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
