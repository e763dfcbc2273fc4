"""The procedure, restated: which step is next, whose hand may take it, when a notice ends, what is drawn.

Values in, answer out. Source: domain reference C.5; the shape of the values is in dugai/rulebook/closeout.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dugai.acceptance.states import StepKind
from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import add_months
from dugai.ledger.states import SourceClass
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Level, Role

RANKS: dict[str, int] = {
    Level.SITE: 0,
    Level.TOWNSHIP: 1,
    Level.COUNTY: 2,
    Level.CITY: 3,
    Level.PROVINCE: 4,
    Level.NATION: 5,
}
"""Levels as numbers: a higher one may do what a lower one may."""
CENTRAL_RANK = RANKS[Level.PROVINCE]
"""省级必核: nobody below the province has the last word on what the centre found."""
LETTER = "letter"
CLASSES = (SourceClass.CENTRAL, SourceClass.PROVINCIAL, SourceClass.SELF_FOUND, LETTER)
HANDS = frozenset({"office", "lead", "responsible", "accepting", "supervising", "leader"})
SIGNING_ROLES = frozenset(
    {Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER, Role.UNIT_REVIEWER, Role.VERIFIER, Role.LEADER}
)
CHECKING_ROLES = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER}
LONGEST_NOTICE = 120
WORKDAYS_SPAN = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure: kind, words, whose hand (`by`), lowest rank, and what its kind asks for.

    `photos` and `members` belong to a visit; `days`, `working`, `channel` and `objection_days` to a notice.
    """

    key: str
    kind: StepKind
    label: str
    by: frozenset[str]
    level: str
    members: int = 0
    photos: int = 0
    days: int = 0
    working: bool = False
    channel: str = ""
    objection_days: int = 0

    @property
    def rank(self) -> int:
        """The lowest rank of level that may take the step."""
        return RANKS[self.level]


@dataclass(frozen=True, slots=True)
class Procedure:
    """The procedure of one class of source, read from the values of a rule set."""

    steps: tuple[Step, ...]
    required_level: str
    apply: Step
    close: Step
    file: Step
    reopen: Step

    @property
    def notice(self) -> Step:
        """The one public notice."""
        return next(step for step in self.steps if step.kind == StepKind.NOTICE)

    @property
    def before_notice(self) -> tuple[Step, ...]:
        """The steps that must pass before the notice."""
        return self.steps[: self.steps.index(self.notice)]

    @property
    def after_notice(self) -> tuple[Step, ...]:
        """The signatures behind the notice."""
        return self.steps[self.steps.index(self.notice) + 1 :]

    def count(self, kind: StepKind) -> int:
        """Return how many steps are of one kind."""
        return sum(step.kind == kind for step in self.steps)

    def step(self, key: str) -> Step | None:
        """Return the step called `key`."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, as far as a procedure asks: role, level, the parts of their unit, the region they oversee."""

    role: str
    level: str
    parts: frozenset[str] = frozenset()
    over_home: bool = False

    @property
    def rank(self) -> int:
        """The rank of their organisation's level."""
        return RANKS.get(self.level, 0)


def class_of(source_class: str, *, letter: bool) -> str:
    """Return the class of a problem: letters have their own, unless the centre itself handed it over."""
    if letter and source_class != SourceClass.CENTRAL:
        return LETTER
    return source_class


def read(values: Mapping[str, Any], class_: str) -> Procedure:
    """Return the procedure of one class. Raises `InvalidInput` when the values cannot be right."""
    found = values.get("classes", {}).get(class_)
    if not found:
        raise InvalidInput(f"规则里没有“{class_}”这一类的程序", code="class_missing")
    steps = tuple(_step(one) for one in found["steps"])
    single = {name: _step({"key": name, "kind": "sign", "label": name, **found[name]}) for name in SINGLE}
    return Procedure(steps=steps, required_level=found["required_level"], **single)


SINGLE = ("apply", "close", "file", "reopen")


def _step(one: Mapping[str, Any]) -> Step:
    try:
        return Step(
            key=str(one["key"]),
            kind=StepKind(one["kind"]),
            label=str(one["label"]),
            by=frozenset(one["by"]),
            level=Level(one["level"]).value,
            members=int(one.get("members", 0)),
            photos=int(one.get("photos", 0)),
            days=int(one.get("days", 0)),
            working=one.get("counting") == "working",
            channel=str(one.get("channel", "")),
            objection_days=int(one.get("objection_days", 0)),
        )
    except (KeyError, ValueError) as wrong:
        raise InvalidInput(f"程序的步骤写得不对：{wrong}", code="step_wrong") from wrong


