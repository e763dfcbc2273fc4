"""How much a reader takes before it refuses. A limit reached is a refusal with the number, never a cut."""

from __future__ import annotations

from dataclasses import dataclass

MEGA = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, pixels or counts; every one an upper bound for one file."""

    file_bytes: int = 50 * MEGA
    text_chars: int = 5_000_000
    blocks: int = 400_000
    pages: int = 1_000
    scan_pages: int = 200
    zip_entries: int = 2_000
    zip_bytes: int = 200 * MEGA
    zip_ratio: int = 200
    rows: int = 100_000
    columns: int = 256
    cells: int = 2_000_000
    cell_chars: int = 200_000
    html_bytes: int = 8 * MEGA
    html_depth: int = 400
    xml_depth: int = 200
    pixels: int = 50_000_000
    office_seconds: int = 60


DEFAULT = Limits()
