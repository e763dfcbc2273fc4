"""数据项: every named figure, with its level, unit, definition and formula. Nothing is computed here.

Source: domain reference B.1 (process indicators), C.4 (status words), C.6 (both 办结率), G.1 no. 11 (an item
that is overdue is also one that has not reached its schedule).

Counts are kept at every level and the levels do not convert, so each figure exists once for each level.
"""

from __future__ import annotations

from dataclasses import dataclass

from dugai.complaints.states import OPEN as OPEN_LETTERS
from dugai.complaints.states import LetterState, LetterTime, Verdict
from dugai.kernel.choices import Choices
from dugai.kernel.errors import NotVisible
from dugai.ledger.states import Closure, Lamp, ProblemKind
from dugai.progress.states import ReportState


class FigureLevel(Choices):
    """What a figure counts."""

    PROBLEM = "problem", "问题"
    MEASURE = "measure", "措施"
    TASK = "task", "任务"
    SITE = "site", "点位"
    REPORT = "report", "填报"
    LETTER = "letter", "信访件"


UNITS = {
    FigureLevel.PROBLEM: "个",
    FigureLevel.MEASURE: "条",
    FigureLevel.TASK: "项",
    FigureLevel.SITE: "处",
    FigureLevel.REPORT: "份",
    FigureLevel.LETTER: "件",
}

SCOPE_RULES = {
    FigureLevel.PROBLEM: "按问题所属地区归口，含下级地区。",
    FigureLevel.MEASURE: "按措施所在问题的所属地区归口，含下级地区。",
    FigureLevel.TASK: "按责任单位归口，含下级；已分解的任务只数最末一级，不重复计算。",
    FigureLevel.SITE: "按点位所在地区归口，含下级地区。",
    FigureLevel.REPORT: "按填报单位归口，含下级；取数据截至日之前最近一轮周、月、季调度，免报的不计。",
    FigureLevel.LETTER: "按信访件反映的行政区域归口，含下级地区。",
}


@dataclass(frozen=True, slots=True)
class Where:
    """Which rows count. Empty sets ask nothing. `due` asks that the date had come by the as-of day.

    `flow`: only rows for which this holds at the as-of day and did not hold at the end of the day before
    the period began.
    """

    lamps: frozenset[str] = frozenset()
    closures: frozenset[str] = frozenset()
    not_closures: frozenset[str] = frozenset()
    progress: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    due: bool = False
    late: bool = False
    flow: bool = False
    adds: str = ""
    """The column of the rows that is added up instead of counting them; rows without it do not count."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A named figure. A rate has a numerator and a denominator, each the code of a count."""

    code: str
    level: FigureLevel
    name: str
    meaning: str
    where: Where | None = None
    numerator: str = ""
    denominator: str = ""
    rises: bool = False
    """A running total that may only rise from one period to the next."""

    @property
    def unit(self) -> str:
        """Return 项, 个 … or % for a rate."""
        if self.where is not None and self.where.adds:
            return ADDED[self.where.adds]
        return "%" if self.numerator else UNITS[self.level]

    @property
    def is_rate(self) -> bool:
        """Whether it is a quotient of two counts."""
        return bool(self.numerator)

    @property
    def scope_rule(self) -> str:
        """Return by which column a row belongs to a region."""
        return SCOPE_RULES[self.level]

    @property
    def formula(self) -> str:
        """Return the formula in words."""
        if self.where is not None and self.where.adds:
            return "逐行相加；没有写的行不计"
        if not self.numerator:
            return "计数"
        over, under = CATALOGUE[self.numerator], CATALOGUE[self.denominator]
        return f"{over.name} ÷ {under.name} × 100%，保留一位小数，四舍五入"


ADDED = {"persons": "人", "person_times": "人次"}
DONE = frozenset({Lamp.DONE, Lamp.CLOSED})
OPEN = frozenset({Lamp.OVERDUE, Lamp.BEHIND, Lamp.SOON, Lamp.ONTRACK})
LATE = frozenset({Lamp.OVERDUE, Lamp.BEHIND})
CALM = frozenset({Lamp.SOON, Lamp.ONTRACK})
CARRIED = frozenset({Closure.CARRIED_OVER})
STAGE = frozenset({"partial", "basically_done"})

