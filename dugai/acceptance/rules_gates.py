"""The gates before closing as one pure function: what holds, why not, and who can mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from dugai.acceptance.rules import RANKS, Procedure, who
from dugai.acceptance.states import GateKey, StepKind
from dugai.people.states import Level

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates look at. Measures are named by number; a level is a rank (`rules.RANKS`)."""

    today: dt.date
    measures: int = 0
    not_done: tuple[int, ...] = ()
    evidence_missing: tuple[str, ...] = ()
    evidence_required: int = 0
    applied: bool = False
    passed: frozenset[str] = frozenset()
    signed_rank: int = -1
    measures_met: int = 0
    measures_not_met: tuple[int, ...] = ()
    notice_until: dt.date | None = None
    open_objections: int = 0
    upheld: bool = False
    close_proposed: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One line of the checklist: whether it holds, why or why not, and who can mend it."""

    key: GateKey
    holds: bool
    why: str
    who: str = ""

    @property
    def label(self) -> str:
        """What the gate is called."""
        return self.key.label


def gates(procedure: Procedure, facts: Facts) -> list[Gate]:
    """Return every gate of the procedure in order; from the first day on, also before the application."""
    found = [_progress(facts), _evidence(facts), _application(procedure, facts)]
    if procedure.count(StepKind.DOCUMENTS):
        found.append(_steps(GateKey.DOCUMENTS, procedure, facts, StepKind.DOCUMENTS))
    found += [
        _measures(procedure, facts),
        _steps(GateKey.VISIT, procedure, facts, StepKind.VISIT),
        _signs(procedure, facts),
        _notice(procedure, facts),
        _objections(facts),
        _closer(procedure, facts),
    ]
    return found


def open_gates(procedure: Procedure, facts: Facts, leave: Collection[GateKey] = ()) -> list[Gate]:
    """Return the gates that do not hold, less those that the act itself is about to close."""
    return [gate for gate in gates(procedure, facts) if not gate.holds and gate.key not in leave]


def _progress(facts: Facts) -> Gate:
    if not facts.measures:
        return Gate(GateKey.PROGRESS, holds=False, why="还没有登记整改措施", who="整改办")
    if facts.not_done:
        why = f"措施 {_numbers(facts.not_done)} 还没有采纳为“已完成”"
        return Gate(GateKey.PROGRESS, holds=False, why=why, who="责任单位报进展，整改办采纳")
    return Gate(GateKey.PROGRESS, holds=True, why=f"{facts.measures} 条措施都已完成")


def _evidence(facts: Facts) -> Gate:
    if facts.evidence_missing:
        names = "、".join(facts.evidence_missing[:MOST_NAMED])
        more = "等" if len(facts.evidence_missing) > MOST_NAMED else ""
        why = f"{len(facts.evidence_missing)} 项必备佐证没有审定：{names}{more}"
        return Gate(GateKey.EVIDENCE, holds=False, why=why, who="责任单位上传，整改办审核")
    if not facts.evidence_required:
        return Gate(GateKey.EVIDENCE, holds=False, why="还没有确定佐证清单", who="整改办")
    return Gate(GateKey.EVIDENCE, holds=True, why=f"{facts.evidence_required} 项必备佐证都已审定")


def _application(procedure: Procedure, facts: Facts) -> Gate:
    if facts.applied:
        return Gate(GateKey.APPLICATION, holds=True, why="已提出申请")
    return Gate(GateKey.APPLICATION, holds=False, why="还没有申请验收", who=who(procedure.apply))


def _steps(key: GateKey, procedure: Procedure, facts: Facts, kind: StepKind) -> Gate:
    left = [step for step in procedure.steps if step.kind == kind and step.key not in facts.passed]
    if not left:
        return Gate(key, holds=True, why=f"{kind.label}已通过")
    why = "、".join(f"{step.label}还没有通过" for step in left)
    return Gate(key, holds=False, why=why, who=who(left[0]))


def _measures(procedure: Procedure, facts: Facts) -> Gate:
    checker = next(step for step in procedure.steps if step.kind != StepKind.NOTICE)
    if facts.measures_not_met:
        why = f"措施 {_numbers(facts.measures_not_met)} 没有落实"
        return Gate(GateKey.MEASURES, holds=False, why=why, who="责任单位")
    if not facts.applied or facts.measures_met < facts.measures or not facts.measures:
        why = f"{facts.measures} 条措施核实了 {facts.measures_met} 条"
        return Gate(GateKey.MEASURES, holds=False, why=why, who=who(checker))
    return Gate(GateKey.MEASURES, holds=True, why=f"{facts.measures} 条措施都落实到位")


def _signs(procedure: Procedure, facts: Facts) -> Gate:
    left = [step for step in procedure.steps if step.kind == StepKind.SIGN and step.key not in facts.passed]
    if left:
        why = "、".join(f"{step.label}还没有" for step in left)
        return Gate(GateKey.SIGN, holds=False, why=why, who=who(left[0]))
    if facts.signed_rank < RANKS[procedure.required_level]:
        why = f"要{Level(procedure.required_level).label}以上单位签字，现在没有"
        return Gate(GateKey.SIGN, holds=False, why=why, who=Level(procedure.required_level).label)
    return Gate(GateKey.SIGN, holds=True, why="各级都已签字")


def _notice(procedure: Procedure, facts: Facts) -> Gate:
    step = procedure.notice
    unit = "个工作日" if step.working else "天"
    if facts.notice_until is None:
        why = f"还没有公示（{step.days} {unit}）"
        return Gate(GateKey.NOTICE, holds=False, why=why, who=who(step))
    if facts.today <= facts.notice_until:
        return Gate(
            GateKey.NOTICE, holds=False, why=f"公示到 {facts.notice_until} 为止", who="公示期满自然满足"
        )
    return Gate(GateKey.NOTICE, holds=True, why=f"公示已于 {facts.notice_until} 期满")


def _objections(facts: Facts) -> Gate:
    if facts.open_objections:
        why = f"{facts.open_objections} 件异议没有答复"
        return Gate(GateKey.OBJECTIONS, holds=False, why=why, who="整改办")
    if facts.upheld:
        return Gate(GateKey.OBJECTIONS, holds=False, why="有异议成立，要重新整改", who="责任单位")
    return Gate(GateKey.OBJECTIONS, holds=True, why="没有未了的异议")


def _closer(procedure: Procedure, facts: Facts) -> Gate:
    if facts.closed:
        return Gate(GateKey.CLOSER, holds=True, why="一人提出，另一人批准")
    why = "已提出销号，等另一人批准" if facts.close_proposed else "还没有提出销号"
    return Gate(GateKey.CLOSER, holds=False, why=why, who=who(procedure.close))


def _numbers(numbers: Collection[int]) -> str:
    named = "、".join(str(number) for number in sorted(numbers)[:MOST_NAMED])
    return f"{named} 等 {len(numbers)} 条" if len(numbers) > MOST_NAMED else named
