"""整改前后: pictures attached to a text about one problem, cleared by its release; without metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError

from dugai.disclosure.shown import SCHEMA, Shown
from dugai.disclosure.states import SnapshotKind
from dugai.evidence.states import Phase
from dugai.kernel import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.ledger.models import Problem

LARGEST = 1600
"""Pixels of the longer side of what is shown; the original stays with the release."""
WORDS = {"整改前": Phase.BEFORE, "整改中": Phase.DURING, "整改后": Phase.AFTER}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the public sees it: its row, its file's name and bytes."""

    row: Shown
    name: str
    data: bytes


def cleared(problem: Problem, number: str, files: Iterable[tuple[str, str, bytes]]) -> list[Picture]:
    """Return the pictures among (name, media type, bytes) whose name says 整改前, 整改中 or 整改后."""
    found: list[Picture] = []
    for name, media_type, data in files:
        phase = next((one for word, one in WORDS.items() if word in name), None)
        if phase is None or not media_type.startswith("image/"):
            continue
        drawn = _redrawn(data)
        if drawn is None:
            continue
        copy, width, height = drawn
        kept = f"picture-{len(found) + 1}.jpg"
        payload = {
            "schema": SCHEMA,
            "code": problem.code,
            "phase": str(phase),
            "phase_label": phase.label,
            "pair": number,
            "caption": name.rpartition(".")[0],
            "region": problem.home.name,
            "region_code": problem.home.region_code,
            "width": width,
            "height": height,
            "file": {"release": number, "name": kept, "sha256": canonical.sha256(copy)},
        }
        key = f"{problem.code}/{len(found) + 1}"
        found.append(
            Picture(Shown(SnapshotKind.PICTURE, key, f"{phase.label}：{problem.title}", payload), kept, copy)
        )
    return found


def _redrawn(data: bytes) -> tuple[bytes, int, int] | None:
    """Return a new JPEG of the same pixels and nothing else; None for what is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            turned = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    turned.thumbnail((LARGEST, LARGEST))
    clean = Image.new("RGB", turned.size)
    clean.paste(turned)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85)
    return out.getvalue(), clean.width, clean.height