def faults(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the values of a closeout rule set, one sentence each; empty when sound."""
    found: list[str] = []
    for class_ in CLASSES:
        try:
            found += [f"{class_}：{fault}" for fault in _class_faults(read(values, class_), class_)]
        except InvalidInput as wrong:
            found.append(f"{class_}：{wrong.message}")
    if "{number}" not in values.get("number", "") or "{year}" not in values.get("number", ""):
        found.append("编号格式要有 {year} 和 {number}")
    share = values.get("look_back", {}).get("share_percent", 0)
    if not isinstance(share, int) or not 1 <= share <= 100:
        found.append("回头看比例要在 1 到 100 之间")
    return found


def _class_faults(procedure: Procedure, class_: str) -> Iterable[str]:
    keys = [step.key for step in procedure.steps]
    if len(set(keys)) < len(keys):
        yield "有两个步骤同名"
    if procedure.count(StepKind.NOTICE) != 1:
        yield "公示要有一次，也只能有一次"
        return
    if not procedure.count(StepKind.VISIT):
        yield "没有现场核查。不到现场不能销号。"
    yield from _order_faults(procedure)
    needed = RANKS.get(procedure.required_level, 0)
    if class_ == SourceClass.CENTRAL and needed < CENTRAL_RANK:
        yield "中央层面交办的问题要省级核查（省级必核）"
    if not any(step.kind == StepKind.SIGN and step.rank >= needed for step in procedure.steps):
        yield "没有一个签字达到要求的层级"
    for step in (*procedure.steps, *(getattr(procedure, name) for name in SINGLE)):
        if not step.by or not step.by <= HANDS:
            yield f"“{step.label}”没有写清由谁办"


def _order_faults(procedure: Procedure) -> Iterable[str]:
    """The last word before the notice is a signature; behind it only signatures follow."""
    before = procedure.before_notice
    if not before or before[-1].kind != StepKind.SIGN:
        yield "公示之前的最后一步要是审核签字"
    if any(step.kind != StepKind.SIGN for step in procedure.after_notice):
        yield "公示之后只能有审核签字"
    if not 1 <= procedure.notice.days <= LONGEST_NOTICE:
        yield f"公示要 1 到 {LONGEST_NOTICE} 天"


def next_step(procedure: Procedure, passed: Collection[str], *, notice_over: bool) -> Step | None:
    """Return the first step that is not taken; None when all are. A notice counts once it is over."""
    for step in procedure.steps:
        if step.kind == StepKind.NOTICE:
            if not notice_over:
                return step
        elif step.key not in passed:
            return step
    return None


def all_checked(procedure: Procedure, passed: Collection[str]) -> bool:
    """Say whether every check of papers and every visit has passed."""
    kinds = {StepKind.DOCUMENTS, StepKind.VISIT}
    return all(step.key in passed for step in procedure.steps if step.kind in kinds)


def all_before_notice(procedure: Procedure, passed: Collection[str]) -> bool:
    """Say whether everything before the notice has passed."""
    return all(step.key in passed for step in procedure.before_notice)


def may_take(step: Step, hand: Hand) -> bool:
    """Say whether a hand of this sort may take the step: the right unit, level and role."""
    if hand.rank < step.rank:
        return False
    roles = SIGNING_ROLES if step.kind == StepKind.SIGN else CHECKING_ROLES
    if "leader" in step.by and hand.role == Role.LEADER and hand.over_home:
        return True
    if hand.role not in roles or hand.role == Role.LEADER:
        return False
    if hand.role in OFFICE_ROLES:
        return "office" in step.by and hand.over_home
    return bool(step.by & hand.parts)


def may_act_for(step: Step, hand: Hand) -> bool:
    """Say whether a hand may apply, close, file or reopen; the act itself says who must differ."""
    if hand.rank < step.rank or hand.role not in CHECKING_ROLES:
        return False
    if hand.role in OFFICE_ROLES:
        return "office" in step.by and hand.over_home
    return bool(step.by & hand.parts)


WHO = {
    "office": "整改办",
    "lead": "牵头单位",
    "responsible": "责任单位",
    "accepting": "验收单位",
    "supervising": "督导单位",
    "leader": "主要领导",
}


def who(step: Step) -> str:
    """Return who takes a step, in words: 市级以上的整改办、验收单位."""
    named = "、".join(words for key, words in WHO.items() if key in step.by)
    return f"{Level(step.level).label}以上的{named}" if step.rank > 1 else named


def notice_end(start: dt.date, days: int, *, works: Callable[[dt.date], bool] | None = None) -> dt.date:
    """Return the last day of a notice of `days` days; the day of publication does not count.

    With `works`, only days on which offices work count.
    """
    day = start
    left = days
    while left:
        day += dt.timedelta(days=1)
        if works is None or works(day):
            left -= 1
    return day


def horizon(start: dt.date, days: int) -> dt.date:
    """Return a day by which so many working days have certainly passed, holidays included."""
    return start + dt.timedelta(days=days * WORKDAYS_SPAN + 30)


def consolidation_end(closed_on: dt.date, months: int) -> dt.date:
    """Return the last day of the 巩固期."""
    return add_months(closed_on, months)


def number_text(pattern: str, *, region: str, year: int, number: int) -> str:
    """Return a close-out number: 江源省督改销号〔2026〕3号."""
    return pattern.replace("{region}", region).replace("{year}", str(year)).replace("{number}", str(number))


def draw(seed: str, keys: Sequence[int], *, share_percent: int, minimum: int) -> list[int]:
    """Draw keys for a look-back: the same seed and the same keys always give the same draw.

    Every key is ordered by SHA-256 of `seed:key` and the first ones are taken: the share of all, rounded
    up, at least `minimum`, at most all. Anyone can repeat it by hand.
    """
    wanted = max(minimum, -(-len(keys) * share_percent // 100))

    def order(key: int) -> tuple[str, int]:
        return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest(), key

    return sorted(sorted(set(keys), key=order)[:wanted])


def days_before_due(applied_on: dt.date, due: dt.date | None) -> int | None:
    """Return how many days before the deadline the application came; negative after it."""
    return (due - applied_on).days if due else None
