"""信访: the published table of one batch and its counts, from the letters as they stood on the text's day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.complaints import rules
from dugai.complaints.states import PublishedState, Verdict
from dugai.disclosure import standing_at
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from dugai.complaints.models import Letter, LetterBatch
    from dugai.disclosure.drafting import Frame

SCHEMA = 1
CAPTION = "群众信访举报转办和边督边改公开情况一览表"
HEAD = (
    *("序号", "受理编号", "交办问题基本情况", "行政区域", "污染类型"),
    *("调查核实情况", "是否属实", "处理和整改情况", "是否办结", "责任人被处理情况"),
)
COUNTED = (
    *(f"letter_verdict_{verdict}" for verdict in Verdict),
    *("letter_done", "letter_staged", "letter_open"),
    *("letter_persons", "letter_person_times"),
)


def its_batch(frame: Frame) -> LetterBatch:
    """Return the batch a text is about. Raises `InvalidInput` when it has none."""
    if frame.batch is None:
        raise InvalidInput("这种文稿要先选一批信访件。", code="batch_missing")
    return frame.batch


def letters(frame: Frame) -> list[Letter]:
    """Return the letters of the batch as they stood at the end of the text's day."""
    its_batch(frame)
    return standing_at.letter_rows(frame.sheet.ground, frame.as_of, now=frame.as_of == clock.today())


def letter_table(frame: Frame) -> list[dict[str, Any]]:
    """Print the batch in the layout of the published table."""
    rows = [[[{"t": str(cell)}] for cell in (at, *_cells(row))] for at, row in enumerate(letters(frame), 1)]
    if not rows:
        return [{"kind": "p", "runs": [{"t": "这一批没有信访件。"}]}]
    return [{"kind": "table", "caption": CAPTION, "head": list(HEAD), "rows": rows}]


def letter_counts(frame: Frame) -> list[dict[str, Any]]:
    """Print the counts by verdict and state, each a figure, and what the kinds of pollution add up to."""
    its_batch(frame)
    cells = [[{"f": frame.figure(code)}] for code in ("letter_total", *COUNTED)]
    head = ["件数", *Verdict.labels, *PublishedState.labels, "问责人数", "问责人次"]
    note = "一件信访件可以有几种污染类型，按类型统计的合计可大于件数。“人”与“人次”分开统计，不能相加。"
    return [
        {"kind": "table", "caption": "办理情况统计", "head": head, "rows": [cells]},
        {"kind": "note", "runs": [{"t": note}]},
    ]


def for_portal(frame: Frame) -> tuple[str, str, dict[str, Any]]:
    """Return the key, title and payload by which the portal shows a batch: a written list of fields."""
    batch = its_batch(frame)
    rows = letters(frame)
    counts = rules.counted([rules.Counted(row.state, row.verdict) for row in rows])
    code = batch.region.region_code or batch.region.code
    payload = {
        "schema": SCHEMA,
        "inspection": batch.inspection.name,
        "batch": batch.number,
        "batch_name": batch.name,
        "handed_on": batch.handed_on.isoformat(),
        "region": batch.region.name,
        "region_code": code,
        "as_of": frame.as_of.isoformat(),
        "total": counts.total,
        "by_verdict": [{"label": Verdict(key).label, "count": n} for key, n in counts.verdicts.items()],
        "by_state": [{"label": PublishedState(key).label, "count": n} for key, n in counts.states.items()],
        "rows": [
            {
                "number": row.number,
                "region": row.region.name,
                "types": rules.type_words(row.types),
                "summary": row.summary,
                "verdict": _verdict(row),
                "findings": row.findings,
                "handling": row.handling,
                "state": rules.published(row.state).label,
                "accountability": row.accountability,
            }
            for row in rows
        ],
    }
    key = f"{batch.inspection.code}:{code}:{batch.number}"
    return key, f"{batch.region.name}{batch.name}信访件办理情况", payload


def _cells(row: Letter) -> tuple[str, ...]:
    return (
        row.number,
        row.summary,
        row.region.name,
        "、".join(rules.type_words(row.types)),
        row.findings,
        _verdict(row),
        row.handling,
        rules.published(row.state).label,
        row.accountability or "无",
    )


def _verdict(row: Letter) -> str:
    return Verdict(row.verdict).label if row.verdict else ""
