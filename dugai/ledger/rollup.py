"""From children to the parent: progress derived upwards, quantities conserved downwards.

Source: design 3 (a parent's state is derived from its children; children sum to the parent or the split
says why not), domain reference C.4 (部分已完成 is derived, 基本完成 is not 完成).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dugai.ledger.rules import Quantity, plain
from dugai.ledger.states import DONE_PROGRESS, Progress


@dataclass(frozen=True, slots=True)
class Child:
    """What a parent sees of one child: adopted progress and, where it has one, its quantity."""

    progress: Progress
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """What the children make of their parent.

    ``share`` is done over all, from 0 to 1: by quantity where every child has a quantity in the same unit,
    else by number of children. It is exact and may exceed no bound set by rounding: print it with both
    numbers near. ``short`` lists the positions of children that are reported done while their quantity is
    not reached.
    """

    progress: Progress
    share: Decimal
    done: Decimal
    total: Decimal
    unit: str
    short: tuple[int, ...] = ()


def derive_parent(children: Sequence[Child]) -> Parent:
    """Derive the parent from at least one child; ``ValueError`` without any.

    All done: the strongest of 已完成, 已完成并长期坚持, 已完成并持续推进 among them (what goes on still
    goes on). All done or basically done: 基本完成. Some done or partly done: 部分完成. None begun: 未启动.
    Else 正在整改. A child that is reported done but has not reached its quantity does not count as done: it
    is partly done.
    """
    if not children:
        text = "a parent without children has nothing to derive from"
        raise ValueError(text)
    short = tuple(index for index, child in enumerate(children) if _is_short(child))
    states = [Progress.PARTIAL if index in short else child.progress for index, child in enumerate(children)]
    done, total, unit = _amounts(children, states)
    return Parent(_together(states), done / total, done, total, unit, short)


def _together(states: Sequence[Progress]) -> Progress:
    found = set(states)
    if found <= DONE_PROGRESS:
        for strongest in (Progress.DONE_CONTINUING, Progress.DONE_STANDING):
            if strongest in found:
                return strongest
        return Progress.DONE
    if found <= DONE_PROGRESS | {Progress.BASICALLY_DONE}:
        return Progress.BASICALLY_DONE
    if found & (DONE_PROGRESS | {Progress.BASICALLY_DONE, Progress.PARTIAL}):
        return Progress.PARTIAL
    return Progress.NOT_STARTED if found == {Progress.NOT_STARTED} else Progress.IN_PROGRESS


def _is_short(child: Child) -> bool:
    quantity = child.quantity
    return child.progress in DONE_PROGRESS and quantity is not None and quantity.done < quantity.target


def _amounts(children: Sequence[Child], states: Sequence[Progress]) -> tuple[Decimal, Decimal, str]:
    quantities = [child.quantity for child in children if child.quantity is not None]
    units = {(quantity.name, quantity.unit) for quantity in quantities}
    total = sum((quantity.target for quantity in quantities), Decimal(0))
    if len(quantities) == len(children) and len(units) == 1 and total > 0:
        # More than the target in one child does not make up for less in another.
        done = sum((min(quantity.done, quantity.target) for quantity in quantities), Decimal(0))
        return done, total, quantities[0].unit
    return Decimal(sum(state in DONE_PROGRESS for state in states)), Decimal(len(children)), "项"


@dataclass(frozen=True, slots=True)
class SplitFinding:
    """One target that a split does not conserve: its name, unit, both sums, and the sentence that says so."""

    name: str
    unit: str
    parent: Decimal
    children: Decimal
    message: str


def split_conserves(
    parent_targets: Iterable[Quantity], children_targets: Iterable[Iterable[Quantity]], note: str = ""
) -> tuple[SplitFinding, ...]:
    """Compare the targets of a parent with those of its children; empty when all is conserved.

    Amounts are exact decimals and are compared by name; the unit must be the same, for the system converts
    nothing by itself. A ``note`` that says why the sums differ excuses a difference of sums, never one of
    units.
    """
    whole = _by_name([tuple(parent_targets)])
    parts = _by_name([tuple(targets) for targets in children_targets])
    findings = []
    for name in dict.fromkeys([*whole, *parts]):
        finding = _compare(name, whole.get(name, []), parts.get(name, []), excused=bool(note.strip()))
        if finding:
            findings.append(finding)
    return tuple(findings)


def _by_name(groups: Iterable[Sequence[Quantity]]) -> dict[str, list[Quantity]]:
    found: dict[str, list[Quantity]] = defaultdict(list)
    for group in groups:
        for quantity in group:
            found[quantity.name].append(quantity)
    return found


def _compare(
    name: str, whole: Sequence[Quantity], parts: Sequence[Quantity], *, excused: bool
) -> SplitFinding | None:
    title = f"“{name}”的" if name else ""
    units = list(dict.fromkeys(quantity.unit for quantity in [*whole, *parts]))
    total = sum((quantity.target for quantity in whole), Decimal(0))
    summed = sum((quantity.target for quantity in parts), Decimal(0))
    if len(units) > 1:
        named = "、".join(unit or "没有写单位" for unit in units)
        message = f"{title}单位不一致：{named}。请先改成同一个单位再分解。"
        return SplitFinding(name, units[0], total, summed, message)
    if total == summed or excused:
        return None
    unit = f" {units[0]}" if units[0] else ""
    terms = "＋".join(plain(quantity.target) for quantity in parts) or "没有分解"
    left = f"{terms}＝{plain(summed)}" if len(parts) > 1 else terms
    message = f"{title}分解数 {left}，与总数 {plain(total)} 差 {plain(abs(total - summed))}{unit}"
    return SplitFinding(name, units[0], total, summed, message)
