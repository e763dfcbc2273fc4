"""What the public may read, built field by field; nothing else of a row ever leaves (rule D13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.disclosure import makers, makers_letters, snapshots_indicator
from dugai.disclosure.catalogue import CATALOGUE
from dugai.disclosure.pages import page_of
from dugai.disclosure.shown import SCHEMA, Shown
from dugai.disclosure.states import ABOUT_A_BATCH, Channel, Genre, SnapshotKind
from dugai.kernel import canonical
from dugai.ledger.labels_row import deadline_words

if TYPE_CHECKING:
    import datetime as dt

    from dugai.disclosure.drafting import Frame
    from dugai.disclosure.models import Text

WITH_PROBLEMS = frozenset({Genre.TASK_ANNEX, Genre.CLOSE_NOTICE})
"""Texts that print each problem with its measures; only these make problems readable on the portal."""
WITH_INDICATORS = frozenset({Genre.INDICATORS})
WITH_OVERVIEW = frozenset({Genre.TASK_ANNEX, Genre.PROGRESS_PUBLIC})
OVERVIEW = (
    *(f"problem_{key}" for key in ("total", "done", "closed", "open")),
    *(f"measure_{key}" for key in ("total", "done")),
    *(
        f"task_{key}"
        for key in ("total", "done", "closed", "open", "on_schedule", "not_on_schedule", "overdue")
    ),
    *("task_due", "task_due_done", "task_due_rate", "task_done_rate", "task_close_rate"),
)


def release_payload(
    text: Text,
    *,
    number: str,
    released_on: dt.date,
    channels: list[dict[str, str]],
    corrects: str,
    files: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the released text: words, tables, the meaning of every number, and the files beside it."""
    page = page_of(text)
    return {
        "schema": SCHEMA,
        "number": number,
        "genre": str(text.genre),
        "genre_label": Genre(text.genre).label,
        "title": page["title"],
        "document_number": page["document_number"],
        "office": page["office"],
        "region": text.region.name,
        "region_code": text.region.region_code,
        "period": text.period,
        "as_of": page["as_of"],
        "released_on": released_on.isoformat(),
        "channels": [
            {"channel": Channel(one["channel"]).label, "address": one["address"], "date": one["date"]}
            for one in channels
        ],
        "corrects": corrects,
        "blocks": page["blocks"],
        "figures": [
            {key: one[key] for key in ("number", "name", "shown", "meaning", "how", "as_of", "note")}
            for one in page["sources"]
        ],
        "files": files,
    }


def further_rows(text: Text, frame: Frame) -> list[Shown]:
    """Return the problems and the overview that a text of its kind makes readable."""
    found = []
    if text.genre in WITH_PROBLEMS:
        found += _problems(frame)
    if text.genre in WITH_OVERVIEW:
        found.append(_overview(frame))
    if text.genre in WITH_INDICATORS:
        found += snapshots_indicator.rows(text, frame)
    if text.genre in ABOUT_A_BATCH:
        found.append(Shown(SnapshotKind.LETTERS, *makers_letters.for_portal(frame)))
    return found


def _problems(frame: Frame) -> list[Shown]:
    rows = makers.Rows(frame)
    return [
        Shown(
            SnapshotKind.PROBLEM,
            problem.code,
            problem.title,
            {
                "schema": SCHEMA,
                "code": problem.code,
                "number": problem.number,
                "inspection": problem.inspection.name,
                "category": problem.category,
                "title": problem.title,
                "text": problem.text,
                "goal": problem.goal,
                "deadline": deadline_words(problem.deadline),
                "lead": problem.lead.name,
                "region": problem.home.name,
                "region_code": problem.home.region_code,
                "status": rows.label(problem),
                "closure": str(problem.closure),
                "as_of": frame.as_of.isoformat(),
                "measures": [
                    {
                        "number": measure.number,
                        "text": measure.text,
                        "deadline": deadline_words(measure.deadline),
                        "owners": rows.owners.get(measure.pk, []),
                        "status": rows.label(measure),
                        "told": rows.told.get(measure.pk) or [one for one in [measure.narrative] if one],
                    }
                    for measure in rows.measures[problem.pk]
                ],
            },
        )
        for problem in rows.problems
    ]


def _overview(frame: Frame) -> Shown:
    values = [frame.sheet.value(code) for code in OVERVIEW]
    return Shown(
        SnapshotKind.OVERVIEW,
        frame.region.region_code or frame.region.code,
        f"{frame.region.name}整改总体情况",
        {
            "schema": SCHEMA,
            "region": frame.region.name,
            "region_code": frame.region.region_code,
            "as_of": frame.as_of.isoformat(),
            "inspection": frame.inspection.name if frame.inspection else "",
            "figures": [
                {
                    "code": one.definition.code,
                    "name": one.definition.name,
                    "unit": one.definition.unit,
                    "value": one.shown,
                    "numerator": one.numerator,
                    "denominator": one.denominator,
                    "meaning": CATALOGUE[one.definition.code].meaning,
                    "formula": one.definition.formula,
                }
                for one in values
            ],
        },
    )


def digests(payload: dict[str, Any]) -> dict[str, str]:
    """Return SHA-256 and SM3 of the canonical bytes of a payload."""
    data = canonical.dump(payload).encode()
    return {"sha256": canonical.sha256(data), "sm3": canonical.sm3(data)}
