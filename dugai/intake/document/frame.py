"""The frame of a document, put together from title, issue, region and parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.intake.document.issue import Issue, page_date, signed, source_line
from dugai.intake.document.kind import kind_of
from dugai.intake.document.region import Part, Region, find_parts, region_of, round_and_batch
from dugai.intake.document.title import find_title, title_in_sentence
from dugai.intake.grammar.dates import full_dates
from dugai.intake.text.lines import lines_of
from dugai.intake.text.residue import residue_lines

if TYPE_CHECKING:
    from dugai.intake.reading import Reading

_SITE = re.compile(r"由会员分享|在线阅读|珍藏版|文库|下载")


@dataclass(frozen=True)
class Frame:
    """Everything the record says about the document as a whole."""

    title: str | None
    title_at: tuple[int, int] | None  # in the cleaned text
    title_is_line: bool
    kind: str
    scores: dict[str, int]
    carrier: str
    issue: Issue | None
    issuer: str | None
    region: Region
    round: str | None
    batch: str | None
    parts: list[Part]

    def record(self) -> dict[str, Any]:
        """The ``document`` of the record."""
        entry: dict[str, Any] = {
            "title": self.title, "kind": self.kind, "carrier": self.carrier, "issuer": self.issuer,
            "issued_on": self.issue.issued_on if self.issue else None,
        }  # fmt: skip
        if self.issue and self.issue.kind:
            entry["issued_on_kind"] = self.issue.kind
        entry["region"] = {"name": self.region.name, "adcode": self.region.code}
        if self.round:
            entry["round"] = self.round
        if self.batch:
            entry["batch"] = self.batch
        if self.parts:
            entry["parts"] = [_part(p) for p in self.parts]
        entry["x_kind_scores"] = self.scores
        return entry


def _part(part: Part) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": part.title,
        "region": {"name": part.region.name, "adcode": part.region.code},
    }
    if part.no:
        entry["no"] = part.no
    return entry


def frame_of(reading: Reading) -> Frame:
    """Read the frame off the prose; tables have no title of their own."""
    clean, cleaning = reading.clean, reading.cleaning
    lines = lines_of(clean.folded)
    title, place, is_line = None, None, False
    line = find_title(lines)
    if line:
        title, place, is_line = clean.quote(line.start, line.end), (line.start, line.end), True
    else:
        place = title_in_sentence(clean.folded, cleaning.clean.original[:800])
        title = clean.quote(*place) if place else None
    shown = clean.text[place[0] : place[1]] if place else ""
    residue = residue_lines(list(cleaning.lines))
    issue = signed(lines) or page_date(lines, residue)
    issuer = issue.issuer if issue and issue.issuer else source_line(residue)
    region = region_of(shown.replace("\n", ""), issue.issuer if issue else None, clean.folded)
    folded_title = shown.replace("\n", "").replace("（", "(").replace("）", ")")
    round_, batch = round_and_batch(folded_title, clean.folded)
    kind, scores = kind_of(folded_title, clean.folded, unrelated=len(cleaning.unrelated), cases=len(reading.cases),
                           problems=len(reading.drafts), speech=False)  # fmt: skip
    return Frame(title, place, is_line, kind, scores, _carrier(reading, len(residue)), issue, issuer, region, round_, batch,
                 find_parts(lines))  # fmt: skip


def _carrier(reading: Reading, residue: int) -> str:
    kinds = {e.kind for e in reading.clean.edits}
    if "column_jump" in kinds or reading.cleaning.unrelated:
        return "newspaper"
    head = reading.source.text[:300]
    if _SITE.search(head) and "page_marker" in kinds:
        return "document_site"
    return "web_page" if residue >= 2 or (residue and full_dates(head)) else "text"
