"""Problems out of table rows, merged cells and continued rows included."""

from __future__ import annotations

import re

from dugai.intake.grammar.labels import UNIT_ROLES
from dugai.intake.grammar.numerals import integer
from dugai.intake.grammar.organisations import split_units
from dugai.intake.grammar.statuses import status_at_start
from dugai.intake.problems.grid import Table
from dugai.intake.problems.measures import split_measures
from dugai.intake.problems.model import Piece, ProblemDraft
from dugai.intake.problems.prose import numbered
from dugai.intake.text.fold import fold

_LABEL = re.compile(
    r"^[(\[]?(?:第|反馈|整改)?(?:问题|任务|事项)?\s*([一二三四五六七八九十百]{1,4}|\d{1,3})\s*(?:项|个|号)?(?:问题|任务)?[)\]]?\s*[:、.\s]\s*"
)
_MULTI = {"deadline", "status", "progress", "goal", "leader", "category", *UNIT_ROLES}


def is_problem_table(table: Table) -> bool:
    """Whether the columns are those of a plan, a checklist or a progress table."""
    roles = {r for r in table.roles if r}
    text = roles & {"problem", "measures", "goal", "progress"}
    return (
        bool(text)
        and len(roles & {"problem", "measures", "goal", "deadline", "progress", "status", *UNIT_ROLES}) >= 2
    )


def problems_of_table(table: Table) -> list[ProblemDraft]:
    """One draft for each problem; rows without a text of their own go on with the problem above."""
    drafts: list[ProblemDraft] = []
    held: dict[int, list[dict[str, Piece]]] = {}
    heading: str | None = None
    text_role = next((r for r in ("problem", "goal", "measures", "progress") if r in table.roles), "problem")
    for row in table.rows:
        filled = [c for c in row if c]
        if (
            len(filled) == 1
            and len({c.text for c in filled}) == 1
            and len(filled[0].text) <= 60
            and len(table.roles) > 2
            and not (drafts and _goes_on(table, row))
        ):
            heading = filled[0].text
            continue
        if filled and len({c.text for c in filled}) == 1 and len(filled) > 2:
            heading = filled[0].text  # a merged row that repeats its text in every cell
            continue
        values = _by_role(table, row)
        number = _number(values.get("no"))
        if re.search(r"合计|总计|小计", filled[0].text if filled else ""):
            continue
        text = values.get(text_role)
        last = drafts[-1] if drafts else None
        if text is not None and (last is None or not _same(last, text, number)):
            last = _open(text, number, heading)
            drafts.append(last)
        if last is not None:
            held.setdefault(id(last), []).append(values)
    for draft in drafts:
        _fill_all(draft, held.get(id(draft), []), text_role)
    return drafts


def _goes_on(table: Table, row: list[Piece | None]) -> bool:
    """A row that holds one more measure and nothing else: all its other cells are merged with those above."""
    at = next(i for i, cell in enumerate(row) if cell)
    return at > 0 and at < len(table.roles) and table.roles[at] in ("measures", "progress", "goal")


_OWN = ("deadline", "status", "responsible", "lead")


def _fill_all(draft: ProblemDraft, rows: list[dict[str, Piece]], text_role: str) -> None:
    """Fields printed once for several measures are the problem's; fields printed for each are the measures'."""
    several = [r for r in rows if "measures" in r]
    apart = {role for role in _OWN if len(several) > 1 and sum(1 for r in several if role in r) > 1}
    for values in rows:
        known = len(draft.measures)
        _fill(draft, {r: p for r, p in values.items() if r not in apart}, text_role)
        for measure in draft.measures[known:]:
            if "deadline" in apart and "deadline" in values:
                measure.deadline = values["deadline"]
            if "status" in apart and "status" in values:
                state = status_at_start(values["status"].text)
                measure.status, measure.status_raw = (
                    (state.code, state.raw) if state else (measure.status, measure.status_raw)
                )
            for role in ("responsible", "lead"):
                if role in apart and role in values:
                    for found, names in split_units(values[role].text, role).items():
                        measure.units.setdefault(found, []).extend(names)


def _by_role(table: Table, row: list[Piece | None]) -> dict[str, Piece]:
    values: dict[str, Piece] = {}
    for role, cell in zip(table.roles, row, strict=False):
        if role and cell and role not in values:
            values[role] = cell
    return values


def _number(cell: Piece | None) -> str | None:
    if cell is None:
        return None
    match = re.search(r"\d+|[一二三四五六七八九十百]+", fold(cell.text))
    number = integer(match.group()) if match else None
    return str(number) if number is not None else None


def _same(draft: ProblemDraft, text: Piece, number: str | None) -> bool:
    """A merged cell given again for each of its rows."""
    if draft.text is None:
        return False
    shown = re.sub(r"\s", "", text.text)
    return shown.endswith(re.sub(r"\s", "", draft.text.text)) and (number is None or number == draft.no)


def _open(text: Piece, number: str | None, heading: str | None) -> ProblemDraft:
    folded = fold(text.text)
    match = _LABEL.match(folded)
    body, no_raw = text, None
    if match and (number is None or str(integer(match[1])) == number):
        number = number or str(integer(match[1]))
        no_raw = folded[: match.end()].strip(" :、.")
        body = text.cut(match.end())
    elif number is None:
        mark = numbered(folded)
        if mark:
            number, no_raw, body = str(mark[1]), folded[: mark[2]].strip(" 、."), text.cut(mark[2])
    return ProblemDraft(body if body.text else text, number, no_raw, heading, from_table=True)


def _fill(draft: ProblemDraft, values: dict[str, Piece], text_role: str) -> None:
    for role, piece in values.items():
        if role == text_role and role != "measures":
            continue
        if role == "measures":
            found = split_measures(piece)
            if "deadline" in values and len(found) == 1:
                found[0].deadline = values["deadline"]
            known = {re.sub(r"\s", "", m.text.text) for m in draft.measures}
            fresh = [m for m in found if re.sub(r"\s", "", m.text.text) not in known]
            draft.measures += fresh
            draft.add("measures", piece)
        elif role in _MULTI:
            told = {re.sub(r"\s", "", p.text) for p in draft.fields.get(role, [])}
            if re.sub(r"\s", "", piece.text) not in told:
                draft.add(role, piece)
