"""清单入账: rows of a 整改措施清单 become proposals; accepted ones become entries or changes.

A row is one measure of one problem. A row that the system exported carries its mark: unchanged it counts as a
duplicate, changed in an open column it proposes an update, changed in a locked one it is an error.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, require
from dugai.ledger import import_accept, policy, queries, queries_export, reach, sheet_row, sheet_text
from dugai.ledger.models_entry import Part
from dugai.ledger.sheet_columns import BOUND_COLUMNS, COLUMNS, EDITABLE, EXPORTED, TITLES
from dugai.ledger.states import InspectionLevel, SourceClass, SourceType
from dugai.ledger.units import Units
from dugai.people import queries as people
from dugai.staging.models import ImportRow
from dugai.staging.rows import CellError, Proposed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from dugai.ledger.units import Unit
    from dugai.people.models import Organisation, User
    from dugai.staging.models import ImportBatch
    from dugai.staging.rows import Cell, Place

SOURCES = {
    InspectionLevel.CENTRAL: (SourceType.CENTRAL_INSPECTION, SourceClass.CENTRAL),
    InspectionLevel.PROVINCIAL: (SourceType.PROVINCIAL_INSPECTION, SourceClass.PROVINCIAL),
    InspectionLevel.MUNICIPAL: (SourceType.MUNICIPAL_INSPECTION, SourceClass.PROVINCIAL),
}


class LedgerReader:
    """Reads one workbook for one actor. `context`: inspection, home, lead (ids), issued (a day)."""

    columns = COLUMNS

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Load what every row is held against. Raises a refusal when the actor may not import here."""
        require(
            policy.may_import(actor), "只有整改办可以导入整改措施清单", code="may_not_import", error=Forbidden
        )
        self.actor = actor
        self.inspection = queries.get_inspection(actor, int(context.get("inspection") or 0))
        self.home = people.get_organisation(actor, int(context.get("home") or 0))
        require(
            policy.may_keep_ledger(actor, self.home),
            "只能为本地区和下级登记台账",
            code="not_keeper",
            error=Forbidden,
        )
        self.issued = (
            dt.date.fromisoformat(str(context["issued"])) if context.get("issued") else clock.today()
        )
        self.units = Units(queries_export.public_units())
        lead = int(context.get("lead") or 0)
        self.lead = self.units.by_pk.get(lead) if lead else None
        self.known = queries_export.problems_of(actor, self.inspection)
        self.next_number = max(self.known, default=0) + 1
        self.next_measure = queries_export.last_measure_number(actor, self.inspection) + 1
        self.problems: dict[int, dict[str, Any]] = {}
        self.category = ""
        self.last: tuple[str, int] | None = None
        self.exported: dict[int, queries_export.Exported] | None = None

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError] | None:
        """Return what a row would become, its errors, or None for a section heading or a foot line."""
        row = sheet_row.words(cells)
        plain = [text for name, text in row.cells.items() if name != "row_id"]
        heading = sheet_text.section(plain) or self._lone_heading(row)
        if heading:
            self.category = heading[:200]
            return None
        if sheet_text.is_foot(plain):
            return None
        if row.cells["row_id"]:
            return self._read_returned(row)
        return self._read_new(place, row)

    def settle(self, rows: list[ImportRow]) -> None:
        """Reject every good row of a problem that has a bad one: a problem comes in whole or not at all."""
        bad: dict[int, int] = {}
        here: dict[str, int] = {}
        for row in rows:
            number = row.values.get("number") or sheet_text.read_ordinal(row.cells.get("number", ""))
            number = number or sheet_text.leading_ordinal(row.cells.get("problem", ""))[0]
            here[row.sheet] = number or here.get(row.sheet, 0)  # an empty number means that of the row above
            if row.verdict == ImportRow.Verdict.REJECTED and here[row.sheet]:
                bad.setdefault(here[row.sheet], row.row)
        for row in rows:
            first = bad.get(row.values.get("number", 0))
            if row.verdict == ImportRow.Verdict.GOOD and row.values.get("kind") == "new" and first:
                row.verdict = ImportRow.Verdict.REJECTED
                message = f"“{row.sheet}”表第 {row.row} 行：同一问题的第 {first} 行有误，改好后一起入账。"
                row.errors = [{"cell": "", "column": "", "value": "", "message": message}]

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return the keys of measures that are registered, and of returned rows that say nothing new."""
        pairs = queries_export.measure_numbers(self.actor, self.inspection)
        same = {key for key in keys if key.startswith("原样 ")}
        return same | {key for key in keys if key in pairs}

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Write the good rows through the services of the ledger, all in the caller's transaction."""
        return import_accept.write(actor=actor, inspection=self.inspection, batch=batch, rows=rows)

    def _lone_heading(self, row: sheet_row.Row) -> str:
        """Return the words of a row whose only filled cell is its first and reads 一、…问题."""
        filled = {name: text for name, text in row.cells.items() if text}
        lone = len(filled) == 1 and next(iter(filled)) in {"number", "category", "problem"}
        text = next(iter(filled.values())) if lone else ""
        return text if text and "、" in text[:4] and sheet_text.read_ordinal(text.split("、")[0]) else ""

    def _read_new(self, place: Place, row: sheet_row.Row) -> Proposed | list[CellError]:
        number = self._problem_number(place, row)
        home = self._home(row)
        problem = self._problem(row, number, home)
        measure = self._measure(row, home, problem)
        if row.errors or number is None or problem is None:
            return row.errors
        self.last = (place.sheet, number)
        values = {"kind": "new", "number": number, "problem": problem, "measure": measure}
        if number in self.known:
            values["existing"] = self.known[number].pk
        return Proposed(f"问题 {number}" + (f" 措施 {measure['number']}" if measure else ""), values)

    def _problem_number(self, place: Place, row: sheet_row.Row) -> int | None:
        number = sheet_row.number_of(row, "number")
        if number is not None or row.cells["number"]:
            return number
        if row.cells["problem"]:
            number, _ = sheet_text.leading_ordinal(row.cells["problem"])
            if number is None:
                number = self.next_number
            return number
        if self.last and self.last[0] == place.sheet:
            return self.last[1]
        row.bad("number", "请写问题的序号，或在“反馈问题”里写问题原文。")
        return None

    def _home(self, row: sheet_row.Row) -> Organisation | Unit:
        text = row.cells["home"]
        if not text:
            return self.home
        found = self.units.find(text, self.home.path, region=True)
        if found.unit is None:
            row.bad("home", found.says)
            return self.home
        if not found.unit.path.startswith(self.home.path):
            row.bad("home", f"“{found.unit.name}”不在{self.home.name}之下。请改成本地区或下级地区。")
        return found.unit

    def _problem(
        self, row: sheet_row.Row, number: int | None, home: Organisation | Unit
    ) -> dict[str, Any] | None:
        """Return the values of the row's problem: later rows may repeat or leave them empty."""
        if number is None:
            return None
        _, text = sheet_text.leading_ordinal(row.cells["problem"])
        lead = sheet_row.lead_of(row, self.units, home.path)
        first = self.problems.get(number)
        if first is not None:
            if text and text != first["text"]:
                row.bad("problem", f"与序号 {number} 前面一行的问题不同。请核对序号，或改成同样的文字。")
            return {"lead_here": lead.pk if lead else None, "first": number}
        if number in self.known and text and text != self.known[number].text:
            row.bad("problem", f"序号 {number} 已经登记过另一个问题。请换一个没有用过的序号。")
        if not text and number not in self.known:
            row.bad("problem", "请写问题原文。")
        responsible = sheet_row.units_of(row, "responsible", self.units, home.path)
        known = self.units.by_pk.get(self.known[number].lead) if number in self.known else None
        leader = lead or known or self.lead or (responsible[0] if len(responsible) == 1 else None)
        if leader is None and not row.cells["lead"]:
            row.bad("lead", "请写一个牵头单位，或在导入时选“没写牵头单位时由谁牵头”。")
        if row.errors or leader is None:
            return {}
        title = row.cells["title"] or sheet_text.summary(text)
        source, source_class = SOURCES[InspectionLevel(self.inspection.level)]
        parts = self._parts(row, home, ("cooperating", "supervising", "accepting"))
        self._reach(row, "lead", leader, Part.LEAD)
        problem = {
            "text": text,
            "title": title,
            "category": row.cells["category"] or self.category,
            "goal": row.cells["goal"],
            "requirement": row.cells["requirement"],
            "standard": row.cells["standard"],
            "leader_name": row.cells["leader"],
            "status_raw": sheet_row.overall_of(row),
            "kind": "report",
            "source": str(source),
            "source_class": str(source_class),
            "home": home.pk,
            "lead": leader.pk,
            "parts": parts,
        }
        if not row.errors:
            self.problems[number] = problem
            self.next_number = max(self.next_number, number + 1)
        return problem

    def _measure(
        self, row: sheet_row.Row, home: Organisation | Unit, problem: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        number = sheet_row.number_of(row, "measure_number")
        written, text = sheet_text.leading_ordinal(row.cells["measure"])
        standing = sheet_row.standing_of(row)
        text = text or (standing.narrative if number or written else "")
        if not text:
            if any(row.cells[name] for name in ("measure_number", "status", "narrative")):
                row.bad("measure", "请写整改措施。")
            elif row.cells["deadline"]:
                sheet_row.deadline_of(row, self.issued)
            return None
        deadline = sheet_row.deadline_of(row, self.issued)
        responsible = sheet_row.units_of(row, "responsible", self.units, home.path)
        whole = self._whole(problem)
        lead = (problem or {}).get("lead_here") or (problem or {}).get("lead") or whole.get("lead")
        owners = [unit.pk for unit in responsible] or ([lead] if lead else [])
        for pk in owners:
            self._reach(row, "responsible", self.units.by_pk[pk], Part.RESPONSIBLE)
        parts = self._parts(row, home, ("cooperating", "supervising", "accepting"))
        own = {
            part: keys for part, keys in parts.items() if keys and keys != whole.get("parts", {}).get(part)
        }
        if lead and whole and lead != whole["lead"]:
            self._reach(row, "lead", self.units.by_pk[lead], Part.LEAD)
            own["lead"] = [lead]
        if number is None and written is None:
            number, self.next_measure = self.next_measure, self.next_measure + 1
        number = number or written or 0
        self.next_measure = max(self.next_measure, number + 1)
        return {
            "number": number,
            "text": text,
            "deadline": deadline,
            "status_raw": standing.raw,
            "progress": str(standing.progress),
            "narrative": standing.narrative,
            "note": "；".join(word for word in (row.cells["note"], standing.remark) if word),
            "owners": owners,
            "person": row.cells["person"],
            "parts": own,
        }

    def _whole(self, problem: dict[str, Any] | None) -> dict[str, Any]:
        if not problem:
            return {}
        return self.problems.get(problem["first"], {}) if "first" in problem else problem

    def _parts(
        self, row: sheet_row.Row, home: Organisation | Unit, names: tuple[str, ...]
    ) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name in names:
            units = sheet_row.units_of(row, name, self.units, home.path)
            for unit in units:
                self._reach(row, name, unit, name)
            found[name] = [unit.pk for unit in units]
        return {name: keys for name, keys in found.items() if keys}

    def _reach(self, row: sheet_row.Row, column: str, unit: Organisation | Unit, part: str) -> None:
        why = reach.why_not(self.actor, unit, part)
        if why:
            row.bad(column, why)

    def _read_returned(self, row: sheet_row.Row) -> Proposed | list[CellError]:
        """Compare a row that the system exported with what it says now."""
        mark = sheet_text.read_row_id(row.cells["row_id"])
        if mark is None:
            return [CellError("row_id", "行标识被改过，认不出是哪一行。请从系统重新导出。")]
        measure_id, problem_version, measure_version, print_ = mark
        if self.exported is None:
            self.exported = queries_export.by_measure(self.actor, self.inspection, self.units)
        now = self.exported.get(measure_id)
        if now is None:
            return [CellError("row_id", "这一行不属于这次督察，或您的单位看不到它。请核对所选的督察。")]
        cells = {name: row.cells[name] for name in EXPORTED if name != "row_id"}
        if sheet_text.fingerprint(cells) == print_:
            return Proposed(f"原样 {row.cells['row_id']}", {"kind": "same"})
        if (problem_version, measure_version) != (now.problem_version, now.measure_version):
            return [CellError("row_id", "导出之后，系统里的这一行已被改过。请重新导出，再改一次。")]
        current = {name: sheet_text.clean(now.cells[name]) for name in cells}
        changed = {name: text for name, text in cells.items() if text != current[name]}
        return self._update(row, now, changed, current)

    def _update(
        self,
        row: sheet_row.Row,
        now: queries_export.Exported,
        changed: dict[str, str],
        current: dict[str, str],
    ) -> Proposed | list[CellError]:
        for name in changed.keys() - set(EDITABLE):
            row.bad(name, f"这一列是锁定的，改动不会入账。请改回“{current[name][:40]}”。")
        values: dict[str, Any] = {
            "kind": "update",
            "measure_id": now.measure_id,
            "version": now.measure_version,
        }
        for name in changed.keys() & set(EDITABLE):
            if name == "deadline":
                values[name] = sheet_row.deadline_of(row, self.issued)
            elif name == "measure" and not changed[name]:
                row.bad(name, "整改措施不能为空。")
            else:
                values[{"measure": "text"}.get(name, name)] = changed[name]
        if now.bound and changed.keys() & set(BOUND_COLUMNS):
            values["request"] = True
        listed = "、".join(TITLES[name] for name in EXPORTED if name in changed)
        values["says"] = f"改{listed}"
        return row.errors or Proposed(f"更新 问题 {now.number} 措施 {now.measure_number}", values)


def require_context(context: Mapping[str, Any]) -> None:
    """Refuse an upload that does not say which inspection and which region it is for."""
    lacking = {
        name: says
        for name, says in (("inspection", "请选督察"), ("home", "请选所属地区"))
        if not context.get(name)
    }
    if lacking:
        raise InvalidInput("请先选督察和所属地区", fields=lacking)
    issued = context.get("issued")
    if issued:
        try:
            dt.date.fromisoformat(str(issued))
        except ValueError as bad:
            raise InvalidInput(
                "印发日期写成 2024-01-30 这样", fields={"issued": "请写成 2024-01-30"}
            ) from bad
