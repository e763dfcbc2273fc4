"""What a checklist asks and whether it is met: values in, answer out.

Source of the checklist: domain reference C.5 (工程类 and 非工程类). The list itself is rule data; this file
only reads it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from dugai.evidence.states import LIVE, EvidenceState, Phase, SlotStatus, Stage
from dugai.ledger.states import WorkKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Piece(Protocol):
    """What the rules need to know of a piece of evidence."""

    @property
    def slot(self) -> str: ...
    @property
    def phase(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def pair(self) -> str: ...


Item = TypeVar("Item", bound=Any)  # a `Piece`; the types of a row's columns are known to Django alone


@dataclass(frozen=True)
class Slot:
    """One criterion: its code, its Chinese name, whether it must be met, which phases it needs, and by when.

    `paired` asks for a view before and the same view after, joined as a pair. `hint` says what is expected.
    """

    code: str
    name: str
    required: bool
    phases: tuple[Phase, ...] = ()
    stage: Stage = Stage.APPLY
    paired: bool = False
    hint: str = ""


@dataclass(frozen=True)
class SlotState(Generic[Item]):
    """A criterion with its live pieces; `lacking` are the phases without an accepted piece."""

    slot: Slot
    items: tuple[Item, ...]
    state: SlotStatus
    lacking: tuple[Phase, ...] = ()
    pair_lacking: bool = False

    @property
    def code(self) -> str:
        """The criterion's code."""
        return self.slot.code

    @property
    def name(self) -> str:
        """The criterion's Chinese name."""
        return self.slot.name

    @property
    def required(self) -> bool:
        """Whether the close-out waits for it."""
        return self.slot.required

    @property
    def met(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.state is SlotStatus.ACCEPTED


@dataclass(frozen=True)
class Checklist(Generic[Item]):
    """All criteria of a problem, in the order of the rule, and pieces whose criterion the rule dropped."""

    slots: tuple[SlotState[Item], ...]
    others: tuple[Item, ...] = ()
    kind: WorkKind = WorkKind.NON_ENGINEERING

    @property
    def required(self) -> tuple[SlotState[Item], ...]:
        """The criteria that must be met."""
        return tuple(state for state in self.slots if state.required)

    def open(self, stage: Stage = Stage.CLOSE) -> tuple[SlotState[Item], ...]:
        """Return the required criteria not met that must be by `stage`; the later stage holds the earlier."""
        wanted = {Stage.APPLY} if stage is Stage.APPLY else set(Stage)
        return tuple(state for state in self.required if not state.met and state.slot.stage in wanted)


def read_slots(values: Mapping[str, Any], kind: WorkKind) -> tuple[Slot, ...]:
    """Read the criteria of `kind` from the values of the rule set `evidence`."""
    return tuple(
        Slot(
            code=str(row["code"]),
            name=str(row["name"]),
            required=bool(row.get("required", False)),
            phases=tuple(Phase(phase) for phase in row.get("phases", ())),
            stage=Stage(row.get("stage", Stage.APPLY)),
            paired=bool(row.get("paired", False)),
            hint=str(row.get("hint", "")),
        )
        for row in values[kind.value]
    )


def work_kind(*, engineering: bool) -> WorkKind:
    """Return which of the two checklists a problem has."""
    return WorkKind.ENGINEERING if engineering else WorkKind.NON_ENGINEERING


def checklist(
    slots: Sequence[Slot], items: Iterable[Item], kind: WorkKind = WorkKind.NON_ENGINEERING
) -> Checklist[Item]:
    """Lay pieces into the criteria; replaced and withdrawn pieces are left out."""
    by_slot: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.state in LIVE:
            by_slot[item.slot].append(item)
    found = tuple(slot_state(slot, by_slot.pop(slot.code, ())) for slot in slots)
    return Checklist(found, tuple(item for rest in by_slot.values() for item in rest), kind)


def slot_state(slot: Slot, items: Sequence[Item]) -> SlotState[Item]:
    """Say what one criterion lacks. It is met when every needed phase (and pair) has an accepted piece."""
    accepted = [item for item in items if item.state == EvidenceState.ACCEPTED]
    lacking = tuple(phase for phase in slot.phases if all(item.phase != phase for item in accepted))
    pair_lacking = slot.paired and not has_pair(accepted)
    state = _status(slot, items, accepted=bool(accepted), whole=not lacking and not pair_lacking)
    return SlotState(slot, tuple(items), state, lacking, pair_lacking)


def _status(slot: Slot, items: Sequence[Piece], *, accepted: bool, whole: bool) -> SlotStatus:
    if accepted and whole:
        return SlotStatus.ACCEPTED
    if not items:
        return SlotStatus.MISSING
    hopeful = [item for item in items if item.state != EvidenceState.RETURNED]
    if not hopeful:
        return SlotStatus.RETURNED
    there = {item.phase for item in hopeful}
    enough = there >= set(slot.phases) and (not slot.paired or has_pair(hopeful))
    return SlotStatus.PENDING if enough else SlotStatus.INCOMPLETE


@dataclass(frozen=True)
class Pair(Generic[Item]):
    """Pieces of one view, by phase; whole when there is one before and one after."""

    key: str
    items: Mapping[str, Item] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether the slider has both its pictures."""
        return Phase.BEFORE in self.items and Phase.AFTER in self.items

    @property
    def before(self) -> Item | None:
        """The view before the works."""
        return self.items.get(Phase.BEFORE)

    @property
    def after(self) -> Item | None:
        """The view after the works."""
        return self.items.get(Phase.AFTER)


def pairs(items: Iterable[Item]) -> list[Pair[Item]]:
    """Return the pairs among live pieces, in the order in which their first piece comes."""
    found: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in items:
        if item.pair and item.state in LIVE:
            found[item.pair][item.phase] = item
    return [Pair(key, members) for key, members in found.items()]


def has_pair(items: Iterable[Piece]) -> bool:
    """Say whether any view is there both before and after."""
    return any(pair.whole for pair in pairs(items))
