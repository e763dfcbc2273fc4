"""出处: where the values of a ledger entry were read, as its pages show it beside the fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.intake import queries
from dugai.intake.doubts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.people.models import User


def sources_of(viewer: User, subject: tuple[str, int], below: Iterable[tuple[str, int, str]] = ()) -> Any:
    """Return {"own": {field: source}, "lines": [line]} for an entry and what stands below it.

    `below` are (kind, id, name) of rows that were asked for through the viewer's eyes, as `subject` was. Only
    those who may open a document get a link to it.
    """
    names = {(kind, pk): name for kind, pk, name in below}
    found = queries.sources(viewer, [subject, *names])
    lines = [
        _line(row, names.get(key, ""), first=key == subject)
        for key in [subject, *names]
        for row in found.get(key, ())
    ]
    homes = {line["row"].document.home for line in lines}
    seen = queries.sight_of(viewer, homes)
    for line in lines:
        line["opens"] = line["row"].document.home_id in seen
    own = {line["row"].field: line for line in lines if line["first"]}
    return {"own": own, "lines": lines}


def _line(row: Any, name: str, *, first: bool) -> dict[str, Any]:
    return {
        "row": row,
        "first": first,
        "anchor": f"src-{row.pk}",
        "word": f"{name} {WORDS.get(row.field, row.field)}".strip(),
        "corrected": f"{row.corrected_by.name} 改过，原文是“{row.corrected_from}”"
        if row.corrected_by
        else "",
    }