_COUNTS: tuple[tuple[str, str, str, Where, bool], ...] = (
    ("total", "总数", "台账里的全部{名}，不论状态。", Where(), False),
    ("done", "已完成", "责任单位报完成并经采纳的{名}，含已销号；“基本完成”不算。", Where(lamps=DONE), True),
    ("closed", "已销号", "走完验收、公示并销号的{名}。", Where(lamps=frozenset({Lamp.CLOSED})), True),
    (
        "done_not_closed",
        "已完成未销号",
        "报完成并经采纳、还没有销号的{名}。",
        Where(lamps=frozenset({Lamp.DONE})),
        False,
    ),
    ("open", "未完成", "还没有报完成的{名}，含转入下一轮的。", Where(lamps=OPEN), False),
    ("stock", "存量", "还没有销号的{名}：未完成与已完成未销号之和。", Where(lamps=OPEN | {Lamp.DONE}), False),
    (
        "on_schedule",
        "达到序时进度",
        "未完成、未到期、节点和完成量都跟上的{名}；转入下一轮的不算。",
        Where(lamps=CALM, not_closures=CARRIED),
        False,
    ),
    (
        "not_on_schedule",
        "未达序时进度",
        "节点或完成量没跟上的，与已超期的之和；超期是其中一部分，不另加。",
        Where(lamps=LATE),
        False,
    ),
    ("overdue", "超期", "过了整改时限还没有完成的{名}。", Where(lamps=frozenset({Lamp.OVERDUE})), False),
    (
        "due_soon",
        "临期",
        "按规则在临期天数以内到期、还没有完成的{名}。",
        Where(lamps=frozenset({Lamp.SOON})),
        False,
    ),
    ("due", "应完成", "整改时限在数据截至日及以前的{名}，不论是否完成。", Where(due=True), False),
    ("due_done", "应完成已完成", "应完成的{名}里已经完成的。", Where(due=True, lamps=DONE), False),
    ("carried_over", "转入下一轮", "经批准转入下一轮整改的{名}。", Where(closures=CARRIED), False),
    (
        "reopened",
        "重新整改",
        "销号后反弹、重新整改的{名}。",
        Where(closures=frozenset({Closure.REOPENED})),
        False,
    ),
    ("added", "本期新增", "本期入账的{名}：上期末没有、截至日有的。", Where(flow=True), False),
    ("newly_done", "本期完成", "上期末未完成、截至日已完成的{名}。", Where(lamps=DONE, flow=True), False),
    (
        "newly_closed",
        "本期销号",
        "上期末未销号、截至日已销号的{名}。",
        Where(lamps=frozenset({Lamp.CLOSED}), flow=True),
        False,
    ),
)
_RATES = (
    ("done_rate", "完成率", "已完成占总数的比例；不等于销号率。", "done", "total"),
    ("close_rate", "销号率", "已销号占总数的比例。", "closed", "total"),
    ("due_rate", "到期完成率", "应完成的里面已经完成的比例；没有到期的不进分母。", "due_done", "due"),
    ("schedule_rate", "序时推进率", "未完成的里面达到序时进度的比例。", "on_schedule", "open"),
)
_KINDS = (
    (ProblemKind.TYPICAL_CASE, "典型案例"),
    (ProblemKind.KEY_SUPERVISED, "重点督办件"),
    (ProblemKind.COMPLAINT, "信访问题"),
)
_REPORTS = (
    (
        "owed",
        "应报",
        "本轮要求填报的份数，免报的不计。",
        Where(not_closures=frozenset({ReportState.VOID})),
        False,
    ),
    (
        "received",
        "已报",
        "已经报送的份数，含待审核和已采纳。",
        Where(closures=frozenset({ReportState.SUBMITTED, ReportState.ADOPTED})),
        False,
    ),
    ("adopted", "已采纳", "经审核采纳的份数。", Where(closures=frozenset({ReportState.ADOPTED})), False),
    (
        "missing",
        "未报",
        "还没有报送的份数，含退回未重报和关账时记为未报的。",
        Where(
            closures=frozenset(
                {ReportState.OWED, ReportState.DRAFT, ReportState.RETURNED, ReportState.MISSED}
            )
        ),
        False,
    ),
    ("late", "迟报", "过了报送截止才报的份数。", Where(late=True), False),
)


def _site_counts() -> list[Definition]:
    level = FigureLevel.SITE
    return [
        Definition("site_total", level, "点位总数", "台账里的全部点位。", Where()),
        Definition("site_done", level, "点位已完成", "登记了完成日期的点位。", Where(lamps=DONE), rises=True),
        Definition("site_open", level, "点位未完成", "还没有登记完成日期的点位。", Where(lamps=OPEN)),
        Definition(
            "site_done_rate",
            level,
            "点位完成率",
            "已完成点位占全部点位的比例。",
            numerator="site_done",
            denominator="site_total",
        ),
    ]


def _of_kinds() -> list[Definition]:
    found = []
    for kind, name in _KINDS:
        kinds = frozenset({kind})
        code, level = f"problem_{kind}", FigureLevel.PROBLEM
        found += [
            Definition(
                f"{code}_total", level, f"{name}总数", f"问题类型是“{kind.label}”的问题。", Where(kinds=kinds)
            ),
            Definition(
                f"{code}_done",
                level,
                f"{name}已完成",
                f"{name}里已经完成的，含已销号。",
                Where(kinds=kinds, lamps=DONE),
                rises=True,
            ),
        ]
    stage = Where(kinds=frozenset({ProblemKind.COMPLAINT}), lamps=OPEN, progress=STAGE)
    either = "problem_complaint_answered"
    return [
        *found,
        Definition(
            "problem_complaint_stage",
            FigureLevel.PROBLEM,
            "信访问题阶段性办结",
            "部分完成或基本完成的。",
            stage,
        ),
        Definition(either, FigureLevel.PROBLEM, "信访问题办结和阶段性办结", "已完成与阶段性办结之和。", None),
        Definition(
            "problem_complaint_rate_a",
            FigureLevel.PROBLEM,
            "办结率（口径甲）",
            "办结 ÷ 交办；阶段性办结不算办结。",
            numerator="problem_complaint_done",
            denominator="problem_complaint_total",
        ),
        Definition(
            "problem_complaint_rate_b",
            FigureLevel.PROBLEM,
            "办结率（口径乙）",
            "（办结＋阶段性办结）÷ 交办。与口径甲不能混用。",
            numerator=either,
            denominator="problem_complaint_total",
        ),
    ]


