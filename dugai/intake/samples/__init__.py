"""Sample documents with known truth: drawn from a ledger of plain values, in every format and many kinds of damage.

``draw_sample`` gives one document as bytes with the record that a reader should produce. The same seed gives the same
bytes. Heavy writers are loaded only when their format is asked for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from dugai.intake.samples import damage as damages
from dugai.intake.samples.ledger import Ledger, draw
from dugai.intake.samples.paper import Paper
from dugai.intake.samples.papers import KINDS, make
from dugai.intake.samples.write_text import FLATTENINGS

__all__ = ["FORMS", "KINDS", "Sample", "draw_paper", "draw_sample", "written"]

FORMS: dict[str, str] = {
    "txt": ".txt", "txt-gb18030": ".txt", "txt-wrapped": ".txt", "html": ".html", "docx": ".docx", "xlsx": ".xlsx",
    "csv": ".csv", "pdf": ".pdf", "pdf-columns": ".pdf", "ofd": ".ofd",
    **{f"txt-{how}": ".txt" for how in FLATTENINGS if how != "tabs"},
    "scan-clean": ".pdf", "scan-low": ".pdf", "scan-skewed": ".pdf", "scan-noisy": ".pdf", "scan-stamped": ".pdf",
    "scan-turned": ".pdf", "scan-columns": ".pdf", "image": ".png", "photo": ".jpg", "ofd-image": ".ofd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One document: its file name, its bytes, the paper it was set from."""

    name: str
    data: bytes
    form: str
    paper: Paper

    @property
    def truth(self) -> dict[str, Any]:
        return self.paper.truth


def draw_paper(seed: int, kind: str, damage: str | None = None, ledger: Ledger | None = None) -> Paper:
    """A paper of ``kind``; with a ``ledger`` it tells of that one instead of an invented one."""
    rng = random.Random(f"{seed}/{kind}")  # noqa: S311 - samples need a seed, not secrecy
    paper = make(kind, ledger or draw(rng), rng)
    return damages.apply(paper, damage, rng) if damage else paper


def draw_sample(
    seed: int, kind: str, form: str, damage: str | None = None, ledger: Ledger | None = None
) -> Sample:
    """One document of ``kind`` in ``form`` (a key of ``FORMS``), damaged when ``damage`` names one."""
    paper = draw_paper(seed, kind, damage, ledger)
    name = "_".join(part for part in (kind, form, damage, str(seed)) if part) + FORMS[form]
    return Sample(name, written(paper, form, seed), form, paper)


def written(paper: Paper, form: str, seed: int = 0) -> bytes:
    """The bytes of ``paper`` in ``form``."""
    if form.startswith("txt"):
        return _text(paper, form)
    if form in {"html", "csv"}:
        from dugai.intake.samples import write_text

        return (write_text.html(paper) if form == "html" else "\ufeff" + write_text.csv_text(paper)).encode()
    if form in {"docx", "xlsx"}:
        from dugai.intake.samples import write_office

        return write_office.word(paper) if form == "docx" else write_office.excel(paper)
    from dugai.intake.samples import write_pages
    from dugai.intake.samples.typeset import typeset

    sheets = typeset(paper, columns=2 if form.endswith("columns") else 1)
    if form in {"pdf", "pdf-columns"}:
        return write_pages.pdf(sheets)
    if form == "ofd":
        return write_pages.ofd(sheets)
    return _picture(sheets, form, seed)


def _text(paper: Paper, form: str) -> bytes:
    from dugai.intake.samples import write_text

    how = form.removeprefix("txt-")
    text = write_text.txt(paper, how if how in FLATTENINGS else "tabs", wrap=34 if how == "wrapped" else 0)
    return text.encode("gb18030" if how == "gb18030" else "utf-8")


def _picture(sheets: list[Any], form: str, seed: int) -> bytes:
    from dugai.intake.samples import write_pages, write_scan

    rng = random.Random(f"{seed}/{form}")  # noqa: S311 - samples need a seed, not secrecy
    how = form.removeprefix("scan-")
    pages = [write_scan.treat(write_scan.picture(sheet), how, rng) for sheet in sheets]
    if form == "image":
        return write_scan.encoded(pages[0])
    if form == "photo":
        return write_scan.encoded(
            write_scan.treat(write_scan.treat(pages[0], "skewed", rng), "noisy", rng), "JPEG"
        )
    if form == "ofd-image":
        return write_pages.ofd(sheets, [write_scan.encoded(page) for page in pages])
    return write_scan.scanned_pdf(pages, round(200 * 0.55) if how == "low" else 200)
