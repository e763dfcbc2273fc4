"""一览表: the published layout, read from Excel row by row and written out again."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from dugai.complaints import policy, queries, rules, rules_identity, services
from dugai.complaints.entries import LONGEST, WORDS, NewLetter
from dugai.complaints.states import SETTLED, Grade, LetterState, Verdict
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, require
from dugai.ledger.units import Unit, Units
from dugai.people import queries as people
from dugai.staging.rows import BadCellError, CellError, Column, Proposed, as_day, as_text, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from dugai.complaints.models import Letter, LetterBatch
    from dugai.people.models import User
    from dugai.staging.models import ImportBatch, ImportRow
    from dugai.staging.rows import Cell, Place

KIND = "letters"
TITLE = "群众信访举报转办和边督边改公开情况一览表"
ORDINAL = Column("ordinal", "序号")
COLUMNS = (
    ORDINAL,
    Column(
        "number",
        "受理编号",
        required=True,
        aliases=("信访件编号", "举报编号", "编号"),
        example="D3SX202505280018",
    ),
    Column("summary", "交办问题基本情况", required=True, aliases=("反映问题", "举报内容", "问题基本情况")),
    Column("region", "行政区域", required=True, aliases=("所在地区", "区域", "行政区"), example="望渡县"),
    Column("types", "污染类型", aliases=("问题类型",), note="几种之间用顿号隔开", example="水、噪声"),
    Column("findings", "调查核实情况", aliases=("调查情况", "核实情况")),
    Column("verdict", "是否属实", aliases=("属实情况",), choices=tuple(Verdict.labels)),
    Column("handling", "处理和整改情况", aliases=("处理整改情况", "整改情况", "处理情况")),
    Column("state", "是否办结", aliases=("办理状态", "办结情况"), note="空着就是已交办", example="已办结"),
    Column(
        "accountability",
        "责任人被处理情况",
        aliases=("问责情况", "责任人处理情况"),
        note="写明几人、几人次；没有的写“无”",
    ),
    Column("grade", "类别", aliases=("信访件类别",), choices=tuple(Grade.labels)),
    Column("lead", "办理单位", aliases=("责任单位", "承办单位"), example="望渡县住建局"),
    Column("follow_up", "下一步完成日期", note="阶段性办结的填", example="2026-12-31"),
)
EXPORTED = tuple(column for column in COLUMNS if column.name not in {"grade", "lead", "follow_up"})
GRADES = {one.label: one.value for one in Grade} | {f"{one.label}信访件": one.value for one in Grade}
_TIMES = re.compile(r"(\d+)\s*人次")
_PERSONS = re.compile(r"(\d+)\s*(?:名[^，。；、]{0,8}人员|名|人(?!次))")
NONE_WORDS = frozenset({"", "无", "暂无", "/", "-", "—", "否"})


def people_in(text: str) -> tuple[int | None, int | None]:
    """Return 人 and 人次 where a sentence names each exactly once; None where it does not."""
    if text.strip() in NONE_WORDS:
        return None, None
    persons, times = _PERSONS.findall(text), _TIMES.findall(text)
    return (int(persons[0]) if len(persons) == 1 else None, int(times[0]) if len(times) == 1 else None)


class LetterReader:
    """Reads the rows of one table into one batch."""

    columns = COLUMNS

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Refuse those who may not fill the batch, before the file is opened."""
        batch_id = context.get("batch")
        if not isinstance(batch_id, int):
            raise NotVisible(queries.NO_BATCH)
        self.batch: LetterBatch = queries.get_batch(actor, batch_id)
        require(policy.may_fill_batch(actor, self.batch), services.KEEPER, code="not_keeper", error=Forbidden)
        self.actor = actor
        self.units = Units(
            Unit(*row)
            for row in people.public_organisations().values_list(
                "pk", "name", "short_name", "code", "path", "kind", "level"
            )
        )
        self.errors: list[CellError] = []

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError] | None:
        """Return what the row would become; None for a total or a note under the table."""
        del place
        self.errors = []
        text = {
            name: self._text(name, cells, LONGEST if name in WORDS else 200)
            for name in ("number", "region", "types", "verdict", "state", "grade", "lead", *WORDS)
        }
        if not self.errors and not text["summary"] and not text["region"]:
            return None
        number = rules.normal_number(text["number"])
        self._require(number, "number", rules.number_fault(number) if number else "这一列必填，请填写。")
        self._require(text["summary"], "summary", "" if text["summary"] else "这一列必填，请填写。")
        types, unknown = rules.types_of(text["types"])
        self._require(text["types"], "types", f"没有这种污染类型：{'、'.join(unknown)}。" if unknown else "")
        verdict = self._word("verdict", text["verdict"], rules.VERDICTS)
        state = self._word("state", text["state"], rules.STATES) or LetterState.HANDED
        grade = self._word("grade", text["grade"], GRADES) or Grade.ORDINARY
        if state in SETTLED and not verdict:
            self.errors.append(CellError("verdict", "已经办结的，要写是否属实。"))
        region = self._unit("region", text["region"], region=True)
        lead = self._unit("lead", text["lead"]) if text["lead"] else None
        follow_up = self._day("follow_up", cells)
        persons, times = people_in(text["accountability"])
        said = "" if text["accountability"] in NONE_WORDS else text["accountability"]
        for one in rules_identity.traces_in({name: text[name] for name in WORDS}):
            self.errors.append(
                CellError(
                    one.field, f"疑似有{one.kind.label}“{one.masked(text[one.field])}”。请删去后再导入。"
                )
            )
        if self.errors:
            return self.errors
        values = {
            "number": number,
            "region": region,
            "types": types,
            "verdict": str(verdict),
            "state": str(state),
            "grade": str(grade),
            "lead": lead,
            "follow_up": follow_up,
            "persons": persons,
            "person_times": times,
            **{name: text[name] for name in ("summary", "findings", "handling")},
            "accountability": said,
        }
        return Proposed(number, values)

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return the numbers the inspection has already."""
        return queries.numbers_taken(self.actor, self.batch.inspection_id, keys)

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Enter the letters of the table."""
        del batch
        kept = [proposed.values for proposed in rows]
        wanted = {values[name] for values in kept for name in ("region", "lead") if values[name]}
        units = people.public_organisations_by_id(wanted)
        entries = [
            NewLetter(
                **{
                    **values,
                    "region": units[values["region"]],
                    "lead": units[values["lead"]] if values["lead"] else None,
                    "types": tuple(values["types"]),
                    "follow_up": dt.date.fromisoformat(values["follow_up"]) if values["follow_up"] else None,
                }
            )
            for values in kept
        ]
        return len(services.enter_letters(actor=actor, batch_id=self.batch.pk, letters=entries))

    def settle(self, rows: list[ImportRow]) -> None:
        """Hide in what is kept of refused rows whatever may point at a person; good rows hold none."""
        for row in rows:
            row.cells = {name: rules_identity.hidden(text) for name, text in row.cells.items()}
            row.errors = [
                {
                    **one,
                    "value": rules_identity.hidden(one["value"]),
                    "message": rules_identity.hidden(one["message"]),
                }
                for one in row.errors
            ]

    def _text(self, name: str, cells: Mapping[str, Cell], longest: int) -> str:
        try:
            return as_text(cells.get(name), longest=longest)
        except BadCellError as bad:
            self.errors.append(CellError(name, bad.says))
            return shown(cells.get(name))[:longest]

    def _day(self, name: str, cells: Mapping[str, Cell]) -> str | None:
        try:
            day = as_day(cells.get(name))
        except BadCellError as bad:
            self.errors.append(CellError(name, bad.says))
            return None
        return day.isoformat() if day else None

    def _require(self, value: str, name: str, fault: str) -> None:
        if fault:
            self.errors.append(CellError(name, fault if value else "请填写。"))

    def _word(self, name: str, text: str, words: Mapping[str, Any]) -> Any:
        bare = text.strip("。 ")
        if not bare or bare in NONE_WORDS - {"否"}:
            return ""
        if bare not in words:
            self.errors.append(CellError(name, f"不在可选范围。请从{'、'.join(words)}中选一个。"))
        return words.get(bare, "")

    def _unit(self, name: str, text: str, *, region: bool = False) -> int | None:
        if not text:
            self.errors.append(CellError(name, "请填写。"))
            return None
        found = self.units.find(text, self.batch.region.path, region=region)
        if found.unit is None:
            self.errors.append(CellError(name, found.says))
            return None
        if region and not found.unit.path.startswith(self.batch.region.path):
            self.errors.append(CellError(name, f"不在{self.batch.region}之下。请核对。"))
            return None
        return found.unit.pk


def rows_out(letters: Iterable[Letter]) -> Iterator[dict[str, str]]:
    """Return letters as rows of the published table, numbered from 1."""
    for at, row in enumerate(letters, 1):
        yield {
            "ordinal": str(at),
            "number": row.number,
            "summary": row.summary,
            "region": row.region.name,
            "types": "、".join(rules.type_words(row.types)),
            "findings": row.findings,
            "verdict": Verdict(row.verdict).label if row.verdict else "",
            "handling": row.handling,
            "state": rules.published(row.state).label,
            "accountability": row.accountability or "无",
            "grade": Grade(row.grade).label,
            "lead": row.lead.name if row.lead else "",
            "follow_up": row.follow_up.isoformat() if row.follow_up else "",
        }


def require_rows(letters: Iterable[Letter]) -> list[Letter]:
    """Refuse to write an empty table."""
    rows = list(letters)
    if not rows:
        raise InvalidInput("没有可导出的信访件。", code="nothing_to_export")
    return rows