SUMS: dict[str, tuple[str, ...]] = {
    "problem_complaint_answered": ("problem_complaint_done", "problem_complaint_stage"),
    "letter_answered": ("letter_done", "letter_staged"),
}
"""Figures that are the sum of others, whose rows are theirs together."""


def _of_letters() -> list[Definition]:
    """Return the figures of the published table; `progress` of a letter is its verdict."""
    level = FigureLevel.LETTER
    counts = [
        ("total", "总数", "督察转办、登记在册的信访件。", Where()),
        *(
            (
                f"verdict_{verdict}",
                verdict.label,
                f"核实为“{verdict.label}”的信访件。",
                Where(progress=frozenset({verdict})),
            )
            for verdict in Verdict
        ),
        ("untold", "未判断", "还没有报是否属实的信访件。", Where(progress=frozenset({""}))),
        ("done", "已办结", "经审核办结的信访件。", Where(closures=frozenset({LetterState.DONE}))),
        (
            "staged",
            "阶段性办结",
            "经审核阶段性办结、后续按期完成的信访件。",
            Where(closures=frozenset({LetterState.STAGED})),
        ),
        ("open", "未办结", "已交办、办理中、待审核和退回重办的信访件。", Where(closures=OPEN_LETTERS)),
        (
            "overdue",
            "超期",
            "过了答复期限或下一步完成日期、还没有办好的信访件。",
            Where(lamps=frozenset({LetterTime.OVERDUE})),
        ),
        ("persons", "问责人数", "一人受几次处理只算 1 人。", Where(adds="persons")),
        ("person_times", "问责人次", "一人受几次处理算几人次，与人数不能相加。", Where(adds="person_times")),
    ]
    found = [
        Definition(f"letter_{key}", level, f"信访件{name}", meaning, where)
        for key, name, meaning, where in counts
    ]
    for key, name, meaning, over in (
        ("a", "甲", "办结 ÷ 交办；阶段性办结不算办结。", "letter_done"),
        ("b", "乙", "（办结＋阶段性办结）÷ 交办。与口径甲不能混用。", "letter_answered"),
    ):
        found.append(
            Definition(
                f"letter_rate_{key}",
                level,
                f"信访件办结率（口径{name}）",
                meaning,
                numerator=over,
                denominator="letter_total",
            )
        )
    answered = Definition(
        "letter_answered", level, "信访件办结和阶段性办结", "已办结与阶段性办结之和。", None
    )
    return [*found, answered]


def _made() -> dict[str, Definition]:
    found: list[Definition] = []
    for level in (FigureLevel.PROBLEM, FigureLevel.MEASURE, FigureLevel.TASK):
        for key, name, meaning, where, rises in _COUNTS:
            words = meaning.replace("{名}", level.label)
            found.append(
                Definition(f"{level}_{key}", level, f"{level.label}{name}", words, where, rises=rises)
            )
        for key, name, meaning, over, under in _RATES:
            found.append(
                Definition(
                    f"{level}_{key}",
                    level,
                    f"{level.label}{name}",
                    meaning,
                    numerator=f"{level}_{over}",
                    denominator=f"{level}_{under}",
                )
            )
    found += _of_kinds()
    found += _site_counts()
    found += _of_letters()
    for key, name, meaning, where, rises in _REPORTS:
        found.append(
            Definition(f"report_{key}", FigureLevel.REPORT, f"填报{name}", meaning, where, rises=rises)
        )
    found.append(
        Definition(
            "report_rate",
            FigureLevel.REPORT,
            "填报率",
            "已报占应报的比例。",
            numerator="report_received",
            denominator="report_owed",
        )
    )
    return {one.code: one for one in found}


CATALOGUE: dict[str, Definition] = _made()
BY_NAME: dict[str, str] = {one.name: one.code for one in CATALOGUE.values()}


def get(code: str) -> Definition:
    """Return a figure by its code or by its Chinese name. Raises `NotVisible`."""
    found = CATALOGUE.get(code) or CATALOGUE.get(BY_NAME.get(code, ""))
    if found is None:
        raise NotVisible(f"没有“{code}”这个数据项。请在数据项目录里查它的名称。", code="figure_unknown")
    return found
